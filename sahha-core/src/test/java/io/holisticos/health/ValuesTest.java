package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.InvalidRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);

    @Test
    void aUserIdHasOneToAHundredPrintableCharacters() {
        assertThat(new UserId("x".repeat(100)).value()).hasSize(100);
        assertThatThrownBy(() -> new UserId("x".repeat(101))).hasMessageContaining("1 to 100");
        assertThatThrownBy(() -> new UserId(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UserId("a\nb")).hasMessageContaining("control");
    }

    @Test
    void daysSpanOneToAYear() {
        assertThat(new DayRange(DAY, DAY.plusDays(365)).days()).hasSize(366);
        assertThat(DayRange.of(DAY).contains(DAY)).isTrue();
        assertThat(DayRange.of(DAY).contains(DAY.plusDays(1))).isFalse();
        assertThatThrownBy(() -> DayRange.asked(DAY, DAY.plusDays(366))).hasMessage("days must span 1 to 366, was 367");
        assertThatThrownBy(() -> DayRange.asked(DAY, DAY.minusDays(1))).hasMessage("days must span 1 to 366, was 0");
        assertThat(DayRange.asked(DAY, DAY.plusDays(365)).with(4, 2))
                .isEqualTo(new DayRange(DAY.minusDays(4), DAY.plusDays(367)));
        assertThatThrownBy(() -> new DayRange(DAY, DAY.plusDays(430))).hasMessage("days must span 1 to 430, was 431");
        assertThatThrownBy(() -> new DayRange(DAY, DAY.minusDays(1))).hasMessage("days must span 1 to 430, was 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-22", "11/22/2026"})
    void aDateIsTheSameInBothForms(String text) {
        assertThat(Period.parse(text).date()).isEqualTo(DAY);
    }

    @Test
    void relativeDaysFollowThePersonsOffset() {
        Instant lateEvening = Instant.parse("2026-11-22T23:30:00Z");

        assertThat(Period.parse("today").dateAt(lateEvening, ZoneOffset.ofHours(1)))
                .isEqualTo(DAY.plusDays(1));
        assertThat(Period.parse("yesterday").dateAt(lateEvening, ZoneOffset.ofHours(-5)))
                .isEqualTo(DAY.minusDays(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tomorrow",
                "Today",
                "2026-02-30",
                "13/01/2026",
                "2026-1-2",
                "1/2/2026",
                "+12026-01-01",
                "22.11.2026"
            })
    void refusesWhatIsNoPeriod(String text) {
        assertThatThrownBy(() -> Period.parse(text))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("period must be");
    }

    @Test
    void noTwoMetricsHaveTheSameKey() {
        assertThat(Metric.all()).extracting(Metric::key).doesNotHaveDuplicates();
    }

    @Test
    void aDayHoldsAMetricOnce() {
        Measurement steps = new Measurement(Metric.STEPS, BigDecimal.ONE);

        assertThatThrownBy(() -> new SourceDay(DAY, List.of(), List.of(steps, steps), List.of(), null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void healthValuesPrintThemselvesRedacted() {
        assertThat(new Measurement(Metric.HEART_RATE_RESTING, new BigDecimal("51.7")).toString())
                .doesNotContain("51.7");
        assertThat(new Score("readiness", new BigDecimal("0.85"), Score.Scale.FRACTION, "high").toString())
                .doesNotContain("0.85");
    }
}
