package io.holisticos.outbound;

import io.holisticos.command.CommandKey;
import io.holisticos.health.UserId;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to another system, before any credential is added.
 *
 * @param who the member for whom the call is made; null for calls of the application itself
 * @param body null when there is none
 * @param repeatable whether sending it twice is harmless
 * @param hasFallback whether we store something that stands in for a missing answer; null when this call never has that
 */
public record Call(
        CommandKey key,
        @Nullable UserId who,
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable Body body,
        boolean repeatable,
        @Nullable BooleanSupplier hasFallback) {

    /** Bytes with their media type. */
    public record Body(String mediaType, byte[] bytes) {
        @Override
        public String toString() {
            return "Body[" + mediaType + ", " + bytes.length + " bytes]";
        }
    }

    public Call {
        headers = Map.copyOf(headers);
    }

    /** A call without a fallback. */
    public Call(
            CommandKey key,
            @Nullable UserId who,
            String method,
            URI uri,
            Map<String, String> headers,
            @Nullable Body body,
            boolean repeatable) {
        this(key, who, method, uri, headers, body, repeatable, null);
    }

    /** The same call with a fallback for its answer, if {@code hasFallback} says so. */
    public Call withFallback(BooleanSupplier hasFallback) {
        return new Call(key, who, method, uri, headers, body, repeatable, hasFallback);
    }

    /** The same call with these headers added; one of the same name is replaced. */
    public Call withHeaders(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(headers);
        all.putAll(more);
        return new Call(key, who, method, uri, all, body, repeatable, hasFallback);
    }

    /** A GET request for JSON. */
    public static Call get(CommandKey key, @Nullable UserId who, URI uri) {
        return new Call(key, who, "GET", uri, Map.of("Accept", "application/json"), null, true);
    }

    /** Query and headers may hold personal data or secrets, so they are not printed. */
    @Override
    public String toString() {
        return "Call[" + key + " " + method + "]";
    }
}
