package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.whoop.api.NotNow;
import java.util.Locale;

/** Why WHOOP could not be asked for the account of a consent. */
enum AccountLookupError {
    /** WHOOP answered in a form that it does not document. */
    BAD_REPLY,
    /** WHOOP, our database or the vault does not answer, or WHOOP refuses every caller for now. */
    UNAVAILABLE,
    /** A fault of ours. */
    INTERNAL;

    static AccountLookupError of(RuntimeException failed) {
        if (failed instanceof SourceUnavailable || failed instanceof NotNow) {
            return UNAVAILABLE;
        }
        return failed instanceof BadSourceReply ? BAD_REPLY : INTERNAL;
    }

    /** The word in the database and in answers, such as {@code bad_reply}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
