package io.holisticos.whoop.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;

/**
 * Reads one record from its bytes, whether they come from WHOOP or from the archive. Null and absent are the same, unknown fields
 * are ignored, and a value that breaks a documented rule or cannot be stored is refused. Thread-safe.
 */
public final class RecordReader {

    private final ObjectReader reader;

    public RecordReader(ObjectMapper mapper) {
        this.reader = mapper.copy()
                .registerModule(StorableValues.module())
                .reader()
                .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES) // absent numbers are not zeros
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** @throws IOException when it is not a record of this type; its message can quote the bytes */
    public <T> T read(byte[] raw, Class<T> type) throws IOException {
        T record = reader.forType(type).readValue(raw);
        if (record == null) {
            throw new UndocumentedForm();
        }
        return record;
    }

    /** With the same rules, for what is around records. */
    ObjectReader reader() {
        return reader;
    }

    /** JSON, but not what was asked for. */
    static final class UndocumentedForm extends IOException {}
}
