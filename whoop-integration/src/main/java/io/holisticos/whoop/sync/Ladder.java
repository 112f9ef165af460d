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
    ABSENT(
            0,
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(20),
            Duration.ofMinutes(60),
            Duration.ofHours(4)),
    /** It is there and has no score. */
    PENDING(5, Duration.ofMinutes(30), Duration.ofHours(2), Duration.ofHours(6));

    /** How many rungs lie below the first. */
    private final int below;

    private final List<Duration> waits;

    Ladder(int below, Duration... waits) {
        this.below = below;
        this.waits = List.of(waits);
    }

    /** The rung after this one, of whichever ladder it is; empty when there is none. */
    Optional<Integer> after(int rung) {
        int next = Math.max(rung, below) + 1;
        return next - below <= waits.size() ? Optional.of(next) : Optional.empty();
    }

    /** Whether that rung is one of this ladder. */
    boolean has(int rung) {
        return rung > below && rung - below <= waits.size();
    }

    /** How long to wait on a rung. */
    Duration waits(int rung) {
        return waits.get(rung - below - 1);
    }
}
