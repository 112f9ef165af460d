package io.holisticos.whoop.sync;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How long to wait for a record that is not there yet. Attempts count upwards over both schedules, so that an event that goes
 * from one to the other still comes to an end. Then reconciliation takes over.
 */
enum RetrySchedule {
    /** A list did not show the record: events can come before their records. */
    ABSENT(0),
    /** The record is there and has no score. */
    PENDING(5);

    private static final List<Duration> UNTIL_IT_IS_THERE = List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(20),
            Duration.ofHours(1),
            Duration.ofHours(4));
    private static final List<Duration> UNTIL_IT_IS_SCORED =
            List.of(Duration.ofMinutes(30), Duration.ofHours(2), Duration.ofHours(6));

    /** WHOOP sends another event of a sleep when it has its score, so the sleep is read again only if that one is lost. */
    private static final Duration UNTIL_THE_NEXT_EVENT_OF_A_SLEEP = Duration.ofMinutes(30);

    /** How many attempts come before the first of this schedule. */
    private final int below;

    RetrySchedule(int below) {
        this.below = below;
    }

    private List<Duration> waits() {
        return switch (this) {
            case ABSENT -> UNTIL_IT_IS_THERE;
            case PENDING -> UNTIL_IT_IS_SCORED;
        };
    }

    /** The attempt after this one, of either schedule; empty when there is none left. */
    Optional<Integer> after(int attempt) {
        int next = Math.max(attempt, below) + 1;
        return next - below <= waits().size() ? Optional.of(next) : Optional.empty();
    }

    /** Whether the attempt is one of this schedule. */
    boolean has(int attempt) {
        return attempt > below && attempt - below <= waits().size();
    }

    /** How long to wait before an attempt. */
    Duration waits(int attempt, RecordCollection collection) {
        boolean sentAgain = this == ABSENT && attempt == 1 && collection == RecordCollection.SLEEP;
        return sentAgain ? UNTIL_THE_NEXT_EVENT_OF_A_SLEEP : waits().get(attempt - below - 1);
    }
}
