package io.holisticos.twins.whoop;

import io.holisticos.twins.http.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A change that a webhook announces.
 *
 * @param recordId a sleep's or a workout's id; for a recovery its sleep's
 */
record Event(long userId, UUID recordId, String type, UUID traceId, Instant at) {
    /** The exact body: compact, keys in the documented order. */
    byte[] body() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user_id", userId);
        json.put("id", recordId.toString());
        json.put("type", type);
        json.put("trace_id", traceId.toString());
        return Json.bytes(json);
    }
}
