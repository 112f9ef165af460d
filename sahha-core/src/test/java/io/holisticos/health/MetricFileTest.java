package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MetricFileTest {

    private static final String SOUND = """
            metrics:
            - id: steps
              quantity: "steps"
              method: "count"
              period: "day"
              unit: count
              ucum: "{count}"
              sum_of_day: true
              family: activity
              plausible: {min: 0, max: 400000, source: "A run."}
              tolerance: {kind: relative, agree: 10, conflict: 30, source: "A study."}
              loinc: ["41950-7"]
              provided_by:
                - {source: sahha, from: "biomarker steps", needs_sleep: false, citation: "A document"}
            - id: spo2
              quantity: "oxygen saturation"
              method: "pulse oximetry"
              period: "day"
              unit: percent
              ucum: "%"
              sum_of_day: false
              family: oxygen
              plausible: {min: 50, max: 100, source: "A standard."}
              tolerance: {kind: absolute, agree: 2, conflict: 4, source: "A standard."}
              loinc: []
              provided_by: []
            scores:
            - {name: readiness, source: sahha, scale: "0-1", zero: true, from: "score readiness", citation: "A document"}
            """;

    @Test
    void readsMetricsAndScoresInTheirOrder() throws IOException {
        MetricFile.Content content = read(SOUND);

        assertThat(content.metrics()).extracting(MetricDefinition::id).containsExactly("steps", "spo2");
        assertThat(content.metrics().get(0).sumOfDay()).isTrue();
        assertThat(content.metrics().get(0).loinc()).containsExactly("41950-7");
        assertThat(content.metrics().get(0).providedBy(new SourceName("sahha"))).isPresent();
        assertThat(content.metrics().get(0).providedBy(new SourceName("whoop"))).isEmpty();
        assertThat(content.scores()).extracting(ScoreDefinition::scale).containsExactly(Score.Scale.FRACTION);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("  family: oxygen", "  family: oxygen\n  colour: red", "metrics[1].colour", "Unrecognized"),
                mistake("  period: \"day\"\n  unit: percent", "  unit: percent", "metrics[1].period", "Missing"),
                mistake("family: oxygen", "family: lungs", "metrics[1].family", "lungs"),
                mistake("family: oxygen", "family: oxygen\n  family: heart", "Duplicate"),
                mistake("sum_of_day: false", "sum_of_day:", "metrics[1].sum_of_day"),
                mistake("id: spo2", "id: steps", "steps", "twice"),
                mistake("id: spo2", "id: SpO2", "metrics[1]", "SpO2"),
                mistake("unit: percent", "unit: mmol", "metrics[1]", "unit must be one of", "mmol"),
                mistake("ucum: \"%\"", "ucum: \"{percent}\"", "metrics[1]", "ucum code of percent is %"),
                mistake("min: 50", "min: 100", "metrics[1].plausible", "must be below"),
                mistake("max: 100, source: \"A standard.\"", "max: 100, source: \"\"", "plausible needs a source"),
                mistake("agree: 2", "agree: 5", "metrics[1].tolerance", "0 <= agree <= conflict"),
                mistake("agree: 2", "agree: -2", "metrics[1].tolerance", "0 <= agree <= conflict"),
                mistake("conflict: 4, source: \"A standard.\"", "conflict: 4", "metrics[1].tolerance.source"),
                mistake(
                        "conflict: 4, source: \"A standard.\"",
                        "conflict: 4, source: \" \"",
                        "tolerance needs a source"),
                mistake("kind: absolute", "kind: rough", "metrics[1].tolerance.kind"),
                mistake("loinc: []", "loinc: [\"2708\"]", "LOINC", "2708"),
                mistake("source: sahha, from: \"biomarker", "source: Sahha!, from: \"biomarker", "a source name has"),
                mistake("\"biomarker steps\"", "\"steps\"", "provided_by[0]", "a kind of record"),
                mistake(
                        "needs_sleep: false, citation: \"A document\"",
                        "needs_sleep: false, citation: \"\"",
                        "citation"),
                mistake(
                        "provided_by: []",
                        "provided_by:\n    - {source: sahha, from: \"a b\", needs_sleep: false, citation: c}"
                                + "\n    - {source: sahha, from: \"a d\", needs_sleep: false, citation: c}",
                        "names each source once"),
                mistake("scale: \"0-1\"", "scale: \"0-10\"", "scores[0].scale", "0-1, 0-100 or 0-21"),
                mistake("score readiness\", citation: \"A document\"", "\", citation: c", "readiness", "needs from"),
                mistake(
                        "- {name: readiness,",
                        "- {name: readiness, source: sahha, scale: \"0-1\", zero: true, from: \"s r\", citation: c}\n- {name: readiness,",
                        "readiness twice"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void aMistakeStopsTheStartAndIsNamedWithItsPlace(String right, String wrong, List<String> words) {
        assertThat(SOUND).contains(right);

        assertThatThrownBy(() -> read(SOUND.replace(right, wrong)))
                .isInstanceOf(IllegalStateException.class)
                .message()
                .startsWith("metrics.yml")
                .contains(words);
    }

    @Test
    void whatIsNoYamlIsRefused() {
        assertThatThrownBy(() -> read("metrics: ["))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("metrics.yml: ");
    }

    @Test
    void aSourceThatTheFileDoesNotNameMayHaveAnyMetric() {
        assertThat(Metric.providedBy(new SourceName("ring"))).containsExactlyInAnyOrderElementsOf(Metric.all());
        assertThat(Metric.providedBy(new SourceName("whoop")))
                .contains(Metric.HRV_RMSSD_SLEEP)
                .doesNotContain(Metric.HRV_SDNN);
    }

    @Test
    void aToleranceMayBeNothingAndItsEndsMayBeEqual() throws IOException {
        String strict = SOUND.replace("agree: 2, conflict: 4", "agree: 0, conflict: 0");

        assertThat(read(strict).metrics().get(1).tolerance().conflict()).isZero();
    }

    @Test
    void knowsWhichRecordsAMetricComesFromAndWhetherItNeedsANight() {
        SourceName whoop = new SourceName("whoop");

        assertThat(Metric.providedBy(whoop, "recovery"))
                .containsExactlyInAnyOrder(
                        Metric.HEART_RATE_RESTING,
                        Metric.HRV_RMSSD_SLEEP,
                        Metric.SPO2_SLEEP,
                        Metric.SKIN_TEMPERATURE_SLEEP);
        assertThat(Metric.HEART_RATE_RESTING.definition().needsSleep(whoop)).isTrue();
        assertThat(Metric.STEPS.definition().needsSleep(whoop)).isFalse();
        assertThat(Metric.HRV_SDNN.definition().needsSleep(whoop)).isFalse();
    }

    @Test
    void listsTheScoresOfOneSource() {
        assertThat(ScoreDefinition.of(new SourceName("whoop")))
                .extracting(ScoreDefinition::name)
                .containsExactly("whoop_recovery", "whoop_strain", "whoop_sleep_performance");
        assertThat(ScoreDefinition.of(new SourceName("ring"))).isEmpty();
    }

    @Test
    void everyMetricIsProvidedBySomeSourceAndEveryFigureHasItsSource() {
        assertThat(MetricFile.CONTENT.metrics()).allSatisfy(metric -> {
            assertThat(metric.providedBy()).isNotEmpty();
            assertThat(metric.tolerance().source()).endsWith(".");
            assertThat(metric.plausible().source()).endsWith(".");
        });
    }

    @Test
    void everyLoincCodeHasTheRightCheckDigit() {
        List<String> codes = MetricFile.CONTENT.metrics().stream()
                .flatMap(metric -> metric.loinc().stream())
                .toList();

        assertThat(codes)
                .doesNotHaveDuplicates()
                .allSatisfy(code -> assertThat(code.substring(code.indexOf('-') + 1))
                        .isEqualTo(String.valueOf(checkDigit(code.substring(0, code.indexOf('-'))))));
    }

    /** Modulus 10: every other digit from the right, read as one number, is doubled. */
    private static int checkDigit(String number) {
        StringBuilder doubled = new StringBuilder();
        int sum = 0;
        for (int i = number.length() - 1; i >= 0; i--) {
            if ((number.length() - 1 - i) % 2 == 0) {
                doubled.append(number.charAt(i));
            } else {
                sum += number.charAt(i) - '0';
            }
        }
        for (char digit :
                String.valueOf(2 * Integer.parseInt(doubled.toString())).toCharArray()) {
            sum += digit - '0';
        }
        return (10 - sum % 10) % 10;
    }

    private static Arguments mistake(String right, String wrong, String... words) {
        return Arguments.of(right, wrong, List.of(words));
    }

    private static MetricFile.Content read(String text) throws IOException {
        return MetricFile.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
