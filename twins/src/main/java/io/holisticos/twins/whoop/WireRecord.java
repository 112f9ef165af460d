package io.holisticos.twins.whoop;

import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One record of a collection, written only when it is needed.
 *
 * @param key its id in the collection, for paging
 * @param start what the order goes by; for a recovery its sleep's
 * @param end null while it is open
 */
record WireRecord(String key, Instant start, @Nullable Instant end, Supplier<Map<String, Object>> json) {
    /** WHOOP's filter: happened after or during the start, and began before the end. */
    boolean overlaps(@Nullable Instant from, @Nullable Instant to) {
        return (from == null || end == null || end.isAfter(from)) && (to == null || start.isBefore(to));
    }
}
