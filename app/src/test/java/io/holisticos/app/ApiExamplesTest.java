package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.holisticos.app.ApiConversation.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the service answers is what its document says, and the examples of the document are such answers. {@code
 * -Dgolden.rewrite=true} records them anew.
 */
class ApiExamplesTest {

    private static final Path RECORDED = Path.of("src/main/resources/io/holisticos/app/docs/examples.json");

    /** Where the sandbox has what the recording has on free ports. */
    private static final Map<String, String> SANDBOX = new HashMap<>();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<String, Schema> COMPILED = new HashMap<>();

    private static List<Exchange> exchanges;
    private static JsonNode document;

    @BeforeAll
    static void ask() throws Exception {
        try (House house = House.openWith(Map.of("HOSTS", "health.internal"))) {
            exchanges = ApiConversation.with(house);
            document = house.jsonOf(house.getWithoutKey("/api/openapi.json"));
            SANDBOX.put(house.uri("").toString(), "http://localhost:8080");
            SANDBOX.put(
                    house.uri("").toString().replace(":", "%3A").replace("/", "%2F"), "http%3A%2F%2Flocalhost%3A8080");
            SANDBOX.put(house.whoop().baseUrl(), "http://localhost:9100");
        }
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.writeString(RECORDED, recorded().toPrettyString() + "\n");
        }
    }

    /** A route that nobody asks has no example. */
    @Test
    void everyOperationIsAskedAndRefusesOnce() {
        List<String> wrong = new ArrayList<>();
        forEachOperation((route, operation) -> {
            List<Integer> statuses = exchanges.stream()
                    .filter(exchange -> exchange.route().equals(route))
                    .map(Exchange::status)
                    .toList();
            if (statuses.stream().noneMatch(status -> status < 400) && !route.equals("POST /connect/{link}")) {
                wrong.add(route + " never succeeded: " + statuses);
            }
            if (statuses.stream().noneMatch(status -> status >= 400)) {
                wrong.add(route + " never refused: " + statuses);
            }
        });

        assertThat(exchanges).hasSizeGreaterThan(100);
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyAnswerIsAsTheDocumentSays() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Exchange exchange : exchanges) {
            String where = exchange.route() + " (" + exchange.about() + ") " + exchange.status();
            JsonNode response = operation(exchange.route()).path("responses").path("" + exchange.status());
            if (response.isMissingNode()) {
                wrong.add(where + ": the document does not name this status");
                continue;
            }
            JsonNode content = response.path("content").path(mediaType(exchange.type()));
            if (content.isMissingNode()) {
                if (!exchange.body().isEmpty()) {
                    wrong.add(where + ": no content of type " + exchange.type());
                }
                continue;
            }
            for (JsonNode value : valuesOf(exchange)) {
                problems(content.path("schema"), value).forEach(problem -> wrong.add(where + ": " + problem));
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void everyRequestThatWasTakenIsAsTheDocumentSays() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Exchange exchange : exchanges) {
            if (exchange.status() < 400 && "application/json".equals(exchange.sentAs())) {
                JsonNode schema = operation(exchange.route()).at("/requestBody/content/application~1json/schema");
                problems(schema, JSON.readTree(exchange.sent()))
                        .forEach(problem -> wrong.add(exchange.route() + ": " + problem));
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void everyExampleOfTheDocumentIsAsItsSchemaSays() {
        List<String> wrong = new ArrayList<>();
        int[] looked = {0};
        forEachOperation((route, operation) -> {
            List<JsonNode> contents = new ArrayList<>();
            operation
                    .path("responses")
                    .forEach(response -> response.path("content").forEach(contents::add));
            for (JsonNode content : contents) {
                content.path("examples").properties().forEach(example -> {
                    looked[0]++;
                    problems(content.path("schema"), example.getValue().path("value"))
                            .forEach(problem -> wrong.add(route + " " + example.getKey() + ": " + problem));
                });
            }
        });

        assertThat(looked[0]).isGreaterThan(90);
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyOperationHasExamplesOfBothOutcomes() {
        List<String> without = new ArrayList<>();
        forEachOperation((route, operation) -> {
            boolean refuses = false;
            boolean succeeds = false;
            for (Map.Entry<String, JsonNode> response :
                    operation.path("responses").properties()) {
                boolean shown = response.getValue()
                                .path("content")
                                .findValues("examples")
                                .size()
                        > 0;
                boolean empty = !response.getValue().has("content");
                refuses |= shown && response.getKey().compareTo("400") >= 0;
                succeeds |= (shown || empty) && response.getKey().compareTo("400") < 0;
            }
            if (!refuses || !succeeds) {
                without.add(route);
            }
            operation.path("parameters").forEach(parameter -> {
                if (parameter.path("required").asBoolean() && !parameter.has("example")) {
                    without.add(route + ' ' + parameter.path("name").asText());
                }
            });
        });

        assertThat(without).as("record them: -Dgolden.rewrite=true").isEmpty();
    }

    /** What the document includes: by route, the parameters of the first success, requests, and answers by status and type. */
    private static ObjectNode recorded() throws IOException {
        ObjectNode all = JSON.createObjectNode();
        for (Exchange exchange : exchanges) {
            ObjectNode route = all.withObjectProperty(exchange.route());
            if (exchange.status() < 400 && !route.has("parameters")
                    || exchange.route().equals("POST /connect/{link}")) {
                ObjectNode parameters = route.putObject("parameters");
                exchange.parameters().forEach((name, value) -> parameters.put(name, asInSandbox(value)));
            }
            if (exchange.sentAs() != null && exchange.status() < 400) {
                JsonNode sent = JSON.readTree(asInSandbox(exchange.sent()));
                route.withObjectProperty("request").set(exchange.about(), sent);
            }
            if (!exchange.body().isEmpty()) {
                ObjectNode byType = route.withObjectProperty("responses")
                        .withObjectProperty("" + exchange.status())
                        .withObjectProperty(mediaType(exchange.type()));
                int line = 0;
                for (JsonNode value : valuesOf(exchange)) {
                    byType.set(exchange.about() + (line++ == 0 ? "" : ", line " + line), value);
                }
            }
        }
        return all;
    }

    private static List<JsonNode> valuesOf(Exchange exchange) throws IOException {
        String body = asInSandbox(exchange.body());
        List<JsonNode> values = new ArrayList<>();
        if (mediaType(exchange.type()).endsWith("ndjson")) {
            for (String line : body.split("\n")) {
                values.add(JSON.readTree(line));
            }
        } else if (exchange.type().contains("json")) {
            values.add(JSON.readTree(body));
        } else {
            values.add(JSON.getNodeFactory().textNode(body));
        }
        return values;
    }

    private static String asInSandbox(String text) {
        String moved = text;
        for (Map.Entry<String, String> place : SANDBOX.entrySet()) {
            moved = moved.replace(place.getKey(), place.getValue());
        }
        return moved;
    }

    private static String mediaType(String contentType) {
        return contentType.split(";")[0].strip();
    }

    private static List<String> problems(JsonNode schema, JsonNode value) {
        Schema compiled = COMPILED.computeIfAbsent(schema.toString(), text -> {
            ObjectNode whole = schema.deepCopy();
            whole.set("components", document.path("components").deepCopy());
            return SCHEMAS.getSchema(whole.toString(), InputFormat.JSON);
        });
        return compiled
                .validate(
                        value.toString(),
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(problem -> problem.getInstanceLocation() + " " + problem.getKeyword() + " in "
                        + problem.getSchemaLocation())
                .toList();
    }

    private interface Look {
        void at(String route, JsonNode operation);
    }

    private static void forEachOperation(Look look) {
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation -> look.at(
                                operation.getKey().toUpperCase(Locale.ROOT) + ' ' + path.getKey(),
                                operation.getValue())));
    }

    private static JsonNode operation(String route) {
        String[] words = route.split(" ");
        return document.path("paths").path(words[1]).path(words[0].toLowerCase(Locale.ROOT));
    }
}
