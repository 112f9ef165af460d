package io.holisticos.sahha;

import static io.holisticos.sahha.SahhaStub.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What is recorded of the eleven paths against what we answer, key by key. Writes the table of {@code
 * docs/existing-paths.md} with {@code -Dgolden.rewrite=true}, and fails when it is not true any more.
 */
class RecordedShapesTest {

    private static final Path DOCUMENT = Path.of("../docs/existing-paths.md");
    private static final String BEGIN = "<!-- written by RecordedShapesTest: begin -->\n";
    private static final String END = "<!-- written by RecordedShapesTest: end -->\n";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final Map<String, String> QUERIES = Map.of(
            "/", "",
            "/health", "",
            "/api/v1/health-metrics/overview", "?profile_id=anna&period=2025-07-12",
            "/api/v1/health-metrics/activity", "?profile_id=anna&period=2025-07-11",
            "/api/v1/health-metrics/sleep", "?profile_id=anna&period=2025-07-11",
            "/api/v1/health-metrics/recovery", "?profile_id=anna&period=2025-07-11",
            "/api/v1/health-metrics/scores", "?profile_id=anna",
            "/api/v1/health-metrics/biomarkers", "?profile_id=anna&period=2025-07-11",
            "/api/v1/sahha/scores", "?user_id=anna",
            "/api/v1/sahha/biomarkers", "?user_id=anna");

    /** One line of the recorded shapes. */
    private record Recorded(String path, String key, String shape, String kind, String mark, String source) {}

    @Test
    void everyRecordedKeyIsAnsweredInItsShapeAndTheTableSaysSo() throws IOException {
        List<Recorded> all = recorded();
        Map<String, StringBuilder> byPath = new LinkedHashMap<>();
        List<String> differing = new ArrayList<>();
        try (SahhaBed bed = new SahhaBed()) {
            bed.sahha.member(
                    "anna",
                    sample("golden-scores.json"),
                    sample("golden-biomarkers.json"),
                    sample("archetypes.weekly.response-200.json"));
            Map<String, JsonNode> answers = new LinkedHashMap<>();
            for (Recorded one : all) {
                JsonNode answer = answers.computeIfAbsent(one.path(), path -> read(bed, path));
                List<JsonNode> values = values(answer, one.key());
                boolean as = !values.isEmpty() && values.stream().allMatch(value -> is(one.kind(), value));
                if (!as) {
                    differing.add(one.path() + " " + one.key() + " is no " + one.kind() + ": " + values);
                }
                byPath.computeIfAbsent(one.path(), path -> new StringBuilder())
                        .append("| `%s` | %s | %s | %s | %s |%n"
                                .formatted(
                                        one.key(),
                                        one.shape(),
                                        word(one.mark()),
                                        as ? "the same" : "**differs**",
                                        one.source()));
            }
            byPath.forEach((path, rows) -> {
                TreeSet<String> more = new TreeSet<>();
                keys(answers.get(path), "", more);
                all.stream().filter(one -> one.path().equals(path)).forEach(one -> {
                    more.remove(one.key());
                    more.removeIf(key -> key.startsWith(one.key() + "[")
                            || one.key().startsWith(key + ".")
                            || one.key().startsWith(key + "["));
                });
                more.removeIf(key -> key.contains("[].data.factors") || key.startsWith("biomarkers[]"));
                more.forEach(key ->
                        rows.append("| `%s` | – | assumed | ours | no caller is known to read it |%n".formatted(key)));
            });
        }

        StringBuilder table = new StringBuilder();
        byPath.forEach((path, rows) -> table.append(
                        "%n**`%s`**%n%n| key | what callers get or read | evidence | ours | source |%n|---|---|---|---|---|%n"
                                .formatted(path))
                .append(rows));
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        if (Boolean.getBoolean("golden.rewrite")) {
            document = document.substring(0, begin) + table + "\n" + document.substring(end);
            Files.writeString(DOCUMENT, document);
            end = document.indexOf(END);
        }
        assertThat(differing).isEmpty();
        assertThat(document.substring(begin, end).strip())
                .isEqualTo(table.toString().strip());
        assertThat(byPath).hasSize(11);
    }

    private static JsonNode read(SahhaBed bed, String path) {
        HttpResponse<String> answer = bed.get(path + QUERIES.getOrDefault(path, "?user_id=anna"));
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        try {
            return MAPPER.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** All values that a key such as {@code [].data.state} stands for; one that is missing is a missing node. */
    private static List<JsonNode> values(JsonNode answer, String key) {
        if (key.equals("status 200")) {
            return List.of(JsonNodeFactory.instance.numberNode(200));
        }
        List<JsonNode> found = List.of(answer);
        for (String part : key.replace("[]", ".[]").split("\\.")) {
            if (!part.isEmpty()) {
                List<JsonNode> next = new ArrayList<>();
                for (JsonNode node : found) {
                    if (part.equals("[]")) {
                        node.forEach(next::add);
                    } else {
                        next.add(node.path(part));
                    }
                }
                found = next;
            }
        }
        return found;
    }

    private static boolean is(String kind, JsonNode value) {
        return switch (kind) {
            case "status" -> value.intValue() == 200;
            case "text" -> value.isTextual();
            case "number" -> value.isNumber();
            case "number or null" -> value.isNumber() || value.isNull();
            case "number text" -> value.isTextual() && new BigDecimal(value.textValue()).signum() >= 0;
            case "fraction" -> value.isNumber() && value.doubleValue() >= 0 && value.doubleValue() <= 1;
            case "integer 0 to 100" -> value.isIntegralNumber() && value.intValue() >= 0 && value.intValue() <= 100;
            case "object" -> value.isObject();
            case "list" -> value.isArray();
            case "UTC time" ->
                value.isTextual()
                        && value.textValue().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{6})?\\+00:00");
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static void keys(JsonNode node, String prefix, TreeSet<String> keys) {
        if (node.isObject()) {
            node.properties().forEach(field -> {
                String key = prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey();
                keys.add(key);
                keys(field.getValue(), key, keys);
            });
        } else if (node.isArray()) {
            node.forEach(one -> keys(one, prefix + "[]", keys));
        }
    }

    private static String word(String mark) {
        return switch (mark) {
            case "R" -> "recorded";
            case "C" -> "read by a caller's code";
            case "G" -> "stated by a guide";
            case "A" -> "assumed";
            default -> throw new IllegalArgumentException(mark);
        };
    }

    private static List<Recorded> recorded() {
        return sample("recorded-shapes.csv")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("; "))
                .map(parts -> new Recorded(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]))
                .toList();
    }
}
