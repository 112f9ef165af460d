package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Since when we know the held versions of some records.
 *
 * @param cycles by cycle id
 * @param recoveries by cycle id
 * @param sleeps by sleep id
 */
public record RecordedTimes(Map<Long, Instant> cycles, Map<Long, Instant> recoveries, Map<UUID, Instant> sleeps) {

    /** Nothing is known. */
    public static final RecordedTimes NONE = new RecordedTimes(Map.of(), Map.of(), Map.of());

    public RecordedTimes {
        cycles = Map.copyOf(cycles);
        recoveries = Map.copyOf(recoveries);
        sleeps = Map.copyOf(sleeps);
    }

    public @Nullable Instant of(Cycle cycle) {
        return cycles.get(cycle.id());
    }

    public @Nullable Instant of(Recovery recovery) {
        return recoveries.get(recovery.cycleId());
    }

    public @Nullable Instant of(Sleep sleep) {
        return sleeps.get(sleep.id());
    }
}
