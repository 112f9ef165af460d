package io.holisticos.app.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;

/** Recorded requests and answers of a sandbox (<code>examples.json</code>), put where the document names their kind. */
final class OpenApiExamples {

    private OpenApiExamples() {}

    /** Routes of which nothing is recorded stay as they are. */
    static void addTo(ObjectNode document) {
        JsonNode recorded = read();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> addTo(
                                operation.getValue(),
                                recorded.path(operation.getKey().toUpperCase(Locale.ROOT) + ' ' + path.getKey()))));
    }

    private static JsonNode read() {
        try (InputStream file = Objects.requireNonNull(OpenApiExamples.class.getResourceAsStream("examples.json"))) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addTo(JsonNode operation, JsonNode recorded) {
        operation.path("parameters").forEach(parameter -> {
            JsonNode value =
                    recorded.path("parameters").path(parameter.path("name").asText());
            if (!value.isMissingNode()) {
                ((ObjectNode) parameter).set("example", asIn(parameter.path("schema"), value));
            }
        });
        operation
                .path("requestBody")
                .path("content")
                .forEach(content -> addTo(content, recorded.path("request"), true));
        operation
                .path("responses")
                .properties()
                .forEach(response -> response.getValue()
                        .path("content")
                        .properties()
                        .forEach(content -> addTo(
                                content.getValue(),
                                recorded.path("responses")
                                        .path(response.getKey())
                                        .path(content.getKey()),
                                false)));
    }

    private static void addTo(JsonNode content, JsonNode examples, boolean isRequest) {
        examples.properties().forEach(example -> {
            if (!isRequest || example.getValue().isObject()) {
                ObjectNode shown =
                        ((ObjectNode) content).withObjectProperty("examples").putObject(keyOf(example.getKey()));
                shown.put("summary", example.getKey());
                shown.set("value", example.getValue());
            }
        });
    }

    /** Readers of the document make names of these keys. */
    private static String keyOf(String summary) {
        return summary.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    /** A parameter is a text where it was recorded. */
    private static JsonNode asIn(JsonNode schema, JsonNode text) {
        String type = schema.path("type").asText();
        var json = new ObjectMapper().getNodeFactory();
        return switch (type) {
            case "boolean" -> json.booleanNode(Boolean.parseBoolean(text.textValue()));
            case "integer" -> json.numberNode(Long.parseLong(text.textValue()));
            default -> text;
        };
    }
}
