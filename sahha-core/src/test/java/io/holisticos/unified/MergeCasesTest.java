package io.holisticos.unified;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.holisticos.health.DayRange;
import io.holisticos.health.Lineage;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer;
import io.holisticos.unified.Completeness.Missing;
import io.holisticos.unified.Explanation.Considered;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs every case of {@code merge-cases.yml}. */
class MergeCasesTest {

    static Stream<MergeCase> cases() {
        return MergeCase.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theDayIsAsTheCaseSays(MergeCase one) {
        MergedDay day = merged(one, one.answers());

        Map<String, String> shown = new TreeMap<>();
        day.metrics().forEach(metric -> shown.put(metric.metric().key(), text(metric)));
        Map<String, String> expected = new TreeMap<>();
        one.expect().fields().forEachRemaining(entry -> {
            if (entry.getValue().has("value")) {
                expected.put(entry.getKey(), text(entry.getValue()));
            }
        });
        assertThat(shown).isEqualTo(expected);
        one.expect().fields().forEachRemaining(entry -> {
            JsonNode missing = entry.getValue().path("missing");
            if (!missing.isMissingNode()) {
                assertThat(day.completeness().missing()).contains(new Missing(entry.getKey(), missing.asText()));
            }
        });
    }

    static Stream<MergeCase> casesOfMoreThanMetrics() {
        return MergeCase.all().stream().filter(one -> !one.expectedDay().isMissingNode());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("casesOfMoreThanMetrics")
    void whatTheDayHasBesideMetricsIsAsTheCaseSays(MergeCase one) {
        MergedDay day = merged(one, one.answers());
        JsonNode expected = one.expectedDay();

        expected.fields().forEachRemaining(entry -> {
            switch (entry.getKey()) {
                case "utc_offset" ->
                    assertThat(String.valueOf(day.offset()))
                            .isEqualTo(entry.getValue().asText());
                case "scores" -> assertThat(scores(day)).isEqualTo(texts(entry.getValue()));
                case "workouts" -> assertThat(workouts(day)).isEqualTo(texts(entry.getValue()));
                case "missing" -> assertThat(missing(day)).containsAll(texts(entry.getValue()));
                default -> throw new IllegalArgumentException("a day is not expected to have " + entry.getKey());
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theExplanationIsOfTheSameDay(MergeCase one) {
        MergedDay day = merged(one, one.answers());
        one.expect().fields().forEachRemaining(entry -> {
            Metric metric = Metric.of(entry.getKey());
            Explanation explanation = one.merge().explain(one.on(), metric, one.answers(), one.wishes());

            MergedMetric merged = day.metrics().stream()
                    .filter(found -> found.metric().equals(metric))
                    .findFirst()
                    .orElse(null);
            assertThat(explanation.shown()).isEqualTo(merged == null ? null : merged.shown());
            assertThat(explanation.verdict()).isEqualTo(merged == null ? null : merged.verdict());
            if (merged == null) {
                String reason = entry.getValue()
                        .path("missing")
                        .asText(entry.getValue().path("reason").asText());
                assertThat(explanation.missing()).isNotNull();
                assertThat(explanation.missing().word()).isEqualTo(reason);
                assertThat(explanation.considered()).allMatch(considered -> considered.lostBecause() != null);
            } else {
                assertThat(explanation.considered().get(0).lostBecause()).isNull();
                assertThat(explanation.considered())
                        .filteredOn(considered -> considered.lostBecause() == null)
                        .hasSize(1);
                String rule = entry.getValue().path("rule").asText("");
                assertThat(explanation.rule()).isNotNull().startsWith(rule);
            }
            entry.getValue()
                    .path("lost")
                    .fields()
                    .forEachRemaining(lost -> assertThat(explanation.considered())
                            .filteredOn(
                                    considered -> considered.source().value().equals(lost.getKey()))
                            .extracting(Considered::lostBecause)
                            .singleElement()
                            .asString()
                            .contains(lost.getValue().asText()));
            entry.getValue()
                    .path("ended")
                    .fields()
                    .forEachRemaining(ended -> assertThat(explanation.considered())
                            .filteredOn(
                                    considered -> considered.source().value().equals(ended.getKey()))
                            .extracting(considered -> ended(considered.lineage()))
                            .containsExactly(ended.getValue().asText()));
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void neitherTheOrderOfAnswersNorTheRangeAskedForMatters(MergeCase one) {
        List<SourceAnswer> reversed = new ArrayList<>(one.answers());
        Collections.reverse(reversed);
        DayRange range = new DayRange(one.on().minusDays(9), one.on().plusDays(3));

        assertThat(merged(one, reversed)).isEqualTo(merged(one, one.answers()));
        assertThat(one.merge().apply(range, one.answers(), one.wishes()).get(9)).isEqualTo(merged(one, one.answers()));
    }

    /** Each word and number that a case expects is changed in turn: none may go unnoticed. */
    @Tag("law")
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void nothingElseCouldBeExpected(MergeCase one) {
        for (JsonPointer place : placesExpected(one)) {
            MergeCase altered = alteredAt(place, one);
            assertThatThrownBy(() -> {
                        theDayIsAsTheCaseSays(altered);
                        theExplanationIsOfTheSameDay(altered);
                        whatTheDayHasBesideMetricsIsAsTheCaseSays(altered);
                    })
                    .as(place.toString())
                    .isInstanceOf(AssertionError.class);
        }
    }

    private static List<JsonPointer> placesExpected(MergeCase one) {
        List<JsonPointer> places = new ArrayList<>();
        collect(one.fields(), JsonPointer.empty().appendProperty("expect"), places);
        collect(one.fields(), JsonPointer.empty().appendProperty("day"), places);
        return places;
    }

    private static void collect(JsonNode root, JsonPointer at, List<JsonPointer> places) {
        JsonNode node = root.at(at);
        if (node.isObject()) {
            node.fieldNames().forEachRemaining(name -> collect(root, at.appendProperty(name), places));
        } else if (node.isArray()) {
            IntStream.range(0, node.size()).forEach(i -> collect(root, at.appendIndex(i), places));
        } else if (node.isValueNode()) {
            places.add(at);
        }
    }

    private static MergeCase alteredAt(JsonPointer place, MergeCase one) {
        JsonNode altered = one.fields().deepCopy();
        JsonNode was = altered.at(place);
        JsonNode other = was.isNumber()
                ? DecimalNode.valueOf(was.decimalValue().add(BigDecimal.ONE))
                : TextNode.valueOf(was.asText() + " or so");
        JsonNode holder = altered.at(place.head());
        if (holder instanceof ArrayNode list) {
            list.set(place.last().getMatchingIndex(), other);
        } else {
            ((ObjectNode) holder).set(place.last().getMatchingProperty(), other);
        }
        return new MergeCase(altered);
    }

    @Test
    void casesHaveNamesOfTheirOwn() {
        assertThat(MergeCase.all())
                .hasSizeGreaterThanOrEqualTo(80)
                .extracting(MergeCase::name)
                .doesNotHaveDuplicates()
                .noneMatch(String::isBlank);
        assertThat(MergeCase.all())
                .filteredOn(one -> one.fields().path("through_app").asBoolean())
                .hasSizeGreaterThanOrEqualTo(25);
    }

    /** So that nobody is sent to a test that is not there. */
    @Test
    void theTestsThatCasesNameExist() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (String module : List.of("sahha-core", "whoop-integration")) {
            try (Stream<Path> files =
                    Files.walk(Path.of("..", module, "src", "test", "java")).filter(Files::isRegularFile)) {
                for (Path file : files.toList()) {
                    sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
                }
            }
        }
        assertThat(MergeCase.all()).allSatisfy(one -> {
            JsonNode see = one.fields().path("see");
            if (!see.isMissingNode()) {
                String[] test = see.asText().split("\\.");
                assertThat(test).as(one.name()).hasSize(2);
                assertThat(sources).as(one.name()).containsKey(test[0]);
                assertThat(sources.get(test[0])).as(one.name()).contains("void " + test[1] + "(");
            }
        });
    }

    private static MergedDay merged(MergeCase one, List<SourceAnswer> answers) {
        return one.merge().apply(DayRange.of(one.on()), answers, one.wishes()).get(0);
    }

    private static String text(MergedMetric metric) {
        return metric.shown().value().toPlainString() + " of " + metric.shown().source() + ", "
                + metric.verdict().word()
                + texts("others", metric.others().stream().filter(other -> !other.isEcho()))
                + texts("echoes", metric.others().stream().filter(Candidate::isEcho));
    }

    private static String texts(String name, Stream<Candidate> candidates) {
        return ", " + name + " "
                + candidates
                        .map(other -> other.source() + " " + other.value().toPlainString())
                        .toList();
    }

    private static List<String> scores(MergedDay day) {
        return day.scores().stream()
                .map(named -> named.name() + " " + named.score().value().toPlainString() + " of "
                        + named.score().scale().text() + ", " + named.source())
                .toList();
    }

    private static List<String> missing(MergedDay day) {
        return day.completeness().missing().stream()
                .map(missing -> missing.metric() + " " + missing.reason())
                .toList();
    }

    /** Each activity by who saw it, the representative first. */
    private static List<String> workouts(MergedDay day) {
        return day.workouts().stream()
                .map(merged -> merged.members().stream()
                        .map(member -> member.source() + " " + member.start().toLocalTime() + " " + member.sport())
                        .collect(joining(" = ")))
                .toList();
    }

    private static String ended(Lineage lineage) {
        Instant end = lineage.end();
        ZoneOffset offset = lineage.offset();
        return end == null || offset == null
                ? "unknown"
                : end.atOffset(offset).truncatedTo(ChronoUnit.MINUTES).toString();
    }

    private static String text(JsonNode expected) {
        return expected.path("value").decimalValue().toPlainString() + " of "
                + expected.path("source").asText() + ", "
                + expected.path("verdict").asText() + ", others "
                + texts(expected.path("others")) + ", echoes " + texts(expected.path("echoes"));
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
