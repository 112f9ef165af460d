package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.merge;
import static io.holisticos.unified.UnifiedFixture.mergeOne;
import static io.holisticos.unified.UnifiedFixture.score;
import static io.holisticos.unified.UnifiedFixture.value;
import static io.holisticos.unified.UnifiedFixture.workout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.holisticos.health.Absence;
import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.Score;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.Excluded;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import io.holisticos.unified.Completeness.Missing;
import io.holisticos.unified.MergedDay.MergedWorkout;
import io.holisticos.unified.MergedDay.NamedScore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DayMergeTest {

    @Test
    void showsTheBandForTheBodyAndThePhoneForMovement() {
        MergedDay merged = mergeOne(
                measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "53"), value(Metric.STEPS, "8000"))),
                measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "52"), value(Metric.STEPS, "7000"))));

        assertThat(merged.metrics()).hasSize(2);
        assertThat(merged.metrics().get(0).shown().source()).isEqualTo(WHOOP);
        assertThat(merged.metrics().get(0).others())
                .singleElement()
                .satisfies(other -> assertThat(other.value()).isEqualTo("53"));
        assertThat(merged.metrics().get(0).verdict()).isEqualTo(Verdict.AGREE);
        assertThat(merged.metrics().get(1).shown().source()).isEqualTo(SAHHA);
        assertThat(merged.metrics().get(1).verdict()).isEqualTo(Verdict.MINOR);
    }

    @Test
    void whatCannotBeNeverWinsAndIsNotNamedBesideWhatCan() {
        MergedDay merged = mergeOne(
                measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "55"))),
                measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "0"), value(Metric.SPO2_SLEEP, "0"))));

        assertThat(merged.metrics()).singleElement().satisfies(metric -> {
            assertThat(metric.shown().source()).isEqualTo(SAHHA);
            assertThat(metric.shown().value()).isEqualTo("55");
            assertThat(metric.others()).isEmpty();
            assertThat(metric.verdict()).isEqualTo(Verdict.SINGLE);
        });
        assertThat(merged.completeness().missing())
                .contains(new Missing("spo2.sleep", "implausible"), new Missing("steps", "not_provided"))
                .extracting(Missing::metric)
                .doesNotContain("heart_rate.resting");
    }

    @Test
    void theGateIsTheSameForEverySource() {
        MergedDay merged = mergeOne(
                measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "0"), value(Metric.SLEEP_DURATION, "1441"))),
                measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "52"))));

        assertThat(merged.metrics())
                .singleElement()
                .satisfies(metric -> assertThat(metric.shown().source()).isEqualTo(WHOOP));
        assertThat(merged.completeness().missing()).contains(new Missing("sleep.duration", "implausible"));
    }

    @Test
    void aSourceThatSaidOnlyWhatCannotBeIsNoDataSource() {
        MergedDay merged = mergeOne(
                measured(SAHHA, day(DAY, value(Metric.HRV_SDNN, "0"))),
                measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "52"))));

        assertThat(merged.sources()).containsExactly(WHOOP);
        assertThat(merged.completeness().missing()).contains(new Missing("hrv.sdnn", "implausible"));
    }

    @Test
    void aScoreBeyondItsScaleIsMissingWithThatReason() {
        MergedDay merged = mergeOne(measured(
                WHOOP,
                new SourceDay(
                        DAY,
                        List.of(new Score("whoop_recovery", new BigDecimal("150"), Score.Scale.PERCENT, null)),
                        List.of(),
                        List.of(),
                        null)));

        assertThat(merged.scores()).isEmpty();
        assertThat(merged.completeness().missing())
                .hasSize(merged.completeness().expected())
                .contains(new Missing("whoop_recovery", "implausible"));
    }

    @Test
    void anImplausibleValueOfTheDayBeforeIsNoReasonToday() {
        MergedDay merged = mergeOne(measured(WHOOP, day(DAY.minusDays(1), value(Metric.SPO2_SLEEP, "0"))));

        assertThat(merged.completeness().missing()).contains(new Missing("spo2.sleep", "no_sleep"));
    }

    @Test
    void keepsRmssdAndSdnnApart() {
        MergedDay merged = mergeOne(
                measured(SAHHA, day(DAY, value(Metric.HRV_SDNN, "61"))),
                measured(WHOOP, day(DAY, value(Metric.HRV_RMSSD_SLEEP, "48.2"))));

        assertThat(merged.metrics()).allSatisfy(metric -> {
            assertThat(metric.others()).isEmpty();
            assertThat(metric.verdict()).isEqualTo(Verdict.SINGLE);
        });
        assertThat(merged.metrics()).hasSize(2);
    }

    @Test
    void scoresStandSideBySideAndNoneIsLostToAName() {
        SourceDay phone = new SourceDay(
                DAY, List.of(score("readiness", "0.85"), score("sleep", "0.7")), List.of(), List.of(), null);
        SourceDay band = new SourceDay(DAY, List.of(score("sleep", "0.9")), List.of(), List.of(), null);

        MergedDay merged = mergeOne(measured(WHOOP, band), measured(SAHHA, phone));

        assertThat(merged.scores())
                .extracting(NamedScore::name, NamedScore::source)
                .containsExactly(tuple("readiness", SAHHA), tuple("sleep", SAHHA), tuple("whoop_sleep", WHOOP));
    }

    @Test
    void workoutsOfAllSourcesAreOldestFirst() {
        SourceDay phone = new SourceDay(
                DAY, List.of(), List.of(), List.of(workout(SAHHA, "b", "2026-11-22T18:00:00+01:00")), null);
        SourceDay band = new SourceDay(
                DAY,
                List.of(),
                List.of(),
                List.of(
                        workout(WHOOP, "c", "2026-11-22T18:30:00+01:00"),
                        workout(WHOOP, "a", "2026-11-22T08:00:00+01:00")),
                null);

        MergedDay merged = mergeOne(measured(SAHHA, phone), measured(WHOOP, band));

        assertThat(merged.workouts())
                .extracting(MergedWorkout::representative)
                .extracting(Workout::id)
                .containsExactly("a", "b", "c");
    }

    @Test
    void aSumOverTheWorkoutsOfADayCountsEachActivityOnce() {
        SourceDay phone = new SourceDay(
                DAY, List.of(), List.of(), List.of(workout(SAHHA, "p", "2026-11-22T18:05:00+01:00")), null);
        SourceDay band = new SourceDay(
                DAY,
                List.of(),
                List.of(),
                List.of(
                        workout(WHOOP, "a", "2026-11-22T08:00:00+01:00"),
                        workout(WHOOP, "b", "2026-11-22T18:00:00+01:00")),
                null);

        MergedDay merged = mergeOne(measured(SAHHA, phone), measured(WHOOP, band));

        assertThat(merged.workouts().stream()
                        .map(activity -> activity.representative().energyKcal())
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualTo("624.092");
        assertThat(merged.workouts().get(1).representative().id()).isEqualTo("p");
        assertThat(merged.workouts().get(1).members()).extracting(Workout::id).containsExactly("p", "b");
    }

    @Test
    void anActivityAfterMidnightLiesOnOneDayWhicheverDaysAreAsked() {
        SourceDay band = new SourceDay(
                DAY, List.of(), List.of(), List.of(workout(WHOOP, "w", "2026-11-23T00:30:00+01:00")), null);
        SourceDay phone = new SourceDay(
                DAY.plusDays(1), List.of(), List.of(), List.of(log("p", "2026-11-23T00:31:00+01:00")), null);
        List<SourceAnswer> answers = List.of(measured(SAHHA, phone), measured(WHOOP, band));
        DayMerge merge = UnifiedFixture.merge(new OfferedMetrics(Map.of()));

        List<MergedDay> both = merge.apply(new DayRange(DAY, DAY.plusDays(1)), answers, Preferences.NONE);

        assertThat(both.get(0).workouts())
                .singleElement()
                .satisfies(activity ->
                        assertThat(activity.members()).extracting(Workout::id).containsExactly("w", "p"));
        assertThat(both.get(1).workouts()).isEmpty();
        assertThat(merge.apply(DayRange.of(DAY), answers, Preferences.NONE)).containsExactly(both.get(0));
        assertThat(merge.apply(DayRange.of(DAY.plusDays(1)), answers, Preferences.NONE))
                .containsExactly(both.get(1));
    }

    private static Workout log(String id, String start) {
        OffsetDateTime from = OffsetDateTime.parse(start);
        return new Workout(
                id, SAHHA, "exercise_session_running", from, from.plusMinutes(30), null, null, null, null, null, null);
    }

    @Test
    void aSourceWithoutAnythingOnTheDayIsNoDataSource() {
        MergedDay merged = mergeOne(
                measured(SAHHA, day(DAY), day(DAY.minusDays(1), value(Metric.STEPS, "1"))),
                measured(WHOOP, new SourceDay(DAY, List.of(), List.of(), List.of(), new UnifiedFixture.Details("1"))));

        assertThat(merged.sources()).containsExactly(WHOOP);
        assertThat(merged.details()).containsOnlyKeys(WHOOP);
        assertThat(merged.metrics()).isEmpty();
    }

    @Test
    void everyDayAskedForIsThereOldestFirst() {
        DayMerge merge = merge(new OfferedMetrics(Map.of()));
        DayRange days = new DayRange(DAY.minusDays(2), DAY);

        List<MergedDay> merged = merge.apply(
                days, List.of(measured(SAHHA, day(DAY.minusDays(1), value(Metric.STEPS, "5")))), Preferences.NONE);

        assertThat(merged).extracting(MergedDay::date).isEqualTo(days.days());
        assertThat(merged).extracting(day -> day.metrics().size()).containsExactly(0, 1, 0);
    }

    static Stream<Arguments> silentBands() {
        return Stream.of(
                Arguments.of(new NotConnected(WHOOP), "not_connected"),
                Arguments.of(new Disabled(WHOOP), "disabled"),
                Arguments.of(new Excluded(WHOOP), "not_fetched"),
                Arguments.of(new Unavailable(WHOOP, Duration.ofSeconds(30)), "source_unavailable"),
                Arguments.of(measured(WHOOP, DataStatus.REAUTHORIZATION_REQUIRED), "no_sleep"),
                Arguments.of(measured(WHOOP, DataStatus.STALE), "no_sleep"),
                Arguments.of(measured(WHOOP), "no_sleep"),
                Arguments.of(ofUnknownCoverage(DataStatus.CURRENT), "no_sleep"),
                Arguments.of(ofUnknownCoverage(DataStatus.REAUTHORIZATION_REQUIRED), "not_fetched"),
                Arguments.of(ofUnknownCoverage(DataStatus.ACCOUNT_UNCONFIRMED), "pending"));
    }

    private static SourceAnswer ofUnknownCoverage(DataStatus status) {
        return new SourceAnswer.Measured(WHOOP, status, null, null, null, null, List.of());
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("silentBands")
    void whatIsMissingSaysWhy(SourceAnswer band, String reason) {
        OfferedMetrics offers = new OfferedMetrics(Map.of(WHOOP, Set.of(Metric.SPO2_SLEEP)));
        List<SourceAnswer> answers = List.of(measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "53"))), band);

        Completeness completeness = merge(offers)
                .apply(DayRange.of(DAY), answers, Preferences.NONE)
                .get(0)
                .completeness();

        assertThat(completeness.expected()).isEqualTo(14);
        assertThat(completeness.present()).isEqualTo(1);
        assertThat(completeness.missing())
                .hasSize(13)
                .contains(new Missing("spo2.sleep", reason), new Missing("steps", "not_provided"));
    }

    @Test
    void ofTwoSilentSourcesTheOneThatWouldHaveWonIsNamed() {
        Completeness completeness = mergeOne(new Unavailable(SAHHA, Duration.ofSeconds(1)), new NotConnected(WHOOP))
                .completeness();

        assertThat(completeness.missing())
                .contains(new Missing("steps", "source_unavailable"), new Missing("sleep.rem", "not_connected"));
    }

    @Test
    void aSourceThatNoOrderNamesComesLast() {
        SourceName band = new SourceName("aband");
        MergedDay merged = mergeOne(
                measured(band, day(DAY, value(Metric.STEPS, "3"))),
                measured(WHOOP, day(DAY, value(Metric.STEPS, "2"))),
                measured(SAHHA, day(DAY, value(Metric.STEPS, "1"))));

        assertThat(merged.sources()).containsExactly(SAHHA, WHOOP, band);
        assertThat(merged.metrics().get(0).others())
                .extracting(other -> other.source())
                .containsExactly(WHOOP, band);
    }

    @Test
    void theApiDocumentNamesEveryReason() throws Exception {
        assertThat(Missing.class
                        .getDeclaredField("reason")
                        .getAnnotation(Schema.class)
                        .allowableValues())
                .containsExactly(
                        Arrays.stream(Absence.values()).map(Absence::word).toArray(String[]::new));
    }

    @Test
    void printsNoHealthValue() {
        MergedDay merged = mergeOne(measured(SAHHA, day(DAY, value(Metric.STEPS, "48123"))));

        assertThat(merged.toString() + merged.metrics())
                .contains("MergedDay[" + DAY, "sahha=<redacted>")
                .doesNotContain("48123");
    }
}
