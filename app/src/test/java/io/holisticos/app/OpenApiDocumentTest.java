package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The API's document has words for everything, no words for nothing, and is the one that is checked in. */
class OpenApiDocumentTest {

    private static final Path CHECKED_IN = Path.of("../docs/api/openapi.json");
    private static final Path WORDS = Path.of("src/main/resources/io/holisticos/app/docs/words.yml");
    private static final String WRITE_ANEW =
            "mvn -pl app -am test -Dtest=OpenApiDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.rewrite=true";

    private static JsonNode document;

    @BeforeAll
    static void read() throws Exception {
        try (House house = House.open()) {
            document = house.jsonOf(house.getWithoutKey("/api/openapi.json"));
        }
    }

    @AfterAll
    static void forget() {
        document = null;
    }

    @Test
    void isTheOneThatIsCheckedIn() throws IOException {
        String served = anywhere(document).toPrettyString() + "\n";
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.writeString(CHECKED_IN, served);
        }

        assertThat(Files.readString(CHECKED_IN))
                .as("docs/api/openapi.json is not what is served; this writes it anew: " + WRITE_ANEW)
                .isEqualTo(served);
    }

    /** The served document names its own address; the one that is checked in is everybody's. */
    private static ObjectNode anywhere(JsonNode served) {
        ObjectNode document = served.deepCopy();
        ObjectNode server = new ObjectMapper().createObjectNode();
        server.put("url", "{origin}").put("description", "Where the service runs");
        server.putObject("variables")
                .putObject("origin")
                .put("default", "http://localhost:8080")
                .put("description", "The sandbox's; else PUBLIC_URL of the deployment");
        document.putArray("servers").add(server);
        return document;
    }

    @Test
    void hasWordsForEveryOperationParameterAndField() {
        List<String> without = new ArrayList<>();
        forEachOperation((route, operation) -> {
            for (String said : List.of("operationId", "summary", "description")) {
                if (operation.path(said).asText().isBlank()) {
                    without.add(route + ": " + said);
                }
            }
            operation.path("parameters").forEach(parameter -> {
                if (parameter.path("description").asText().isBlank()) {
                    without.add(route + ": " + parameter.path("name").asText());
                }
            });
            operation.path("responses").properties().forEach(response -> {
                if (response.getValue().path("description").asText().isBlank()) {
                    without.add(route + ": " + response.getKey());
                }
            });
        });
        schemas().properties().forEach(schema -> {
            if (schema.getValue().path("description").asText().isBlank()) {
                without.add(schema.getKey());
            }
            schema.getValue().path("properties").properties().forEach(field -> {
                if (!field.getValue().has("description") && !field.getValue().has("$ref")) {
                    without.add(schema.getKey() + '.' + field.getKey());
                }
            });
        });

        assertThat(schemas().size()).isGreaterThan(60);
        assertThat(without).as("say it in words.yml").isEmpty();
    }

    /** A field's unit stands in its words or in the field beside it: health values without one are guesses. */
    @Test
    void saysTheUnitOfEveryMeasuredNumber() {
        List<String> without = new ArrayList<>();
        schemas().properties().forEach(schema -> {
            if (!schema.getKey().startsWith("Whoop")) {
                return;
            }
            schema.getValue().path("properties").properties().forEach(field -> {
                String words = field.getValue().path("description").asText();
                boolean measured = field.getValue().path("type").toString().contains("number");
                if (measured
                        && !words.matches(
                                "(?s).*(percent|bpm|kJ|°C| m\\b| ms\\b|kg|[Mm]etres|a minute|per minute|without a unit).*")) {
                    without.add(schema.getKey() + '.' + field.getKey());
                }
            });
        });

        assertThat(without).isEmpty();
    }

    @Test
    void hasNoWordsForWhatIsNotThere() throws IOException {
        List<String> idle = new ArrayList<>();
        JsonNode words = words();
        Map<String, JsonNode> operations = new HashMap<>();
        TreeSet<String> parameters = new TreeSet<>();
        forEachOperation((route, operation) -> {
            operations.put(route, operation);
            operation
                    .path("parameters")
                    .forEach(parameter -> parameters.add(parameter.path("name").asText()));
        });
        words.path("operations").fieldNames().forEachRemaining(route -> {
            if (!operations.containsKey(route)) {
                idle.add(route);
            }
        });
        words.path("parameters").fieldNames().forEachRemaining(name -> {
            if (!parameters.contains(name)) {
                idle.add(name);
            }
        });
        TreeSet<String> fields = new TreeSet<>();
        schemas().forEach(schema -> schema.path("properties").fieldNames().forEachRemaining(fields::add));
        words.path("fields").fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                idle.add(name);
            }
        });
        words.path("schemas").properties().forEach(schema -> {
            boolean copied = words.path("derived").findValuesAsText("of").contains(schema.getKey());
            JsonNode known = schemas().path(schema.getKey());
            if (known.isMissingNode() && !copied) {
                idle.add(schema.getKey());
            }
            schema.getValue().path("properties").properties().forEach(field -> {
                if (!copied
                        && !field.getValue().isNull()
                        && !known.path("properties").has(field.getKey())) {
                    idle.add(schema.getKey() + '.' + field.getKey());
                }
            });
        });

        assertThat(idle).isEmpty();
    }

    @Test
    void namesOperationsByAVerb() {
        forEachOperation(
                (route, operation) -> assertThat(operation.path("operationId").asText())
                        .as(route)
                        .matches(
                                "(get|list|stream|explain|replace|connect|disconnect|start|end|open|press|return|initiate|complete"
                                        + "|validate|request|receive)([A-Z][a-z]+)+"));
    }

    @Test
    void namesNoSchemaThatNobodyUses() {
        TreeSet<String> named = new TreeSet<>(document.findValuesAsText("$ref"));

        schemas().fieldNames().forEachRemaining(name -> assertThat(named).contains("#/components/schemas/" + name));
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

    private static JsonNode schemas() {
        return document.path("components").path("schemas");
    }

    private static JsonNode words() throws IOException {
        Map<String, Object> read = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(WORDS));
        return new ObjectMapper().valueToTree(read);
    }
}
