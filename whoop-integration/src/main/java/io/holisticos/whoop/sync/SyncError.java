package io.holisticos.whoop.sync;

import java.util.Arrays;
import java.util.Locale;

/** Why a run failed, or a step did: one word for each way. */
public enum SyncError {
    /** A page named a next page that was read already: the list would never end. */
    PAGE_TOKEN_REPEATED,
    /** A page named its next one by something that no page can be asked for by. */
    BAD_PAGE_TOKEN,
    /** More pages than any member can have. */
    TOO_MANY_PAGES,
    /** WHOOP answered something that is not its documented form. */
    BAD_REPLY,
    /** WHOOP, or our store, does not answer, or lets nobody in for now. */
    UNAVAILABLE,
    /** What came could not be worked with: the fault is ours. */
    INTERNAL,
    /** The member has to give consent again. */
    CONSENT_LOST,
    /** The member is not connected. */
    NOT_CONNECTED,
    /** The member's WHOOP account is another one by now; it has a run of its own. */
    ACCOUNT_CHANGED;

    /** The word in rows and answers, such as {@code page_token_repeated}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether trying once more, with nothing changed, would end the same way. */
    boolean isFinal() {
        return this == PAGE_TOKEN_REPEATED || this == BAD_PAGE_TOKEN || this == TOO_MANY_PAGES;
    }

    /** Whether it passes by itself, so that whatever waits for its end goes on then. */
    boolean isOutage() {
        return this == UNAVAILABLE;
    }

    /** Whether it is for the member to act, and for nobody here. */
    boolean isTheMembers() {
        return this == CONSENT_LOST || this == NOT_CONNECTED;
    }

    /** A word that a newer version wrote is nothing we know better of. */
    static SyncError of(String word) {
        return Arrays.stream(values())
                .filter(error -> error.word().equals(word))
                .findFirst()
                .orElse(INTERNAL);
    }
}
