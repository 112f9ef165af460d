package io.holisticos.unified;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Preferences;
import java.io.IOException;

/** Reads preferences from {@code config.yml}, in the form and as strictly as callers send them. */
final class PreferencesSetting extends StdDeserializer<Preferences> {

    private static final long serialVersionUID = 1L;

    PreferencesSetting() {
        super(Preferences.class);
    }

    @Override
    public Preferences deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        JsonNode tree = context.readTree(parser);
        try {
            return PreferencesReader.ofAnySource().read(tree);
        } catch (InvalidRequest e) {
            throw JsonMappingException.from(parser, String.join("; ", e.errors()), e);
        }
    }
}
