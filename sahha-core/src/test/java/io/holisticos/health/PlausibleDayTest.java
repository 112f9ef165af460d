package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.BigRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlausibleDayTest {

    private static final LocalDate DAY = LocalDate.parse("2026-11-22");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "heart_rate.resting",
                "heart_rate.sleep",
                "heart_rate.average",
                "heart_rate.max",
                "hrv.rmssd",
                "hrv.rmssd.sleep",
                "hrv.sdnn",
                "vo2_max",
                "respiratory_rate",
                "respiratory_rate.sleep",
                "spo2",
                "spo2.sleep",
                "skin_temperature.sleep",
                "sleep.in_bed",
                "sleep.need",
                "energy.total"
            })
    void zeroIsImplausibleWhereNobodyAliveHasIt(Metric metric) {
        assertThat(metric.isPlausible(BigDecimal.ZERO)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "steps",
                "floors_climbed",
                "active.hours",
                "active.duration",
                "sedentary.duration",
                "energy.active",
                "sleep.awake",
                "sleep.light",
                "sleep.deep",
                "sleep.rem",
                "sleep.latency",
                "sleep.debt",
                "sleep.interruptions"
            })
    void zeroIsAValueWhereItCanBeTrue(Metric metric) {
        assertThat(metric.isPlausible(BigDecimal.ZERO)).isTrue();
    }

    static List<Metric> all() {
        return Metric.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyMetricHasARangeAndNoneReachesBelowZero(Metric metric) {
        assertThat(metric.min()).isLessThan(metric.max()).isNotNegative();
        assertThat(metric.isPlausible(metric.min())).isTrue();
        assertThat(metric.isPlausible(metric.max())).isTrue();
        assertThat(metric.isPlausible(metric.max().add(new BigDecimal("0.001"))))
                .isFalse();
        assertThat(metric.isPlausible(BigDecimal.ONE.negate())).isFalse();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "heart_rate.resting, 26",
        "heart_rate.resting, 118",
        "heart_rate.max, 231",
        "hrv.rmssd.sleep, 4.1",
        "hrv.rmssd.sleep, 262.5",
        "spo2.sleep, 71",
        "skin_temperature.sleep, 24.6",
        "respiratory_rate.sleep, 5.9",
        "sleep.duration, 0",
        "steps, 310000",
        "energy.total, 12000",
        "vo2_max, 97.5"
    })
    void whatIsRareIsNotImplausible(Metric metric, BigDecimal value) {
        assertThat(metric.isPlausible(value)).isTrue();
    }

    @Test
    void whatCannotBeIsTakenOutAndNamed() {
        SourceDay told = day(value(Metric.HEART_RATE_RESTING, "0"), value(Metric.STEPS, "0"));

        PlausibleDay plausible = PlausibleDay.of(told);

        assertThat(plausible.day().measurements()).containsExactly(value(Metric.STEPS, "0"));
        assertThat(plausible.implausible()).containsExactly(Metric.HEART_RATE_RESTING);
    }

    @Test
    void aSleepShorterThanItsStagesCannotBe() {
        SourceDay told = day(
                value(Metric.SLEEP_IN_BED, "480"),
                value(Metric.SLEEP_DURATION, "60"),
                value(Metric.SLEEP_LIGHT, "200"),
                value(Metric.SLEEP_REM, "90"));

        assertThat(PlausibleDay.of(told).implausible()).containsExactly(Metric.SLEEP_DURATION);
    }

    @Test
    void aTimeInBedShorterThanWhatHappenedInItCannotBe() {
        assertThat(PlausibleDay.of(day(value(Metric.SLEEP_IN_BED, "480"), value(Metric.SLEEP_AWAKE, "540")))
                        .implausible())
                .containsExactly(Metric.SLEEP_IN_BED);
        assertThat(PlausibleDay.of(day(value(Metric.SLEEP_IN_BED, "300"), value(Metric.SLEEP_DURATION, "420")))
                        .implausible())
                .containsExactly(Metric.SLEEP_IN_BED);
    }

    @Test
    void aScoredNightOfZerosIsNoNight() {
        SourceDay told = day(
                value(Metric.SLEEP_DURATION, "0"),
                value(Metric.SLEEP_IN_BED, "0"),
                value(Metric.SLEEP_AWAKE, "0"),
                value(Metric.SLEEP_LIGHT, "0"),
                value(Metric.SLEEP_DEEP, "0"),
                value(Metric.SLEEP_REM, "0"),
                value(Metric.SLEEP_LATENCY, "0"),
                value(Metric.SLEEP_INTERRUPTIONS, "0"),
                value(Metric.SLEEP_EFFICIENCY, "0"),
                value(Metric.SLEEP_NEED, "480"),
                value(Metric.STEPS, "0"));

        assertThat(PlausibleDay.of(told).day().measurements())
                .containsExactly(value(Metric.SLEEP_NEED, "480"), value(Metric.STEPS, "0"));
    }

    @Test
    void whatWasSleptInABedThatNobodyLayInWasSlept() {
        SourceDay told = day(
                value(Metric.SLEEP_DURATION, "430"),
                value(Metric.SLEEP_IN_BED, "0"),
                value(Metric.SLEEP_LIGHT, "200"),
                value(Metric.SLEEP_DEEP, "0"));

        assertThat(PlausibleDay.of(told).implausible())
                .containsExactlyInAnyOrder(Metric.SLEEP_IN_BED, Metric.SLEEP_DEEP);
    }

    @Test
    void whatIsWorkedOutFromANightLongerThanADayFallsWithIt() {
        SourceDay told = day(
                value(Metric.SLEEP_DURATION, "1400"),
                value(Metric.SLEEP_IN_BED, "2000"),
                value(Metric.SLEEP_AWAKE, "600"),
                value(Metric.SLEEP_REM, "300"),
                value(Metric.SLEEP_EFFICIENCY, "70"));

        assertThat(PlausibleDay.of(told).day().measurements()).isEmpty();
        assertThat(PlausibleDay.of(day(value(Metric.SLEEP_DURATION, "1441"), value(Metric.SLEEP_REM, "300")))
                        .implausible())
                .containsExactlyInAnyOrder(Metric.SLEEP_DURATION, Metric.SLEEP_REM);
    }

    @Test
    void aNightLyingAwakeIsPossible() {
        SourceDay told = day(
                value(Metric.SLEEP_DURATION, "0"),
                value(Metric.SLEEP_IN_BED, "480"),
                value(Metric.SLEEP_AWAKE, "480"),
                value(Metric.SLEEP_DEEP, "0"));

        assertThat(PlausibleDay.of(told).implausible()).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "whoop_recovery, 0, false",
        "whoop_recovery, 1, true",
        "whoop_sleep_performance, 0.0, false",
        "whoop_strain, 0, true",
        "mental_wellbeing, 0, true",
        "of_a_ring, 0, true"
    })
    void aScoreOfZeroIsTakenOutWhereNobodyAliveHasIt(String name, BigDecimal value, boolean plausible) {
        SourceDay told = scored(new Score(name, value, Score.Scale.PERCENT, null));

        assertThat(PlausibleDay.of(told).offScale()).isEqualTo(plausible ? Set.of() : Set.of(name));
        assertThat(PlausibleDay.of(told).day().scores()).hasSize(plausible ? 1 : 0);
    }

    @Test
    void whatTwoDevicesDifferByIsNoContradiction() {
        SourceDay told = day(
                value(Metric.SLEEP_IN_BED, "400"),
                value(Metric.SLEEP_DURATION, "420"),
                value(Metric.SLEEP_LIGHT, "441.5"));

        assertThat(PlausibleDay.of(told)).isEqualTo(new PlausibleDay(told, Set.of(), Set.of()));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"FRACTION, 1.01", "FRACTION, -0.1", "PERCENT, 101", "STRAIN, 21.5", "STRAIN, -1"})
    void aScoreOffItsScaleIsTakenOut(Score.Scale scale, BigDecimal value) {
        SourceDay told = scored(new Score("off", value, scale, null), new Score("on", BigDecimal.ZERO, scale, null));

        assertThat(PlausibleDay.of(told).day().scores()).extracting(Score::name).containsExactly("on");
        assertThat(PlausibleDay.of(told).offScale()).isNotEmpty().doesNotContain("on");
    }

    @Test
    void aWorkoutKeepsWhatCanBeTrueOfIt() {
        Workout told = workout("2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z", "-3", "-1", 0, 141);

        assertThat(PlausibleDay.of(trained(told)).day().workouts())
                .singleElement()
                .satisfies(left -> {
                    assertThat(left.id()).isEqualTo(told.id());
                    assertThat(left.energyKcal()).isNull();
                    assertThat(left.distanceMeter()).isNull();
                    assertThat(left.averageHeartRate()).isNull();
                    assertThat(left.maxHeartRate()).isEqualTo(141);
                    assertThat(left.strain()).isEqualTo(told.strain());
                });
    }

    @Test
    void aWorkoutWithoutEnergyOrDistanceMayHaveBeenOne() {
        Workout told = workout("2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z", "0", "0", null, null);

        assertThat(PlausibleDay.of(trained(told)).day().workouts()).containsExactly(told);
    }

    @Test
    void aWorkoutThatEndsBeforeItStartsIsNone() {
        Workout told = workout("2026-11-22T08:00:00Z", "2026-11-22T07:59:59Z", "300", null, 120, 141);

        assertThat(PlausibleDay.of(trained(told)).day().workouts()).isEmpty();
    }

    @Property(tries = 200)
    @Tag("law")
    void passingTheGateTwiceIsPassingItOnce(
            @ForAll @BigRange(min = "-100", max = "2000") BigDecimal inBed,
            @ForAll @BigRange(min = "-100", max = "2000") BigDecimal duration,
            @ForAll @BigRange(min = "-100", max = "2000") BigDecimal awake,
            @ForAll @BigRange(min = "-100", max = "2000") BigDecimal light) {
        SourceDay told = day(
                new Measurement(Metric.SLEEP_IN_BED, inBed),
                new Measurement(Metric.SLEEP_DURATION, duration),
                new Measurement(Metric.SLEEP_AWAKE, awake),
                new Measurement(Metric.SLEEP_LIGHT, light));

        SourceDay once = PlausibleDay.of(told).day();

        assertThat(PlausibleDay.of(once)).isEqualTo(new PlausibleDay(once, Set.of(), Set.of()));
        assertThat(once.measurements())
                .allSatisfy(left ->
                        assertThat(left.metric().isPlausible(left.value())).isTrue());
    }

    @Test
    void aWholeMayBeHalfAnHourShorterThanItsPartsAndADistanceAsLongAsTheRecord() {
        Workout told = workout("2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z", "300", "1500000", 120, 141);
        SourceDay slept = day(value(Metric.SLEEP_DURATION, "400"), value(Metric.SLEEP_LIGHT, "430"));

        assertThat(PlausibleDay.of(trained(told)).day().workouts()).containsExactly(told);
        assertThat(PlausibleDay.of(slept).implausible()).isEmpty();
    }

    @Test
    void printsNoHealthValue() {
        assertThat(PlausibleDay.of(day(value(Metric.STEPS, "48123"))).toString())
                .startsWith("PlausibleDay[2026")
                .doesNotContain("48123");
    }

    private static Measurement value(Metric metric, String value) {
        return new Measurement(metric, new BigDecimal(value));
    }

    private static SourceDay day(Measurement... measurements) {
        return new SourceDay(DAY, List.of(), List.of(measurements), List.of(), null);
    }

    private static SourceDay scored(Score... scores) {
        return new SourceDay(DAY, Arrays.asList(scores), List.of(), List.of(), null);
    }

    private static SourceDay trained(Workout workout) {
        return new SourceDay(DAY, List.of(), List.of(), List.of(workout), null);
    }

    private static Workout workout(
            String start,
            String end,
            String energy,
            @Nullable String distance,
            @Nullable Integer averageHeartRate,
            @Nullable Integer maxHeartRate) {
        return new Workout(
                "w1",
                new SourceName("whoop"),
                "running",
                OffsetDateTime.parse(start),
                OffsetDateTime.parse(end),
                "SCORED",
                new BigDecimal("9.25"),
                new BigDecimal(energy),
                distance == null ? null : new BigDecimal(distance),
                averageHeartRate,
                maxHeartRate);
    }
}
