package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Observation;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.unified.MergedDay.MergedMetric;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sums of a day that is not over: its sources were read at different moments, and all of them count on. */
class RunningDayTest {

    private static final SourceName RING = new SourceName("ring");

    @ParameterizedTest(name = "{0} at {1} and {2} at {3}: {4}")
    @CsvSource({
        "6000, 2026-11-22T11:00:00Z, 1500, 2026-11-22T07:00:00Z, single",
        "1500, 2026-11-22T07:00:00Z, 6000, 2026-11-22T11:00:00Z, single",
        "1500, 2026-11-22T11:00:00Z, 6000, 2026-11-22T07:00:00Z, conflict",
        "6000, 2026-11-22T11:00:00Z, 1500, 2026-11-22T11:00:00Z, conflict",
        "6000, 2026-11-22T11:00:00Z, 1500, 2026-11-22T10:00:00Z, conflict",
        "6000, 2026-11-22T11:00:00Z, 1500, 2026-11-22T09:59:59Z, single",
        "6000, 2026-11-22T11:00:00Z, 5800, 2026-11-22T07:00:00Z, agree",
        "6000, 2026-11-22T11:00:00Z, 5000, 2026-11-22T07:00:00Z, single",
        "5000, 2026-11-22T11:00:00Z, 6000, 2026-11-22T07:00:00Z, minor",
        "6000, 2026-11-23T11:00:00Z, 1500, 2026-11-22T22:59:59Z, single",
        "6000, 2026-11-23T11:00:00Z, 1500, 2026-11-22T23:00:00Z, conflict",
        "6000, , 1500, 2026-11-22T07:00:00Z, single",
        "6000, 2026-11-22T11:00:00Z, 1500, , conflict"
    })
    void aSumThatWasReadEarlierMayBeLowerByAnyAmount(
            String phone, Instant phoneRead, String band, Instant bandRead, String verdict) {
        MergedMetric merged = merge(
                Preferences.NONE,
                read(SAHHA, phoneRead, value(Metric.STEPS, phone)),
                read(WHOOP, bandRead, value(Metric.STEPS, band)));

        assertThat(merged.verdict().word()).isEqualTo(verdict);
        assertThat(merged.shown().source()).isEqualTo(SAHHA);
        assertThat(merged.others()).hasSize(1);
    }

    @Test
    void whoeverIsPreferredItIsTheSameVerdict() {
        Preferences band = new Preferences(List.of(WHOOP), Map.of(), Map.of());
        MergedMetric merged = merge(
                band,
                read(SAHHA, Instant.parse("2026-11-22T11:00:00Z"), value(Metric.STEPS, "6000")),
                read(WHOOP, Instant.parse("2026-11-22T07:00:00Z"), value(Metric.STEPS, "1500")));

        assertThat(merged.shown().source()).isEqualTo(WHOOP);
        assertThat(merged.verdict()).isEqualTo(Verdict.SINGLE);
    }

    @Test
    void aSumIsAsOldAsTheVersionOfTheRecordThatItIsOf() {
        Lineage lineage = new Lineage("1", null, null, null, Instant.parse("2026-11-22T07:00:00Z"));
        MergedMetric merged = merge(
                Preferences.NONE,
                read(SAHHA, Instant.parse("2026-11-22T11:00:00Z"), value(Metric.STEPS, "6000")),
                read(
                        WHOOP,
                        Instant.parse("2026-11-22T11:30:00Z"),
                        new Measurement(Metric.STEPS, new BigDecimal("1500"), lineage)));

        assertThat(merged.verdict()).isEqualTo(Verdict.SINGLE);
    }

    @Test
    void ofThreeThoseThatWereReadLastAreCompared() {
        MergedMetric merged = merge(
                Preferences.NONE,
                read(SAHHA, Instant.parse("2026-11-22T11:00:00Z"), value(Metric.STEPS, "6000")),
                read(WHOOP, Instant.parse("2026-11-22T07:00:00Z"), value(Metric.STEPS, "1500")),
                read(RING, Instant.parse("2026-11-22T11:00:00Z"), value(Metric.STEPS, "6100")));

        assertThat(merged.verdict()).isEqualTo(Verdict.AGREE);
    }

    @Test
    void whatIsNoSumDoesNotGrow() {
        MergedMetric merged = merge(
                Preferences.NONE,
                read(SAHHA, Instant.parse("2026-11-22T07:00:00Z"), value(Metric.HEART_RATE_RESTING, "50")),
                read(WHOOP, Instant.parse("2026-11-22T11:00:00Z"), value(Metric.HEART_RATE_RESTING, "60")));

        assertThat(merged.verdict()).isEqualTo(Verdict.CONFLICT);
    }

    @Test
    void theDayIsOverByItsOwnOffset() {
        Instant read = Instant.parse("2026-11-22T12:00:00Z");
        SourceDay farEast = new SourceDay(
                DAY,
                List.of(),
                List.of(value(Metric.STEPS, "1500")),
                List.of(),
                null,
                ZoneOffset.ofHours(12),
                null,
                Map.of());

        assertThat(merge(
                                Preferences.NONE,
                                read(SAHHA, read.plusSeconds(60), value(Metric.STEPS, "6000")),
                                read(WHOOP, read, farEast))
                        .verdict())
                .isEqualTo(Verdict.CONFLICT);
    }

    @ParameterizedTest(name = "recorded at {0}: {1} is shown")
    @CsvSource({
        "2026-11-22T22:59:59Z, whoop", // the day ends at 23:00Z
        "2026-11-22T23:00:00Z, sahha",
        ", whoop"
    })
    void aSumThatWasRecordedAfterTheDayIsWholeThoughTheDayWasReadInPart(Instant recordedAt, String shown) {
        Lineage lineage = new Lineage("1", null, null, null, recordedAt);
        Instant asOf = Instant.parse("2026-11-29T08:00:00Z");
        SourceDay held = day(DAY, new Measurement(Metric.STEPS, new BigDecimal("9000"), lineage));
        Observation newest = new Observation(asOf, ZoneOffset.ofHours(1));
        MergedMetric merged = merge(
                Preferences.NONE,
                new Measured(SAHHA, DataStatus.CURRENT, asOf, null, "partial", newest, List.of(held), Set.of(DAY), 1),
                read(WHOOP, asOf, value(Metric.STEPS, "1200")));

        assertThat(merged.shown().source().value()).isEqualTo(shown);
    }

    private static Measured read(SourceName source, Instant asOf, Measurement measurement) {
        return read(source, asOf, day(DAY, measurement));
    }

    private static Measured read(SourceName source, Instant asOf, SourceDay day) {
        return new Measured(
                source,
                DataStatus.CURRENT,
                asOf,
                null,
                "complete",
                new Observation(Instant.parse("2026-11-22T06:00:00Z"), ZoneOffset.ofHours(1)),
                List.of(day));
    }

    private static MergedMetric merge(Preferences member, Measured... answers) {
        return UnifiedFixture.merge(new OfferedMetrics(Map.of()))
                .apply(DayRange.of(DAY), List.of(answers), member)
                .get(0)
                .metrics()
                .get(0);
    }
}
