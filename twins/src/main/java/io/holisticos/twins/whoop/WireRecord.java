package io.holisticos.twins.whoop;

import io.holisticos.twins.http.Json;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One record of a collection, written as JSON when first needed. */
final class WireRecord {
    private final String key;
    private final Instant start;
    private final @Nullable Instant end;
    private final Supplier<Map<String, Object>> json;
    private byte @Nullable [] written;

    /**
     * @param key its id in the collection, for paging
     * @param start what the collection is ordered by; for a recovery, its sleep's start
     * @param end null while it is open
     */
    WireRecord(String key, Instant start, @Nullable Instant end, Supplier<Map<String, Object>> json) {
        this.key = key;
        this.start = start;
        this.end = end;
        this.json = json;
    }

    String key() {
        return key;
    }

    Instant start() {
        return start;
    }

    @Nullable
    Instant end() {
        return end;
    }

    Map<String, Object> json() {
        return json.get();
    }

    /** Compact JSON with explicit nulls. Two threads may both write it; the results are equal. */
    byte[] bytes() {
        byte[] held = written;
        if (held == null) {
            held = Json.bytes(json.get());
            written = held;
        }
        return held;
    }

    /** WHOOP's filter: happened after or during the start, and began before the end. */
    boolean overlaps(@Nullable Instant from, @Nullable Instant to) {
        return (from == null || end == null || end.isAfter(from)) && (to == null || start.isBefore(to));
    }
}
