package io.holisticos.whoop.data;

import org.jspecify.annotations.Nullable;

/**
 * A record that two lists should have shown and did not. Whether it is gone is for a call by id to say.
 *
 * @param id the record's; of a recovery, the id of its sleep
 * @param cycleId of a recovery, the cycle it is asked for by
 */
public record Absent(
        RecordKind<?> kind, String id, @Nullable Long cycleId) {}
