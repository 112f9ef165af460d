package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cycle with what belongs to it.
 *
 * @param cycle null while only its sleep has been read
 * @param sleep the main sleep: the longest that is no nap, of equals the one that ended later; null when there is none
 * @param otherSleeps further sleeps that WHOOP does not call naps; seldom any
 */
public record CycleRecords(
        long cycleId,
        @Nullable Cycle cycle,
        @Nullable Recovery recovery,
        @Nullable Sleep sleep,
        List<Sleep> naps,
        List<Sleep> otherSleeps) {

    public CycleRecords {
        naps = List.copyOf(naps);
        otherSleeps = List.copyOf(otherSleeps);
    }

    /** Whether the moment lies in the cycle, and no longer after its start than the reach. An open cycle has no end. */
    boolean contains(Instant moment, Duration reach) {
        if (cycle == null
                || moment.isBefore(cycle.start())
                || moment.isAfter(cycle.start().plus(reach))) {
            return false;
        }
        Instant end = cycle.end();
        return end == null || moment.isBefore(end);
    }

    /** The sleep that the recovery was computed from, which need not be the longest; null when it is not held. */
    public @Nullable Sleep recoveredIn() {
        if (recovery == null) {
            return null;
        }
        UUID sleepId = recovery.sleepId();
        return Stream.concat(Stream.ofNullable(sleep), otherSleeps.stream())
                .filter(one -> one.id().equals(sleepId))
                .findFirst()
                .orElse(null);
    }

    /** The offset where the member woke up, else that of the cycle; null while neither is known. */
    public @Nullable ZoneOffset offset() {
        if (sleep != null) {
            return sleep.timezoneOffset();
        }
        return cycle == null ? null : cycle.timezoneOffset();
    }

    @Override
    public String toString() {
        return "CycleRecords[" + cycleId + "]";
    }
}
