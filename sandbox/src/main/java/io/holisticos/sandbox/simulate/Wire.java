package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Records as they come over the wire. */
final class Wire {

    private Wire() {}

    /** As read at the other end: single-precision numbers have just the digits they are written with. */
    static JsonNode written(Object json) {
        try {
            return Caller.JSON.readTree(Caller.JSON.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Instant moment(JsonNode text) {
        return OffsetDateTime.parse(text.asText()).toInstant();
    }
}
