package io.holisticos.unified;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer;
import io.holisticos.unified.Completeness.Missing;
import io.holisticos.unified.Explanation.Considered;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
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
