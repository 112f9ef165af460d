package io.holisticos.health;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Where a value comes from. What a source does not say is null.
 *
 * @param record the source's own id of the record
 * @param start when the measuring began
 * @param end when it ended
 * @param offset the record's own UTC offset
 * @param recordedAt when we knew this version of the record
 */
public record Lineage(
        @Nullable String record,
        @Nullable Instant start,
        @Nullable Instant end,
        @Nullable ZoneOffset offset,
        @Nullable Instant recordedAt) {

    public static final Lineage UNKNOWN = new Lineage(null, null, null, null, null);
}
