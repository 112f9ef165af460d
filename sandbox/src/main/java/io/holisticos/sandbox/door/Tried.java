package io.holisticos.sandbox.door;

import io.holisticos.sandbox.door.Differences.Difference;
import java.util.List;
import java.util.Locale;

/**
 * What came of an attempt.
 *
 * @param sent the requests that were sent, and their answers
 * @param watched the request whose answer shows the effect
 * @param differences in that answer, before and after
 */
record Tried(String name, End end, List<Sent> sent, Watched watched, List<Difference> differences) {

    Tried {
        sent = List.copyOf(sent);
        differences = List.copyOf(differences);
    }

    enum End {
        /** The effect was seen. */
        SEEN,
        /** Answers went on as if nothing were the matter. */
        NO_WAIT,
        /** What was asked for was so before. */
        NOTHING_NEW,
        /** The effect was not seen in time. */
        NOT_SEEN,
        /** A request was refused. */
        REFUSED,
        /** Nobody answered a request. */
        UNANSWERED;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        boolean isGood() {
            return this == SEEN || this == NO_WAIT || this == NOTHING_NEW;
        }
    }

    /** @param status 0 when nobody answered */
    public record Sent(String curl, int status, String answer) {}

    /**
     * How the effect was looked for.
     *
     * @param millisBefore how long the answer took before the requests
     * @param millisAfter the same for the last answer
     * @param seconds from the first request to the end of looking
     */
    public record Watched(String curl, long millisBefore, long millisAfter, String seconds) {}
}
