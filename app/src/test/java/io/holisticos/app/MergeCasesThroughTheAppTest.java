package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.holisticos.health.Metric;
import io.holisticos.health.MetricDefinition.Provider;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of {@code merge-cases.yml} that say {@code through_app}, through the whole service: WHOOP's records and Sahha's rows
 * are written as the sources send them, and the answer is compared. WHOOP's records always hold more than a case names.
 */
@Tag("deep")
class MergeCasesThroughTheAppTest {

    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final ZoneOffset HOME = ZoneOffset.ofHours(1);
    private static final BigDecimal KILOJOULE = new BigDecimal("4.184");
    /** So many members in one minute would wait for WHOOP's quota. */
    private static final Duration A_MINUTE_OF_QUOTA = Duration.ofSeconds(61);

    private static final long FIRST_ACCOUNT = 170_000;

    private static ScriptedHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    static Stream<Arguments> cases() throws Exception {
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        List<Arguments> cases = new ArrayList<>();
        try (InputStream file = Metric.class.getResourceAsStream("/io/holisticos/unified/merge-cases.yml")) {
            mapper.readTree(file).forEach(one -> {
                if (one.path("through_app").asBoolean()) {
                    cases.add(Arguments.of(one.path("name").asText(), cases.size(), one));
                }
            });
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theAnswerIsAsTheCaseSays(String name, int number, JsonNode one) throws Exception {
        String member = "case-" + number;
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        member,
                        rows(member, one.path("sahha").path("22")));
        if (one.path("whoop").isObject()) {
            script(number, one.path("whoop").path("22"));
            house.clock().advance(A_MINUTE_OF_QUOTA);
            house.connectAndSync(member, FIRST_ACCOUNT + number);
        }

        JsonNode day = house.json("/api/v1/unified-health/overview/" + member + "?period=" + TODAY);

        assertThat(day.path("merge_version").isInt()).isTrue();
        one.path("expect").fields().forEachRemaining(entry -> {
            JsonNode expected = entry.getValue();
            JsonNode metric = day.path("metrics").path(entry.getKey());
            if (expected.has("value")) {
                assertThat(metric.path("value").decimalValue())
                        .as(entry.getKey())
                        .isEqualByComparingTo(expected.path("value").decimalValue());
                assertThat(metric.path("source").asText())
                        .isEqualTo(expected.path("source").asText());
                assertThat(metric.path("verdict").asText())
                        .isEqualTo(expected.path("verdict").asText());
                assertThat(texts(metric.path("others"), false)).isEqualTo(texts(expected.path("others")));
                assertThat(texts(metric.path("others"), true)).isEqualTo(texts(expected.path("echoes")));
            } else {
                assertThat(metric.isMissingNode()).as(entry.getKey()).isTrue();
                assertThat(reasonOf(entry.getKey(), day))
                        .isEqualTo(expected.path("missing").asText());
            }
        });
    }

    /** WHOOP's records of the day: a cycle, and where a value or a state comes from them, its night and its recovery. */
    private static void script(int number, JsonNode told) {
        long cycleId = 170_000L + number;
        UUID night = new UUID(17, number);
        Instant start = TODAY.minusDays(1).atTime(23, 0).toInstant(HOME);
        ObjectNode cycle = ScriptedWhoop.cycle(cycleId, start);
        cycle.putNull("end");
        cycle.set("step_count", told.path("steps").isMissingNode() ? cycle.nullNode() : told.path("steps"));
        if (told.has("energy.total")) {
            ((ObjectNode) cycle.path("score"))
                    .put("kilojoule", told.path("energy.total").decimalValue().multiply(KILOJOULE));
        }
        house.whoop().has(ScriptedWhoop.CYCLES, cycle);
        boolean slept = told.has("sleep") || isOf("recovery", told) || isOf("sleep", told);
        house.whoop()
                .has(
                        ScriptedWhoop.SLEEPS,
                        slept ? new JsonNode[] {ScriptedWhoop.sleep(night, cycleId, start)} : new JsonNode[0]);
        house.whoop()
                .has(
                        ScriptedWhoop.RECOVERIES,
                        slept ? new JsonNode[] {recovery(cycleId, night, start, told)} : new JsonNode[0]);
    }

    private static ObjectNode recovery(long cycleId, UUID night, Instant start, JsonNode told) {
        ObjectNode recovery = ScriptedWhoop.recovery(cycleId, night, start.plusSeconds(32_400));
        for (String state : List.of("pending", "unscorable")) {
            if (told.has(state)) {
                return recovery.put("score_state", state.equals("pending") ? "PENDING_SCORE" : "UNSCORABLE")
                        .putNull("score");
            }
        }
        ObjectNode score = (ObjectNode) recovery.path("score");
        score.putNull("spo2_percentage").putNull("skin_temp_celsius");
        told.fieldNames()
                .forEachRemaining(name -> fieldOf("recovery", name)
                        .forEach(field -> score.put(field, told.path(name).decimalValue())));
        return recovery;
    }

    private static boolean isOf(String record, JsonNode told) {
        List<String> names = new ArrayList<>();
        told.fieldNames().forEachRemaining(names::add);
        return names.stream().anyMatch(name -> !fieldOf(record, name).isEmpty());
    }

    /** The field of this kind of WHOOP's records that a metric is taken from, by the registry. */
    private static List<String> fieldOf(String record, String name) {
        return Metric.find(name).stream()
                .flatMap(metric -> metric.definition().providedBy().stream())
                .filter(provider -> provider.source().value().equals("whoop"))
                .map(Provider::from)
                .filter(from -> from.startsWith(record + " score."))
                .map(from -> from.substring(from.lastIndexOf('.') + 1))
                .toList();
    }

    private static JsonNode[] rows(String member, JsonNode told) {
        List<JsonNode> rows = new ArrayList<>();
        told.fieldNames()
                .forEachRemaining(name -> Metric.find(name).ifPresent(metric -> {
                    String type = metric.definition().providedBy().stream()
                            .filter(provider -> provider.source().value().equals("sahha"))
                            .map(provider -> provider.from().substring("biomarker ".length()))
                            .findFirst()
                            .orElseThrow();
                    String category =
                            metric.family() == Metric.Family.ACTIVITY || metric.family() == Metric.Family.ENERGY
                                    ? "activity"
                                    : "vitals";
                    String id = UUID.nameUUIDFromBytes((member + type).getBytes(StandardCharsets.UTF_8))
                            .toString();
                    rows.add(ScriptedSahha.biomarker(
                            id, category, type, told.path(name).decimalValue().toPlainString(), metric.unit(), TODAY));
                }));
        return rows.toArray(JsonNode[]::new);
    }

    private static List<String> texts(JsonNode others, boolean echoes) {
        List<String> texts = new ArrayList<>();
        others.forEach(other -> {
            if (other.path("echo").asBoolean() == echoes) {
                texts.add(other.path("source").asText() + " "
                        + plain(other.path("value").decimalValue()));
            }
        });
        return texts;
    }

    private static List<String> texts(JsonNode expected) {
        List<String> texts = new ArrayList<>();
        expected.forEach(text -> {
            String[] words = text.asText().split(" ");
            texts.add(words[0] + " " + plain(new BigDecimal(words[1])));
        });
        return texts;
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private static String reasonOf(String metric, JsonNode day) {
        for (JsonNode missing : day.at("/completeness/missing")) {
            if (missing.path("metric").asText().equals(metric)) {
                return missing.path("reason").asText();
            }
        }
        return "not missing";
    }
}
