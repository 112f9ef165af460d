package io.holisticos.sandbox.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;

/**
 * One thing to try.
 *
 * @param name a part of its address and of the keys of its texts
 * @param group under which heading it stands
 * @param userId whose overview shows what it changes
 * @param requests sent one after another, until one is refused
 * @param effect what its answer shows before and after
 */
record Attempt(String name, Group group, String userId, List<Request> requests, Effect effect) {

    Attempt {
        requests = List.copyOf(requests);
    }

    /** The headings of the page. */
    enum Group {
        DAYS,
        CONSENT,
        FAULTS,
        WISHES;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What the member's answer shows.
     *
     * @param isSeen whether it is seen in the answers before and after
     * @param patience how long it may take
     * @param isChange false where the point is that answers do not wait
     */
    record Effect(BiPredicate<JsonNode, JsonNode> isSeen, Duration patience, boolean isChange) {

        private static final Duration USUAL = Duration.ofSeconds(15);

        /** Something that is shown is different. The revision alone may change by what arrives beside the attempt. */
        static final Effect SHOWN = new Effect(
                (before, after) -> Differences.between(before, after).stream()
                        .anyMatch(one -> !one.path().equals("revision")),
                USUAL,
                true);

        /** There are other workouts. */
        static final Effect WORKOUTS =
                new Effect((before, after) -> !after.path("workouts").equals(before.path("workouts")), USUAL, true);

        /** Something is different, be it the revision alone, unless it was so before. */
        static final Effect ANYTHING_OR_NOTHING_NEW = new Effect(
                (before, after) -> !Differences.between(before, after).isEmpty(), Duration.ofSeconds(2), true);

        /** Answers go on, whatever they hold. */
        static final Effect NO_WAIT = new Effect((before, after) -> false, Duration.ofSeconds(2), false);

        /** The source is in this state at the end. */
        static Effect sourceIs(String source, String status) {
            return new Effect((before, after) -> statusOf(after, source).equals(status), USUAL, true);
        }

        /** The source is in another state at the end. */
        static Effect sourceIsNot(String source, String status) {
            return new Effect((before, after) -> !statusOf(after, source).equals(status), USUAL, true);
        }

        /** It is another day, and the source has told of it. */
        static Effect nextDayOf(String source) {
            return new Effect(
                    (before, after) -> !after.path("date").equals(before.path("date"))
                            && statusOf(after, source).equals("ok"),
                    USUAL,
                    true);
        }

        private static String statusOf(JsonNode overview, String source) {
            for (JsonNode one : overview.path("sources")) {
                if (one.path("name").asText().equals(source)) {
                    return one.path("status").asText();
                }
            }
            return "";
        }
    }

    /** Asks for what its answer shows. */
    Request watched() {
        return Attempts.overviewOf(userId);
    }
}
