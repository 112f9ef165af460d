package io.holisticos.outbound;

import io.holisticos.health.UserId;
import java.net.URI;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to another system, before any credential is added.
 *
 * @param who the member on whose behalf it is made; null for calls of the application itself
 * @param body null when there is none
 * @param repeatable whether sending it twice does no harm
 * @param held whether something we hold stands in for the answer when there is none; null when nothing ever does
 */
public record Call(
        CommandKey key,
        @Nullable UserId who,
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable Body body,
        boolean repeatable,
        @Nullable BooleanSupplier held) {

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

    /** A call for whose answer nothing stands in. */
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

    /** The same call, where something may stand in for its answer. */
    public Call orElse(BooleanSupplier held) {
        return new Call(key, who, method, uri, headers, body, repeatable, held);
    }

    /** A safe read. */
    public static Call get(CommandKey key, @Nullable UserId who, URI uri) {
        return new Call(key, who, "GET", uri, Map.of("Accept", "application/json"), null, true);
    }

    /** Query and headers can hold personal data or secrets: only the key is printed. */
    @Override
    public String toString() {
        return "Call[" + key + " " + method + "]";
    }
}
