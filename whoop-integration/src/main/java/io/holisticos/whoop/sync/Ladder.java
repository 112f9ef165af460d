package io.holisticos.whoop.sync;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How long to wait for what is not there yet. Rungs count upwards over both ladders, so that a change that goes from one
 * to the other still comes to an end; there reconciliation takes over.
 */
enum Ladder {
    /** A list did not show the record: events come early. */
    ABSENT(0),
    /** It is there and has no score. */
    PENDING(5);

    private static final List<Duration> UNTIL_IT_IS_THERE = List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(20),
            Duration.ofHours(1),
            Duration.ofHours(4));
    private static final List<Duration> UNTIL_IT_IS_SCORED =
            List.of(Duration.ofMinutes(30), Duration.ofHours(2), Duration.ofHours(6));

    /** A night told of too early is told of again when it has its score: only should that be lost is it looked for. */
    private static final Duration UNTIL_A_NIGHT_IS_TOLD_AGAIN = Duration.ofMinutes(30);

    /** How many rungs lie below the first. */
    private final int below;

    Ladder(int below) {
        this.below = below;
    }

    private List<Duration> waits() {
        return switch (this) {
            case ABSENT -> UNTIL_IT_IS_THERE;
            case PENDING -> UNTIL_IT_IS_SCORED;
        };
    }

    /** The rung after this one, of whichever ladder it is; empty when there is none. */
    Optional<Integer> after(int rung) {
        int next = Math.max(rung, below) + 1;
        return next - below <= waits().size() ? Optional.of(next) : Optional.empty();
    }

    /** Whether that rung is one of this ladder. */
    boolean has(int rung) {
        return rung > below && rung - below <= waits().size();
    }

    /** How long to wait on a rung. */
    Duration waits(int rung, Collection collection) {
        boolean toldAgain = this == ABSENT && rung == 1 && collection == Collection.SLEEP;
        return toldAgain ? UNTIL_A_NIGHT_IS_TOLD_AGAIN : waits().get(rung - below - 1);
    }
}
