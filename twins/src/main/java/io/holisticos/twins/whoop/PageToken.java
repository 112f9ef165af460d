package io.holisticos.twins.whoop;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.http.Json;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ended, and what it was filtered by. Opaque to callers.
 *
 * @param collection the path and the member
 * @param key the last record shown, with its start
 */
record PageToken(
        String collection,
        @Nullable Instant start,
        @Nullable Instant end,
        int limit,
        Instant lastStart,
        String key) {
    String encode() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("c", collection);
        json.put("s", start == null ? "" : start.toString());
        json.put("e", end == null ? "" : end.toString());
        json.put("l", limit);
        json.put("o", lastStart.toEpochMilli());
        json.put("k", key);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json));
    }

    /** Empty for anything that this twin did not write. */
    static Optional<PageToken> decode(String token) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.UTF_8));
            JsonNode json = Json.object(bytes, Set.of("c", "s", "e", "l", "o", "k"));
            return Optional.of(new PageToken(
                    Json.text(json, "c"),
                    moment(Json.text(json, "s")),
                    moment(Json.text(json, "e")),
                    json.path("l").asInt(),
                    Instant.ofEpochMilli(json.path("o").asLong()),
                    Json.text(json, "k")));
        } catch (IllegalArgumentException | DateTimeException foreign) {
            return Optional.empty();
        }
    }

    private static @Nullable Instant moment(String text) {
        return text.isEmpty() ? null : Instant.parse(text);
    }
}
