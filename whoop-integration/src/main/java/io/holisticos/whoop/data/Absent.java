package io.holisticos.whoop.data;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record that a list should have shown and did not. A second list, and then a call by its id, tell whether it is deleted.
 *
 * @param id the record's; of a recovery, the id of its sleep
 * @param cycleId of a recovery, the cycle it is asked for by
 * @param missedAt when the last list without it began
 * @param twice whether two lists were without it since it was last seen
 */
public record Absent(
        RecordKind<?> kind, String id, @Nullable Long cycleId, Instant missedAt, boolean twice) {}
