package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.holisticos.health.Metric;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of {@code merge-cases.yml} that say {@code through_app}, through the whole service: WHOOP's records and Sahha's rows
 * are written as the sources send them ({@link MergeCaseRecords}), members' wishes are put by HTTP and a deployment's stand in
 * {@code config.yml}, and the answer and its explanation are compared.
 */
@Tag("deep")
class MergeCasesThroughTheAppTest {

    private static final String UNIFIED = "/api/v1/unified-health/";

    /** So many members in one minute would wait for WHOOP's quota. */
    private static final Duration A_MINUTE_OF_QUOTA = Duration.ofSeconds(61);

    /** Calls to Sahha are counted in real time, and cases follow one another faster than members do. */
    private static final Map<String, String> CALLS_OF_MANY_CASES = Map.of("SAHHA_CALLS_PER_SECOND", "1000");

    /** What is older than the first sync reads has to come with the backfill. */
    private static final LocalDate FIRST_SYNC_READS = LocalDate.parse("2026-10-24");

    private static final String NO_PREFERENCES = "    order: []\n    by_family: {}\n    by_metric: {}\n";
    private static final long FIRST_ACCOUNT = 170_000;

    /** One service for each deployment's preferences. */
    private static final Map<JsonNode, ScriptedHouse> HOUSES = new HashMap<>();

    @AfterAll
    static void close() throws Exception {
        for (ScriptedHouse house : HOUSES.values()) {
            house.close();
        }
    }

    static Stream<Arguments> cases() throws Exception {
        List<Arguments> cases = new ArrayList<>();
        for (JsonNode one : all()) {
            cases.add(Arguments.of(one.path("name").asText(), cases.size(), one));
        }
        return cases.stream();
    }

    private static List<JsonNode> all() throws Exception {
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        List<JsonNode> all = new ArrayList<>();
        try (InputStream file = Metric.class.getResourceAsStream("/io/holisticos/unified/merge-cases.yml")) {
            mapper.readTree(file).forEach(one -> {
                if (one.path("through_app").asBoolean()) {
                    all.add(one);
                }
            });
        }
        return all;
    }

    @Test
    void thereAreCasesOfEveryKind() throws Exception {
        assertThat(all()).hasSizeGreaterThanOrEqualTo(25);
        for (String kind : List.of("wishes", "deployment", "sends")) {
            assertThat(all()).as(kind).filteredOn(one -> one.has(kind)).hasSizeGreaterThanOrEqualTo(3);
        }
        assertThat(all())
                .as("echoes")
                .filteredOn(one -> one.path("expect").findValue("echoes") != null)
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theAnswerIsAsTheCaseSays(String name, int number, JsonNode one) throws Exception {
        String member = "case-" + number;
        MergeCaseRecords records = new MergeCaseRecords(number, one);
        ScriptedHouse house = house(one.path("deployment"));
        records.sahhaTells(house.sahha(), member);
        if (records.hasWhoop()) {
            records.whoopTells(house.whoop());
            house.clock().advance(A_MINUTE_OF_QUOTA);
            connect(house, member, FIRST_ACCOUNT + number, records.on());
        }
        if (one.has("wishes")) {
            assertThat(house.app()
                            .send(
                                    "PUT",
                                    UNIFIED + "preferences/" + member,
                                    one.path("wishes").toString())
                            .statusCode())
                    .isEqualTo(200);
        }

        JsonNode day = house.json(UNIFIED + "overview/" + member + "?period=" + records.on());

        assertThat(day.path("merge_version").isInt()).isTrue();
        one.path("expect").fields().forEachRemaining(entry -> {
            assertShown(entry.getKey(), entry.getValue(), day);
            assertExplained(
                    entry.getValue(),
                    house.json(UNIFIED + "explain/" + member + "?metric=" + entry.getKey() + "&date=" + records.on()));
        });
        JsonNode offset = one.at("/day/utc_offset");
        assertThat(offset.isMissingNode() || offset.equals(day.path("utc_offset")))
                .as("%s", day.path("utc_offset"))
                .isTrue();
        assertThat(house.json(UNIFIED + "days/" + member + "?from="
                                + records.on().minusDays(1) + "&to=" + records.on())
                        .path(1)
                        .path("metrics"))
                .as("in a range")
                .isEqualTo(day.path("metrics"));
    }

    private static ScriptedHouse house(JsonNode deployment) throws Exception {
        ScriptedHouse known = HOUSES.get(deployment);
        if (known != null) {
            return known;
        }
        ScriptedHouse house = ScriptedHouse.openConfigured(CALLS_OF_MANY_CASES, shipped -> {
            assertThat(shipped).contains(NO_PREFERENCES);
            return shipped.replace(NO_PREFERENCES, preferences(deployment));
        });
        HOUSES.put(deployment, house);
        return house;
    }

    private static String preferences(JsonNode deployment) {
        StringBuilder preferences = new StringBuilder();
        for (String name : List.of("order", "by_family", "by_metric")) {
            String none = name.equals("order") ? "[]" : "{}";
            preferences
                    .append("    ")
                    .append(name)
                    .append(": ")
                    .append(deployment.has(name) ? deployment.path(name).toString() : none)
                    .append('\n');
        }
        return preferences.toString();
    }

    private static void connect(ScriptedHouse house, String member, long account, LocalDate on) throws Exception {
        if (on.isBefore(FIRST_SYNC_READS)) {
            house.connectAndSyncAll(member, account);
        } else {
            house.connectAndSync(member, account);
        }
    }

    private static void assertShown(String name, JsonNode expected, JsonNode day) {
        JsonNode metric = day.path("metrics").path(name);
        if (!expected.has("value")) {
            assertThat(metric.isMissingNode()).as(name).isTrue();
            if (expected.has("missing")) {
                assertThat(reasonOf(name, day))
                        .isEqualTo(expected.path("missing").asText());
            }
            return;
        }
        assertThat(metric.path("value").decimalValue())
                .as(name)
                .isEqualByComparingTo(expected.path("value").decimalValue());
        assertThat(metric.path("source").asText())
                .isEqualTo(expected.path("source").asText());
        assertThat(metric.path("verdict").asText())
                .isEqualTo(expected.path("verdict").asText());
        assertThat(texts(metric.path("others"), false)).isEqualTo(texts(expected.path("others")));
        assertThat(texts(metric.path("others"), true)).isEqualTo(texts(expected.path("echoes")));
    }

    private static void assertExplained(JsonNode expected, JsonNode why) {
        assertThat(why.path("rule").asText()).startsWith(expected.path("rule").asText());
        assertThat(why.path("missing").asText())
                .isEqualTo(
                        expected.path("missing").asText(expected.path("reason").asText()));
        expected.path("lost")
                .fields()
                .forEachRemaining(lost -> assertThat(candidateOf(lost.getKey(), why)
                                .path("lost_because")
                                .asText())
                        .contains(lost.getValue().asText()));
        expected.path("ended")
                .fields()
                .forEachRemaining(ended -> assertThat(OffsetDateTime.parse(
                                candidateOf(ended.getKey(), why).path("end").asText()))
                        .isEqualTo(OffsetDateTime.parse(ended.getValue().asText())));
    }

    private static JsonNode candidateOf(String source, JsonNode why) {
        for (JsonNode candidate : why.path("candidates")) {
            if (candidate.path("source").asText().equals(source)) {
                return candidate;
            }
        }
        throw new AssertionError("there is no candidate of " + source);
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
