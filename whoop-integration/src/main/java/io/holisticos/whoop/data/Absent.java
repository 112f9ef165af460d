package io.holisticos.whoop.data;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record that lists should have shown and did not. Whether it is gone is for a second list, and then for a call by id,
 * to say.
 *
 * @param id the record's; of a recovery, the id of its sleep
 * @param cycleId of a recovery, the cycle it is asked for by
 * @param missedAt when the last list began that lacked it
 * @param twice whether two lists lacked it since it was seen
 */
public record Absent(
        RecordKind<?> kind, String id, @Nullable Long cycleId, Instant missedAt, boolean twice) {}
