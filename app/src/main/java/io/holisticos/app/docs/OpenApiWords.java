package io.holisticos.app.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The words of {@code words.yml}, laid over the document that is made of the routes. */
final class OpenApiWords {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String DESCRIPTION = "description";
    private static final String REFERENCE = "$ref";
    private static final String PROPERTIES = "properties";

    private final JsonNode words = read();
    private final ObjectNode document;

    private OpenApiWords(ObjectNode document) {
        this.document = document;
    }

    /** Lays the words over the document; words that it has nothing for, as without WHOOP, are left out. */
    static void addTo(ObjectNode document) {
        new OpenApiWords(document).add();
    }

    private static JsonNode read() {
        try (InputStream file = Objects.requireNonNull(OpenApiWords.class.getResourceAsStream("words.yml"))) {
            Map<String, Object> read = new Yaml(new SafeConstructor(new LoaderOptions())).load(file);
            return new ObjectMapper().valueToTree(read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add() {
        merge(document.withObject("/info"), words.path("info"));
        document.set("tags", words.path("tags"));
        sortPaths();
        ObjectNode components = document.withObject("/components");
        merge(components.withObject("/securitySchemes"), words.path("securitySchemes"));
        ObjectNode schemas = components.withObject("/schemas");
        words.path("derived").properties().forEach(entry -> derive(schemas, entry.getKey(), entry.getValue()));
        words.path("schemas").properties().forEach(entry -> addToSchema(schemas, entry.getKey(), entry.getValue()));
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> addToOperation(
                                operation.getKey().toUpperCase(Locale.ROOT) + ' ' + path.getKey(),
                                (ObjectNode) operation.getValue())));
        schemas.forEach(this::addToFields);
        document.path("paths").findParents(PROPERTIES).forEach(this::addToFields);
    }

    /** Paths in the order of the words, which is the order in which a newcomer reads; others after them. */
    private void sortPaths() {
        ObjectNode paths = document.withObject("/paths");
        Map<String, JsonNode> sorted = new LinkedHashMap<>();
        words.path("operations").fieldNames().forEachRemaining(route -> {
            String path = route.substring(route.indexOf(' ') + 1);
            if (paths.has(path)) {
                sorted.put(path, paths.path(path));
            }
        });
        paths.properties().forEach(path -> sorted.putIfAbsent(path.getKey(), path.getValue()));
        paths.removeAll();
        paths.setAll(sorted);
    }

    private void derive(ObjectNode schemas, String name, JsonNode rule) {
        JsonNode original = schemas.path(rule.path("of").textValue());
        if (original.isObject()) {
            ObjectNode copy = original.deepCopy();
            merge(copy, words.path("schemas").path(rule.path("of").textValue()));
            ObjectNode field = (ObjectNode) rule.path("schema").deepCopy();
            JsonNode said = words.at("/schemas/" + rule.path("of").textValue() + "/properties/"
                    + rule.path("field").textValue());
            field.set(DESCRIPTION, said);
            ((ObjectNode) copy.path(PROPERTIES)).set(rule.path("field").textValue(), field);
            schemas.set(name, copy);
        }
    }

    private void addToSchema(ObjectNode schemas, String name, JsonNode said) {
        if (!schemas.has(name) && !said.has("type")) {
            return;
        }
        ObjectNode schema = schemas.withObject("/" + name);
        ObjectNode rest = said.deepCopy();
        JsonNode fields = said.has("type") ? JSON.objectNode() : rest.path(PROPERTIES);
        if (!said.has("type")) {
            rest.remove(PROPERTIES);
        }
        merge(schema, rest);
        fields.properties().forEach(field -> {
            ObjectNode known = schema.withObject("/" + PROPERTIES);
            if (known.has(field.getKey()) || field.getValue().has(REFERENCE)) {
                addTo(known, field.getKey(), field.getValue());
            }
        });
    }

    /** A text is a description; it does not displace one that the code gives. */
    private static void addTo(ObjectNode fields, String name, JsonNode said) {
        if (said.isNull()) {
            fields.remove(name);
        } else if (said.has(REFERENCE)) {
            fields.set(name, said);
        } else {
            ObjectNode described = said.isTextual() ? JSON.objectNode().set(DESCRIPTION, said) : said.deepCopy();
            ObjectNode field = fields.withObject("/" + name.replace("~", "~0").replace("/", "~1"));
            if (field.path(DESCRIPTION).isTextual() && !field.has(REFERENCE)) {
                described.remove(DESCRIPTION);
            }
            allowNull(field, described);
            merge(field, described);
        }
    }

    /** A field that may be null may be so beside the words that it is restricted to. */
    private static void allowNull(ObjectNode field, ObjectNode said) {
        if (said.path("enum") instanceof ArrayNode allowed
                && field.path("type").toString().contains("null")) {
            allowed.addNull();
        }
    }

    private void addToFields(JsonNode schema) {
        if (!(schema.path(PROPERTIES) instanceof ObjectNode fields)) {
            return;
        }
        words.path("fields").properties().forEach(field -> {
            JsonNode known = fields.path(field.getKey());
            if (known.isObject() && !known.has(DESCRIPTION)) {
                addTo(fields, field.getKey(), field.getValue());
            }
        });
    }

    private void addToOperation(String route, ObjectNode operation) {
        JsonNode said = words.path("operations").path(route);
        if (said.isMissingNode()) {
            return;
        }
        ObjectNode rest = said.deepCopy();
        rest.remove("parameters");
        merge(operation, rest);
        ArrayNode parameters = operation.withArray("/parameters");
        said.path("parameters").properties().forEach(parameter -> {
            if (find(parameters, parameter.getKey()).isEmpty()) {
                parameters.addObject().put("name", parameter.getKey());
            }
            merge(find(parameters, parameter.getKey()), parameter.getValue());
        });
        words.path("parameters").properties().forEach(parameter -> {
            ObjectNode known = find(parameters, parameter.getKey());
            if (!known.isEmpty()) {
                ObjectNode described = parameter.getValue().deepCopy();
                if (known.has(DESCRIPTION)) {
                    described.remove(DESCRIPTION);
                }
                merge(known, described);
            }
        });
        if (parameters.isEmpty()) {
            operation.remove("parameters");
        }
    }

    private static ObjectNode find(ArrayNode parameters, String name) {
        for (JsonNode parameter : parameters) {
            if (parameter.path("name").asText().equals(name)) {
                return (ObjectNode) parameter;
            }
        }
        return JSON.objectNode();
    }

    /** As RFC 7396 merges: objects are laid over each other, null takes away, anything else takes its place. */
    private static void merge(ObjectNode target, JsonNode over) {
        over.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isNull()) {
                target.remove(field.getKey());
            } else if (value.isObject() && target.path(field.getKey()) instanceof ObjectNode inner) {
                merge(inner, value);
            } else {
                target.set(field.getKey(), value.deepCopy());
            }
        });
    }
}
