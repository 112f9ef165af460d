package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Server-sent events, each a JSON object on one line. */
final class Messages {

    private static final JsonFactory JSON =
            new JsonFactoryBuilder().rootValueSeparator((String) null).build();

    private final JsonGenerator json;

    private Messages(JsonGenerator json) {
        this.json = json;
    }

    interface Content {
        void writeTo(Messages messages) throws IOException;
    }

    interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static byte[] render(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            content.writeTo(new Messages(json));
        } catch (IOException e) { // in memory there is nothing to fail
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void add(Fields fields) throws IOException {
        json.writeRaw("data: ");
        json.writeStartObject();
        fields.writeTo(json);
        json.writeEndObject();
        json.writeRaw("\n\n");
    }
}
