package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.merge;
import static io.holisticos.unified.UnifiedFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Absence;
import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.unified.Explanation.Considered;
import io.holisticos.unified.Explanation.Gate;
import io.holisticos.unified.Explanation.OtherOrder;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExplanationTest {

    private static final SourceName RING = new SourceName("ring");

    @Test
    void namesEveryCandidateWithItsLineageAndWhyItLost() {
        Lineage lineage = new Lineage(
                "r-1",
                Instant.parse("2026-11-21T22:00:00Z"),
                Instant.parse("2026-11-22T06:00:00Z"),
                ZoneOffset.ofHours(1),
                Instant.parse("2026-11-22T07:00:00Z"));
        SourceDay band = day(DAY, new Measurement(Metric.HEART_RATE_RESTING, new BigDecimal("52"), lineage));

        Explanation explanation = explain(
                Metric.HEART_RATE_RESTING,
                measured(RING, day(DAY, value(Metric.HEART_RATE_RESTING, "54"))),
                measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "53"), value(Metric.STEPS, "1"))),
                measured(WHOOP, band));

        assertThat(explanation.rule()).isEqualTo("default by_family");
        assertThat(explanation.verdict()).isEqualTo(Verdict.AGREE);
        assertThat(explanation.missing()).isNull();
        assertThat(explanation.considered()).extracting(Considered::source).containsExactly(WHOOP, SAHHA, RING);
        Considered first = explanation.considered().get(0);
        assertThat(first.lineage()).isEqualTo(lineage);
        assertThat(first.value()).isEqualTo("52");
        assertThat(first.lostBecause()).isNull();
        assertThat(first.gates())
                .containsExactly(passed("scored"), passed("complete"), passed("plausible"), passed("not_echo"));
        assertThat(explanation.considered().get(2).lostBecause()).isEqualTo("whoop comes first: default by_family");
    }

    @Test
    void saysWhatOtherOrdersWouldHaveShown() {
        Explanation explanation = explain(
                Metric.HEART_RATE_RESTING,
                measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "53"))),
                measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "52"))),
                new NotConnected(RING));

        assertThat(explanation.wouldHaveWon())
                .containsExactly(new OtherOrder(List.of(SAHHA, WHOOP, RING), SAHHA, new BigDecimal("53")));
    }

    @Test
    void whatDoesNotPassAGateWouldNotHaveWonInAnyOrder() {
        SleepInterval night =
                new SleepInterval(Instant.parse("2026-11-21T22:00:00Z"), Instant.parse("2026-11-22T06:00:00Z"));
        Explanation explanation = explain(
                Metric.HRV_RMSSD_SLEEP,
                measured(SAHHA, slept(night, value(Metric.HRV_RMSSD, "48"))),
                measured(WHOOP, slept(night, value(Metric.HRV_RMSSD_SLEEP, "48.2"))),
                measured(RING, day(DAY, value(Metric.HRV_RMSSD_SLEEP, "0"))));

        assertThat(explanation.wouldHaveWon()).isEmpty();
        assertThat(explanation.considered()).extracting(Considered::source).containsExactly(WHOOP, SAHHA, RING);
        Considered echo = explanation.considered().get(1);
        assertThat(echo.metric()).isEqualTo(Metric.HRV_RMSSD);
        assertThat(echo.echoOf()).isEqualTo(WHOOP);
        assertThat(echo.gates()).contains(new Gate("not_echo", false, "it repeats hrv.rmssd.sleep of whoop"));
        assertThat(explanation.considered().get(2).value()).isEqualTo("0");
        assertThat(explanation.considered().get(2).gates())
                .contains(new Gate("plausible", false, "it is outside of 1 to 500 ms"));
        assertThat(explain(
                                Metric.HRV_RMSSD,
                                measured(SAHHA, slept(night, value(Metric.HRV_RMSSD, "48"))),
                                measured(WHOOP, slept(night, value(Metric.HRV_RMSSD_SLEEP, "48.2"))))
                        .considered())
                .singleElement()
                .satisfies(considered -> assertThat(considered.lostBecause()).contains("repeats hrv.rmssd.sleep"));
    }

    @Test
    void aSumOfAPartOfADayWouldHaveWonInNoOrder() {
        Measured inPart = inPart(WHOOP, value(Metric.STEPS, "900"));

        Explanation explanation = explain(Metric.STEPS, inPart, measured(SAHHA, day(DAY, value(Metric.STEPS, "8000"))));

        assertThat(explanation.wouldHaveWon()).isEmpty();
        assertThat(explanation.considered().get(1).gates())
                .contains(new Gate("complete", false, "the day is read only in part"));
        assertThat(explain(Metric.STEPS, inPart).considered())
                .singleElement()
                .satisfies(considered -> assertThat(considered.lostBecause()).isNull());
    }

    @Test
    void ofTwoSumsInPartTheLowerPlaceIsTheReason() {
        Explanation explanation = explain(
                Metric.STEPS, inPart(WHOOP, value(Metric.STEPS, "900")), inPart(SAHHA, value(Metric.STEPS, "1000")));

        assertThat(explanation.considered()).extracting(Considered::source).containsExactly(SAHHA, WHOOP);
        assertThat(explanation.considered().get(1).gates())
                .contains(new Gate("complete", false, "the day is read only in part"));
        assertThat(explanation.considered().get(1).lostBecause()).isEqualTo("sahha comes first: default by_family");
        assertThat(explanation.wouldHaveWon()).extracting(OtherOrder::source).containsExactly(WHOOP);
    }

    @Test
    void aCopyOfANightOfTheDayBeforeIsNoValueOfTheDay() {
        SleepInterval night =
                new SleepInterval(Instant.parse("2026-11-21T09:30:00Z"), Instant.parse("2026-11-21T17:30:00Z"));
        Measured band = measured(WHOOP, slept(DAY.minusDays(1), night, value(Metric.SLEEP_DURATION, "420.4")));
        Measured phone = measured(SAHHA, slept(DAY, night, value(Metric.SLEEP_DURATION, "420")));

        Explanation explanation = explain(Metric.SLEEP_DURATION, band, phone);

        assertThat(explanation.shown()).isNull();
        assertThat(explanation.missing()).isEqualTo(Absence.NO_SLEEP);
        assertThat(explanation.considered())
                .singleElement()
                .extracting(Considered::lostBecause)
                .isEqualTo("it repeats sleep.duration of whoop of 2026-11-21");
        assertThat(UnifiedFixture.mergeOne(band, phone).metrics()).isEmpty();
    }

    @Test
    void whatFallsWithAnImplausibleNightIsExplained() {
        Explanation explanation = explain(
                Metric.SLEEP_LIGHT,
                measured(WHOOP, day(DAY, value(Metric.SLEEP_IN_BED, "0"), value(Metric.SLEEP_LIGHT, "0"))));

        assertThat(explanation.missing()).isEqualTo(Absence.IMPLAUSIBLE);
        assertThat(explanation.considered())
                .singleElement()
                .extracting(Considered::lostBecause)
                .isEqualTo("what it is a part of cannot be true");
    }

    @Test
    void aWholeThatIsShorterThanItsPartsIsExplained() {
        Explanation explanation = explain(
                Metric.SLEEP_DURATION,
                measured(WHOOP, day(DAY, value(Metric.SLEEP_DURATION, "100"), value(Metric.SLEEP_LIGHT, "200"))));

        assertThat(explanation.shown()).isNull();
        assertThat(explanation.verdict()).isNull();
        assertThat(explanation.rule()).isNull();
        assertThat(explanation.missing()).isEqualTo(Absence.IMPLAUSIBLE);
        assertThat(explanation.considered())
                .singleElement()
                .satisfies(
                        considered -> assertThat(considered.lostBecause()).isEqualTo("it is shorter than its parts"));
        assertThat(explanation.wouldHaveWon()).isEmpty();
    }

    @Test
    void aRecordWithoutAScoreIsACandidateWithoutAValue() {
        SourceDay band = new SourceDay(
                DAY,
                List.of(),
                List.of(),
                List.of(),
                new UnifiedFixture.Details("1"),
                null,
                null,
                Map.of(),
                Map.of(Metric.SPO2_SLEEP, Absence.PENDING, Metric.STEPS, Absence.UNSCORABLE));

        Explanation explanation = explain(Metric.SPO2_SLEEP, measured(WHOOP, band));

        assertThat(explanation.missing()).isEqualTo(Absence.PENDING);
        assertThat(explanation.considered())
                .containsExactly(new Considered(
                        WHOOP,
                        Metric.SPO2_SLEEP,
                        null,
                        Lineage.UNKNOWN,
                        null,
                        List.of(new Gate("scored", false, "pending")),
                        "pending"));
    }

    @Test
    void printsNoHealthValue() {
        Explanation explanation = explain(
                Metric.STEPS,
                measured(SAHHA, day(DAY, value(Metric.STEPS, "48123"))),
                measured(WHOOP, day(DAY, value(Metric.STEPS, "48124"))));

        assertThat(explanation + " " + explanation.considered() + explanation.wouldHaveWon())
                .contains("steps")
                .contains("OtherOrder[whoop, sahha]")
                .doesNotContain("4812");
    }

    private static Measured inPart(SourceName source, Measurement... measurements) {
        return new Measured(
                source,
                SourceAnswer.DataStatus.CURRENT,
                null,
                null,
                "partial",
                null,
                List.of(day(DAY, measurements)),
                Set.of(DAY),
                0);
    }

    private static SourceDay slept(SleepInterval night, Measurement... measurements) {
        return slept(DAY, night, measurements);
    }

    private static SourceDay slept(LocalDate date, SleepInterval night, Measurement... measurements) {
        return new SourceDay(date, List.of(), List.of(measurements), List.of(), null, null, night, Map.of());
    }

    private static Gate passed(String gate) {
        return new Gate(gate, true, null);
    }

    private static Explanation explain(Metric metric, SourceAnswer... answers) {
        return merge(new OfferedMetrics(Map.of())).explain(DAY, metric, List.of(answers), Preferences.NONE);
    }
}
