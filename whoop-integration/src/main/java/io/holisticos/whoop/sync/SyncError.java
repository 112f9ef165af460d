package io.holisticos.whoop.sync;

import java.util.Arrays;
import java.util.Locale;

/** Why a run or a step failed. */
public enum SyncError {
    /** A page named a next page that was read before: the list would never end. */
    PAGE_TOKEN_REPEATED,
    /** A page named its next page by something that is no page token. */
    BAD_PAGE_TOKEN,
    /** More pages than any member can have. */
    TOO_MANY_PAGES,
    /** The reply of WHOOP does not have its documented form. */
    BAD_REPLY,
    /** WHOOP or our database is not available for now. */
    UNAVAILABLE,
    /** A fault of ours. */
    INTERNAL,
    /** The member has to give consent again. */
    CONSENT_LOST,
    /** The member is not connected. */
    NOT_CONNECTED,
    /** The member has another WHOOP account by now, with a run of its own. */
    ACCOUNT_CHANGED;

    /** Its name in rows and answers, such as {@code page_token_repeated}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether one more try would end the same way. */
    boolean isFinal() {
        return this == PAGE_TOKEN_REPEATED || this == BAD_PAGE_TOKEN || this == TOO_MANY_PAGES;
    }

    /** Whether it passes by itself. */
    boolean isOutage() {
        return this == UNAVAILABLE;
    }

    /** Whether only the member can mend it. */
    boolean isTheMembers() {
        return this == CONSENT_LOST || this == NOT_CONNECTED;
    }

    /** A name that a newer version of the service wrote counts as {@link #INTERNAL}. */
    static SyncError of(String word) {
        return Arrays.stream(values())
                .filter(error -> error.word().equals(word))
                .findFirst()
                .orElse(INTERNAL);
    }
}
