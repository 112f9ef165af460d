package io.holisticos.app.docs;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.docs.DocsPage.Answer;
import io.holisticos.app.docs.DocsPage.Body;
import io.holisticos.app.docs.DocsPage.Content;
import io.holisticos.app.docs.DocsPage.Example;
import io.holisticos.app.docs.DocsPage.Field;
import io.holisticos.app.docs.DocsPage.Operation;
import io.holisticos.app.docs.DocsPage.Schema;
import io.holisticos.app.docs.DocsPage.Scheme;
import io.holisticos.app.docs.DocsPage.Tag;
import io.holisticos.app.docs.DocsPage.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads the OpenAPI document as what its page shows. */
final class DocsReader {

    private static final String REFERENCE = "#/components/schemas/";
    private static final String DESCRIPTION = "description";

    private final JsonNode document;
    private final String origin;

    private DocsReader(JsonNode document) {
        this.document = document;
        this.origin = document.path("servers").path(0).path("url").asText();
    }

    static DocsPage read(JsonNode document) {
        DocsReader reader = new DocsReader(document);
        JsonNode info = document.path("info");
        return new DocsPage(
                info.path("summary").asText(),
                about(info),
                reader.access(),
                reader.tags(),
                reader.schemas(),
                info.path("license").path("name").asText());
    }

    /** Tags in the document's order, without those that nothing has. */
    private List<Tag> tags() {
        Map<String, List<Operation>> operations = new LinkedHashMap<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> operations
                                .computeIfAbsent(tagOf(operation.getValue()), tag -> new ArrayList<>())
                                .add(operation(
                                        operation.getKey().toUpperCase(Locale.ROOT),
                                        path.getKey(),
                                        operation.getValue()))));
        return stream(document.path("tags"))
                .filter(tag -> operations.containsKey(nameOf(tag)))
                .map(tag -> new Tag(
                        nameOf(tag),
                        "tag-" + nameOf(tag).toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-"),
                        about(tag),
                        operations.getOrDefault(nameOf(tag), List.of())))
                .toList();
    }

    private static String tagOf(JsonNode operation) {
        return operation.path("tags").path(0).asText();
    }

    private static String nameOf(JsonNode tagOrParameter) {
        return tagOrParameter.path("name").asText();
    }

    private Operation operation(String method, String path, JsonNode operation) {
        JsonNode body = operation.path("requestBody");
        return new Operation(
                operation.path("operationId").asText(),
                method,
                path,
                operation.path("summary").asText(),
                about(operation),
                accessTo(operation),
                Curl.of(origin, method, path, document, operation),
                stream(operation.path("parameters")).map(DocsReader::parameter).toList(),
                new Body(about(body), contents(body.path("content"))),
                operation.path("responses").properties().stream()
                        .map(answer -> new Answer(
                                answer.getKey(),
                                about(answer.getValue()),
                                contents(answer.getValue().path("content"))))
                        .toList());
    }

    /** Who gets in, in words: the scope stands in the words of 403. */
    private static String accessTo(JsonNode operation) {
        JsonNode own = operation.path("security");
        if (own.isArray() && own.isEmpty()) {
            return "No credential";
        }
        String refusal =
                operation.path("responses").path("403").path(DESCRIPTION).asText();
        String scope = refusal.contains("scope ") ? refusal.substring(refusal.indexOf("scope ")) : "any scope";
        return own.isArray() ? "A credential only where the deployment asks for one" : "A credential with " + scope;
    }

    private static Field parameter(JsonNode parameter) {
        JsonNode schema = parameter.path("schema");
        return new Field(
                nameOf(parameter),
                type(schema),
                parameter.path("required").asBoolean(),
                about(parameter),
                rules(schema),
                parameter.path("in").asText());
    }

    private static List<Content> contents(JsonNode contents) {
        return contents.properties().stream()
                .map(content -> new Content(
                        content.getKey(),
                        type(content.getValue().path("schema")),
                        stream(content.getValue().path("examples"))
                                .map(DocsReader::example)
                                .toList()))
                .toList();
    }

    private static Example example(JsonNode example) {
        JsonNode value = example.path("value");
        return new Example(
                example.path("summary").asText(), value.isTextual() ? value.textValue() : value.toPrettyString());
    }

    private List<Schema> schemas() {
        return document.path("components").path("schemas").properties().stream()
                .map(schema -> new Schema(schema.getKey(), about(schema.getValue()), fields(schema.getValue())))
                .sorted(Comparator.comparing(Schema::name, String.CASE_INSENSITIVE_ORDER))
                .toList();
    }

    private static List<Field> fields(JsonNode schema) {
        List<String> required = texts(schema.path("required"));
        return schema.path("properties").properties().stream()
                .map(field -> field(field.getKey(), field.getValue(), required.contains(field.getKey())))
                .toList();
    }

    private static Field field(String name, JsonNode schema, boolean required) {
        return new Field(name, type(schema), required, about(schema), rules(schema), null);
    }

    private static String rules(JsonNode schema) {
        Stream<String> words = schema.has("enum")
                ? Stream.of("one of " + String.join(", ", texts(schema.path("enum"))))
                : Stream.empty();
        Stream<String> bounds = Stream.of(
                        "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default")
                .filter(schema::has)
                .map(rule -> rule.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT)
                        + ' '
                        + schema.path(rule).asText());
        return Stream.concat(words, bounds).collect(Collectors.joining("; "));
    }

    private static Type type(JsonNode schema) {
        List<String> named = schema.findValuesAsText("$ref").stream()
                .map(reference -> reference.substring(REFERENCE.length()))
                .distinct()
                .toList();
        return new Type(words(schema), named);
    }

    private static String words(JsonNode schema) {
        if (schema.has("$ref")) {
            return "";
        }
        JsonNode alternatives = schema.has("oneOf") ? schema.path("oneOf") : schema.path("anyOf");
        if (!alternatives.isEmpty()) {
            boolean orNull = alternatives.findValuesAsText("type").contains("null");
            return orNull ? "or null" : "one of";
        }
        String type = schema.path("type").isArray()
                ? String.join(" or ", texts(schema.path("type")))
                : schema.path("type").asText();
        String format = schema.has("format") && !schema.path("format").asText().startsWith("int")
                ? " (" + schema.path("format").asText() + ")"
                : "";
        if (type.startsWith("array")) {
            String items = words(schema.path("items"));
            return type.replace("array", "list") + (items.isEmpty() ? " of" : " of " + items);
        }
        return schema.has("additionalProperties") ? "map by name of" : type + format;
    }

    private List<Scheme> access() {
        return document.path("components").path("securitySchemes").properties().stream()
                .map(scheme -> new Scheme(scheme.getKey(), about(scheme.getValue()), Curl.credential(scheme.getKey())))
                .toList();
    }

    private static List<Paragraph> about(JsonNode described) {
        return Paragraph.of(described.path(DESCRIPTION).asText());
    }

    private static List<String> texts(JsonNode list) {
        return stream(list).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
