package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** JSON as a receiver reads it. */
final class WireJson {

    private WireJson() {}

    /** Writes a value and reads it again, so that a single-precision number has just the digits it is written with. */
    static JsonNode written(Object json) {
        try {
            return AppClient.JSON.readTree(AppClient.JSON.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Instant moment(JsonNode text) {
        return OffsetDateTime.parse(text.asText()).toInstant();
    }
}
