package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.MetricDefinition;
import io.holisticos.health.SourceName;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of our metrics a row is, in which unit. */
class MetricTableTest {

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "sleep_efficiency, 0.93, percentage, sleep.efficiency, 93",
        "sleep_efficiency, 0.9333333, percentage, sleep.efficiency, 93.333",
        "sleep_efficiency, 93.5, percent, sleep.efficiency, 93.5",
        "oxygen_saturation, 1, percent, spo2, 100",
        "skin_temperature_sleep, 95, fahrenheit, skin_temperature.sleep, 35",
        "skin_temperature_sleep, 34.12345, celsius, skin_temperature.sleep, 34.12345",
        "active_energy_burned, 418.4, kJ, energy.active, 100",
        "sleep_duration, 7.5, hour, sleep.duration, 450",
        "sleep_debt, 30, minute, sleep.debt, 0.5",
        "steps, 0., count, steps, 0",
    })
    void unitsBecomeOurs(String type, String value, String unit, String metric, String expected) {
        Measurement measurement =
                MetricTable.measurement(row(type, value, unit, "daily")).orElseThrow();

        assertThat(measurement.metric().key()).isEqualTo(metric);
        assertThat(measurement.value().toPlainString()).isEqualTo(expected);
        assertThat(measurement.value().scale()).isNotNegative();
    }

    @Test
    void theTableIsWhatTheRegistrySaysThatSahhaProvides() {
        SourceName sahha = new SourceName("sahha");

        assertThat(MetricTable.METRICS.values())
                .containsExactlyInAnyOrderElementsOf(Metric.providedBy(sahha, "biomarker"))
                .containsExactlyInAnyOrderElementsOf(Metric.providedBy(sahha));
        MetricTable.METRICS.forEach(
                (type, metric) -> assertThat(metric.definition().providedBy())
                        .filteredOn(provider -> provider.source().equals(sahha))
                        .extracting(MetricDefinition.Provider::from)
                        .containsExactly("biomarker " + type));
    }

    @Test
    void whatIsNoDaysNumberIsNoMeasurement() {
        assertThat(MetricTable.measurement(row("steps", "8140", "count", "weekly")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("steps", "many", "count", "daily")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("steps", "1e99999", "count", "daily")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("blood_glucose", "5", "mmol/L", "daily")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("sleep_debt", "1", "hour", "weekly")))
                .isPresent();
        assertThat(MetricTable.plain(new BigDecimal("1.5000"))).hasToString("1.5");
        assertThat(MetricTable.plain(new BigDecimal("3E+3")).toPlainString()).isEqualTo("3000");
    }

    @Test
    void healthValuesDoNotPrint() {
        assertThat(row("steps", "8140", "count", "daily")).asString().doesNotContain("8140");
    }

    private static SahhaRow row(String type, String value, String unit, String periodicity) {
        return new SahhaRow(
                "id",
                "anna",
                type,
                "sleep",
                periodicity,
                value,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                ZoneOffset.UTC,
                LocalDate.EPOCH,
                null,
                null,
                null,
                JsonNodeFactory.instance.objectNode().put("unit", unit),
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
