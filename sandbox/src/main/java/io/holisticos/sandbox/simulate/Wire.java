package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Records as they come over the wire. */
final class Wire {

    private Wire() {}

    /** The same after having been written and read: single-precision numbers with just the digits they are written with. */
    static JsonNode reread(JsonNode record) {
        try {
            return Caller.JSON.readTree(Caller.JSON.writeValueAsBytes(record));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Instant moment(JsonNode text) {
        return OffsetDateTime.parse(text.asText()).toInstant();
    }
}
