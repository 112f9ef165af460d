package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.whoop.api.NotNow;
import java.util.Locale;

/** Why it could not be found out whose account tokens are of: one word for each way. */
enum ArrivalError {
    /** WHOOP answered something that is not its documented form. */
    BAD_REPLY,
    /** WHOOP, our store or the vault does not answer, or WHOOP lets nobody in for now. */
    UNAVAILABLE,
    /** The fault is ours. */
    INTERNAL;

    static ArrivalError of(RuntimeException failed) {
        if (failed instanceof SourceUnavailable || failed instanceof NotNow) {
            return UNAVAILABLE;
        }
        return failed instanceof BadSourceReply ? BAD_REPLY : INTERNAL;
    }

    /** The word in rows and answers, such as {@code bad_reply}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
