package io.holisticos.app.docs;

import com.fasterxml.jackson.databind.JsonNode;
import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The page of the API: the document as HTML that needs no script. The template is {@code docs.ftlh}, which escapes every value. */
final class DocsPage {

    private static final String REFERENCE = "#/components/schemas/";
    private static final String DESCRIPTION = "description";

    private final JsonNode document;
    private final String origin;
    private final String root;

    private DocsPage(JsonNode document, String root) {
        this.document = document;
        this.origin = document.path("servers").path(0).path("url").asText();
        this.root = root;
    }

    /** @param root the path below which browsers find our routes; empty for none */
    static byte[] of(JsonNode document, String root) {
        return new DocsPage(document, root).written().getBytes(StandardCharsets.UTF_8);
    }

    private String written() {
        Configuration templates = new Configuration(Configuration.VERSION_2_3_34);
        templates.setClassForTemplateLoading(DocsPage.class, "");
        templates.setDefaultEncoding("UTF-8");
        templates.setOutputFormat(HTMLOutputFormat.INSTANCE);
        templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        templates.setLogTemplateExceptions(false);
        StringWriter page = new StringWriter();
        try {
            templates.getTemplate("docs.ftlh").process(model(), page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TemplateException e) {
            throw new IllegalStateException("the API's page cannot be made", e);
        }
        return page.toString();
    }

    private Map<String, Object> model() {
        JsonNode info = document.path("info");
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("root", root);
        model.put("origin", origin);
        model.put("title", info.path("title").asText());
        model.put("summary", info.path("summary").asText());
        model.put("license", info.path("license").path("name").asText());
        model.put("introduction", paragraphs(info.path(DESCRIPTION).asText()));
        model.put("tags", tags());
        model.put("access", access());
        model.put("schemas", schemas());
        return model;
    }

    /** Tags in the document's order, without those that nothing has. */
    private List<Map<String, Object>> tags() {
        Map<String, List<Map<String, Object>>> operations = new LinkedHashMap<>();
        document.path("tags").forEach(tag -> operations.put(tag.path("name").asText(), new ArrayList<>()));
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> operations
                                .computeIfAbsent(
                                        operation
                                                .getValue()
                                                .path("tags")
                                                .path(0)
                                                .asText(),
                                        tag -> new ArrayList<>())
                                .add(operation(
                                        operation.getKey().toUpperCase(Locale.ROOT),
                                        path.getKey(),
                                        operation.getValue()))));
        List<Map<String, Object>> tags = new ArrayList<>();
        for (JsonNode tag : document.path("tags")) {
            String name = tag.path("name").asText();
            List<Map<String, Object>> own = operations.getOrDefault(name, List.of());
            if (!own.isEmpty()) {
                tags.add(Map.of(
                        "name",
                        name,
                        "id",
                        "tag-" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-"),
                        "about",
                        paragraphs(tag.path(DESCRIPTION).asText()),
                        "operations",
                        own));
            }
        }
        return tags;
    }

    private Map<String, Object> operation(String method, String path, JsonNode operation) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", operation.path("operationId").asText());
        shown.put("method", method);
        shown.put("path", path);
        shown.put("summary", operation.path("summary").asText());
        shown.put("about", paragraphs(operation.path(DESCRIPTION).asText()));
        shown.put("access", accessTo(operation));
        shown.put("curl", Curl.of(origin, method, path, document, operation));
        shown.put(
                "parameters",
                stream(operation.path("parameters")).map(this::parameter).toList());
        JsonNode body = operation.path("requestBody");
        shown.put("bodyAbout", paragraphs(body.path(DESCRIPTION).asText()));
        shown.put("body", contents(body.path("content")));
        List<Map<String, Object>> answers = new ArrayList<>();
        operation
                .path("responses")
                .properties()
                .forEach(answer -> answers.add(Map.of(
                        "status", answer.getKey(),
                        "about", paragraphs(answer.getValue().path(DESCRIPTION).asText()),
                        "contents", contents(answer.getValue().path("content")))));
        shown.put("answers", answers);
        return shown;
    }

    /** Who gets in, in words: the scope stands in the words of 403. */
    private String accessTo(JsonNode operation) {
        JsonNode own = operation.path("security");
        if (own.isArray() && own.isEmpty()) {
            return "No credential";
        }
        String refusal =
                operation.path("responses").path("403").path(DESCRIPTION).asText();
        String scope = refusal.contains("scope ") ? refusal.substring(refusal.indexOf("scope ")) : "any scope";
        return own.isArray() ? "A credential only where the deployment asks for one" : "A credential with " + scope;
    }

    private Map<String, Object> parameter(JsonNode parameter) {
        Map<String, Object> shown = new LinkedHashMap<>(field(
                parameter.path("name").asText(),
                parameter.path("schema"),
                parameter.path("required").asBoolean()));
        shown.put("about", paragraphs(parameter.path(DESCRIPTION).asText()));
        shown.put("in", parameter.path("in").asText());
        return shown;
    }

    private List<Map<String, Object>> contents(JsonNode contents) {
        List<Map<String, Object>> shown = new ArrayList<>();
        contents.properties().forEach(content -> {
            List<Map<String, Object>> examples = new ArrayList<>();
            content.getValue().path("examples").forEach(example -> {
                JsonNode value = example.path("value");
                examples.add(Map.of(
                        "summary",
                        example.path("summary").asText(),
                        "text",
                        value.isTextual() ? value.textValue() : value.toPrettyString()));
            });
            shown.add(Map.of(
                    "type", content.getKey(),
                    "schema", type(content.getValue().path("schema")),
                    "examples", examples));
        });
        return shown;
    }

    private List<Map<String, Object>> schemas() {
        List<Map<String, Object>> shown = new ArrayList<>();
        document.path("components")
                .path("schemas")
                .properties()
                .forEach(schema -> shown.add(Map.of(
                        "name", schema.getKey(),
                        "about", paragraphs(schema.getValue().path(DESCRIPTION).asText()),
                        "fields", fields(schema.getValue()))));
        shown.sort(
                (one, other) -> String.valueOf(one.get("name")).compareToIgnoreCase(String.valueOf(other.get("name"))));
        return shown;
    }

    private List<Map<String, Object>> fields(JsonNode schema) {
        List<String> required =
                stream(schema.path("required")).map(JsonNode::asText).toList();
        return schema.path("properties").properties().stream()
                .map(field -> field(field.getKey(), field.getValue(), required.contains(field.getKey())))
                .toList();
    }

    private Map<String, Object> field(String name, JsonNode schema, boolean required) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", name);
        shown.put("type", type(schema));
        shown.put("required", required);
        shown.put("about", paragraphs(schema.path(DESCRIPTION).asText()));
        List<String> rules = new ArrayList<>();
        if (schema.has("enum")) {
            rules.add("one of "
                    + String.join(
                            ", ",
                            stream(schema.path("enum")).map(JsonNode::asText).toList()));
        }
        for (String rule : List.of("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default")) {
            if (schema.has(rule)) {
                rules.add(rule.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT)
                        + ' '
                        + schema.path(rule).asText());
            }
        }
        shown.put("rules", String.join("; ", rules));
        return shown;
    }

    /** A type in words, and the schemas that it names. */
    private static Map<String, Object> type(JsonNode schema) {
        List<String> named = schema.findValuesAsText("$ref").stream()
                .map(reference -> reference.substring(REFERENCE.length()))
                .distinct()
                .toList();
        return Map.of("words", words(schema), "named", named);
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
                ? String.join(
                        " or ",
                        stream(schema.path("type")).map(JsonNode::asText).toList())
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

    private List<Map<String, Object>> access() {
        List<Map<String, Object>> shown = new ArrayList<>();
        document.path("components")
                .path("securitySchemes")
                .properties()
                .forEach(scheme -> shown.add(Map.of(
                        "name", scheme.getKey(),
                        "about", paragraphs(scheme.getValue().path(DESCRIPTION).asText()),
                        "curl", Curl.credential(scheme.getKey()))));
        return shown;
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** Paragraphs of parts, each plain, code or strong: as much of Markdown as the document's words have. */
    private static List<List<Map<String, String>>> paragraphs(String text) {
        List<List<Map<String, String>>> all = new ArrayList<>();
        for (String paragraph : text.strip().split("\n\n")) {
            List<Map<String, String>> parts = new ArrayList<>();
            String[] byCode = paragraph.replace('\n', ' ').split("`", -1);
            for (int i = 0; i < byCode.length; i++) {
                String[] byStress = i % 2 == 1 ? new String[] {byCode[i]} : byCode[i].split("\\*\\*", -1);
                for (int j = 0; j < byStress.length; j++) {
                    if (!byStress[j].isEmpty()) {
                        parts.add(Map.of(
                                "text", byStress[j], "kind", i % 2 == 1 ? "code" : j % 2 == 1 ? "strong" : "plain"));
                    }
                }
            }
            if (!parts.isEmpty()) {
                all.add(parts);
            }
        }
        return all;
    }
}
