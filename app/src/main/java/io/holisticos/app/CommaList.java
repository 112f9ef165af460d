package io.holisticos.app;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads a setting with several values: a YAML list, or values separated by commas, as environment variables hold them.
 */
final class CommaList extends JsonDeserializer<List<String>> {

    @Override
    public List<String> deserialize(JsonParser setting, DeserializationContext context) throws IOException {
        Stream<String> words = setting.hasToken(JsonToken.START_ARRAY)
                ? Arrays.stream(setting.readValueAs(String[].class))
                : Arrays.stream(setting.getText().split(","));
        return words.map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    /** An empty setting. */
    @Override
    public List<String> getNullValue(DeserializationContext context) {
        return List.of();
    }
}
