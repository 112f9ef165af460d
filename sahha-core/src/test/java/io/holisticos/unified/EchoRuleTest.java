package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.ECHOES;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.unified.EchoRule.Echo;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoRuleTest {

    private static final SourceName RING = new SourceName("ring");
    private static final Instant FALLEN_ASLEEP = Instant.parse("2026-11-21T22:00:00Z");
    private static final Instant WOKEN = Instant.parse("2026-11-22T06:00:00Z");

    @ParameterizedTest(name = "{0} s and {1} s off: {2}")
    @CsvSource({
        "0, 0, true",
        "120, 120, true",
        "-120, -120, true",
        "121, 0, false",
        "0, 121, false",
        "-121, 0, false",
        "0, -121, false"
    })
    void aNightIsTheSameWithinTwoMinutesAtBothEnds(long start, long end, boolean same) {
        SourceDay relayed = day(
                new SleepInterval(FALLEN_ASLEEP.plusSeconds(start), WOKEN.plusSeconds(end)),
                value(Metric.SLEEP_DEEP, "90"));

        assertThat(echoes(relayed, day(night(), value(Metric.SLEEP_DEEP, "90"))))
                .isEqualTo(same ? Set.of(Metric.SLEEP_DEEP) : Set.of());
    }

    @ParameterizedTest(name = "{0} beside {1}: {2}")
    @CsvSource({"90, 91, true", "91, 90, true", "90, 91.001, false", "91.001, 90, false", "90.4, 90, true"})
    void aTimeOfTheNightIsTheSameWithinAMinute(String one, String other, boolean same) {
        assertThat(echoes(day(night(), value(Metric.SLEEP_REM, one)), day(night(), value(Metric.SLEEP_REM, other))))
                .isEqualTo(same ? Set.of(Metric.SLEEP_REM) : Set.of());
    }

    @ParameterizedTest(name = "{0} beside {1}: {2}")
    @CsvSource({
        "52, 52, true",
        "52, 52.0, true",
        "52, 52.4, true",
        "53, 52.5, true",
        "52.4, 52.36, true",
        "52.4, 52.34, false",
        "52, 53, false",
        "52, 51.4, false",
        "52.00, 52.001, true",
        "5E+1, 50, true",
        "5E+1, 54, false"
    })
    void anyOtherValueMustBeTheOriginsWithAsManyDecimalsAsTheRelayHas(String relayed, String own, boolean same) {
        assertThat(echoes(
                        day(night(), value(Metric.HEART_RATE_RESTING, relayed)),
                        day(night(), value(Metric.HEART_RATE_RESTING, own))))
                .isEqualTo(same ? Set.of(Metric.HEART_RATE_RESTING) : Set.of());
    }

    @ParameterizedTest(name = "{0} beside {1}: {2}")
    @CsvSource({
        "52.4, 52, false",
        "51.6, 52, false",
        "52.001, 52, false",
        "52.0, 52, true",
        "52.40, 52.4, true",
        "52.41, 52.4, false",
        "52.3999, 52.4, true",
        "2000.02390, 2000.024, true",
        "2000.02349, 2000.024, false",
        "95.6875001, 95.6875, false",
        "95.68750, 95.6875, true"
    })
    void aRelayLosesDigitsAndAddsNoneButThoseThatAConversionLeftOut(String relayed, String own, boolean same) {
        assertThat(echoes(
                        day(night(), value(Metric.HEART_RATE_RESTING, relayed)),
                        day(night(), value(Metric.HEART_RATE_RESTING, own))))
                .isEqualTo(same ? Set.of(Metric.HEART_RATE_RESTING) : Set.of());
    }

    @Test
    void sleepValuesThatAreNoTimesOfTheNightMustBeEqual() {
        SourceDay relayed = day(
                night(),
                value(Metric.SLEEP_EFFICIENCY, "93"),
                value(Metric.SLEEP_INTERRUPTIONS, "9"),
                value(Metric.SLEEP_DEBT, "2"),
                value(Metric.SLEEP_LIGHT, "200"));
        SourceDay own = day(
                night(),
                value(Metric.SLEEP_EFFICIENCY, "94"),
                value(Metric.SLEEP_INTERRUPTIONS, "9"),
                value(Metric.SLEEP_DEBT, "1"),
                value(Metric.SLEEP_LIGHT, "201"));

        assertThat(echoes(relayed, own)).containsExactlyInAnyOrder(Metric.SLEEP_INTERRUPTIONS, Metric.SLEEP_LIGHT);
    }

    @ParameterizedTest(name = "{0} days later: {1}")
    @CsvSource({"0, true", "1, true", "-1, true", "2, false", "-2, false"})
    void aNightIsTheSameOnWhicheverDayTheRelayHasItAtMostOneAway(int daysLater, boolean same) {
        LocalDate later = DAY.plusDays(daysLater);
        SourceDay own = on(DAY, night(), value(Metric.SLEEP_DEEP, "90.3"), value(Metric.SPO2_SLEEP, "95.25"));
        SourceDay relayed = on(later, night(), value(Metric.SLEEP_DEEP, "91"), value(Metric.SPO2_SLEEP, "95.3"));

        assertThat(ECHOES.of(SAHHA, later, told(own, relayed)))
                .isEqualTo(
                        same
                                ? Map.of(
                                        Metric.SLEEP_DEEP,
                                        new Echo(WHOOP, Metric.SLEEP_DEEP, DAY),
                                        Metric.SPO2_SLEEP,
                                        new Echo(WHOOP, Metric.SPO2_SLEEP, DAY))
                                : Map.of());
    }

    @Test
    void aValueOfAnEarlierNightThatDiffersIsTheRelaysOwn() {
        SourceDay own = on(DAY, night(), value(Metric.SLEEP_DEEP, "90"), value(Metric.STEPS, "8000"));
        SourceDay relayed = on(DAY.plusDays(1), night(), value(Metric.SLEEP_DEEP, "92"), value(Metric.STEPS, "8000"));

        assertThat(ECHOES.of(SAHHA, DAY.plusDays(1), told(own, relayed))).isEmpty();
    }

    @Test
    void aVitalSignMeasuredByDayIsAnEchoOfItsDateWhereverItsNightLies() {
        SourceDay before = on(DAY.minusDays(1), nightBefore(), value(Metric.HEART_RATE_RESTING, "50"));
        SourceDay own = on(DAY, night(), value(Metric.HEART_RATE_RESTING, "52"));
        SourceDay relayed = on(DAY, nightBefore(), value(Metric.HEART_RATE_RESTING, "52"));
        SourceDay after = on(DAY.plusDays(1), night(), value(Metric.HEART_RATE_RESTING, "55"));

        assertThat(ECHOES.of(SAHHA, DAY, told(before, own, relayed, after)))
                .containsExactly(Map.entry(Metric.HEART_RATE_RESTING, new Echo(WHOOP, Metric.HEART_RATE_RESTING, DAY)));
        assertThat(ECHOES.of(SAHHA, DAY, told(own, on(DAY, null, value(Metric.HEART_RATE_RESTING, "52")))))
                .isEmpty();
    }

    @Test
    void whatTheOriginTakesFromANightIsAnEchoOnTheDayThatTheRelayHasTheNightOn() {
        SourceDay own = on(DAY, night(), value(Metric.HEART_RATE_RESTING, "52.4"), value(Metric.STEPS, "8000"));
        SourceDay next = on(DAY.plusDays(1), null, value(Metric.HEART_RATE_RESTING, "57"));
        SourceDay relayed =
                on(DAY.plusDays(1), night(), value(Metric.HEART_RATE_RESTING, "52"), value(Metric.STEPS, "8000"));

        assertThat(ECHOES.of(
                        SAHHA,
                        DAY.plusDays(1),
                        (source, date) -> source.equals(SAHHA)
                                ? told(relayed).of(SAHHA, date)
                                : date.equals(DAY) ? own : date.equals(DAY.plusDays(1)) ? next : null))
                .containsExactly(Map.entry(Metric.HEART_RATE_RESTING, new Echo(WHOOP, Metric.HEART_RATE_RESTING, DAY)));
    }

    @Test
    void withoutANightOnOneSideNothingIsSaid() {
        SourceDay slept = day(night(), value(Metric.SLEEP_DEEP, "90"));
        SourceDay unsaid = day(null, value(Metric.SLEEP_DEEP, "90"));

        assertThat(echoes(slept, unsaid)).isEmpty();
        assertThat(echoes(unsaid, slept)).isEmpty();
        assertThat(echoes(unsaid, unsaid)).isEmpty();
    }

    @Test
    void theLogsOfARelayCountOnlyForTheSourceTheyName() {
        SourceDay own = day(null, value(Metric.STEPS, "8000"));

        assertThat(echoes(relayed(WHOOP, "8000"), own)).containsExactly(Metric.STEPS);
        assertThat(echoes(relayed(RING, "8000"), own)).isEmpty();
        assertThat(echoes(relayed(WHOOP, "8001"), own)).isEmpty();
    }

    @Test
    void onlyTheRelaysValueIsAnEchoAndOnlyBesideTheOrigins() {
        SourceDay relayed = day(night(), value(Metric.STEPS, "8000"));
        EchoRule.Days days = (source, date) -> date.equals(DAY) ? relayed : null;
        EchoRule.Days alone = (source, date) -> source.equals(SAHHA) && date.equals(DAY) ? relayed : null;

        assertThat(ECHOES.of(SAHHA, DAY, days))
                .containsExactly(Map.entry(Metric.STEPS, new Echo(WHOOP, Metric.STEPS, DAY)));
        assertThat(ECHOES.of(WHOOP, DAY, days)).isEmpty();
        assertThat(ECHOES.of(RING, DAY, days)).isEmpty();
        assertThat(ECHOES.of(SAHHA, DAY, alone)).isEmpty();
        assertThat(ECHOES.of(SAHHA, DAY.plusDays(1), days)).isEmpty();
    }

    @Test
    void anEchoOfAnotherPeriodNamesTheMetricThatItRepeats() {
        SourceDay relayed = day(night(), value(Metric.HRV_RMSSD, "48"));
        SourceDay own = day(night(), value(Metric.HRV_RMSSD_SLEEP, "48.217"));

        assertThat(ECHOES.of(SAHHA, DAY, (source, date) -> source.equals(SAHHA) ? relayed : own))
                .containsExactly(Map.entry(Metric.HRV_RMSSD, new Echo(WHOOP, Metric.HRV_RMSSD_SLEEP, DAY)));
    }

    @ParameterizedTest(name = "equal {0} days before: {1}")
    @CsvSource({"1 2 3, true", "1 2 4, true", "2 3 4, true", "1 2 3 4, true", "1 2, false", "1 2 5, false", "'', false"
    })
    void equalOnFourOfFiveDaysIsNoCoincidence(String daysBack, boolean echo) {
        List<LocalDate> equal = java.util.Arrays.stream(daysBack.split(" "))
                .filter(text -> !text.isEmpty())
                .map(text -> DAY.minusDays(Long.parseLong(text)))
                .toList();
        EchoRule.Days days = (source, date) -> day(
                null,
                value(
                        Metric.SPO2_SLEEP,
                        source.equals(WHOOP) || date.equals(DAY) || equal.contains(date) ? "95" : "96"));

        assertThat(ECHOES.of(SAHHA, DAY, days).keySet()).isEqualTo(echo ? Set.of(Metric.SPO2_SLEEP) : Set.of());
    }

    @Test
    void aDayWithoutTheMetricIsNotEqual() {
        SourceDay with = day(null, value(Metric.SPO2_SLEEP, "95"));
        SourceDay without = day(null, value(Metric.STEPS, "1"));

        assertThat(ECHOES.of(SAHHA, DAY, (source, date) -> date.isAfter(DAY.minusDays(3)) ? with : without))
                .isEmpty();
        assertThat(ECHOES.of(
                        SAHHA,
                        DAY,
                        (source, date) -> date.isAfter(DAY.minusDays(3)) || source.equals(WHOOP) ? with : without))
                .isEmpty();
    }

    @Test
    void ofTwoOriginsTheFirstThatMatchesIsNamed() {
        EchoRule rule = new EchoRule(List.of(
                new RelayRule(SAHHA, RING, Map.of(), Set.of()), new RelayRule(SAHHA, WHOOP, Map.of(), Set.of())));
        SourceDay day = day(night(), value(Metric.STEPS, "8000"));

        assertThat(rule.of(SAHHA, DAY, (source, date) -> day))
                .containsExactly(Map.entry(Metric.STEPS, new Echo(RING, Metric.STEPS, DAY)));
        assertThat(rule.of(SAHHA, DAY, (source, date) -> source.equals(RING) ? null : day))
                .containsExactly(Map.entry(Metric.STEPS, new Echo(WHOOP, Metric.STEPS, DAY)));
    }

    @Test
    void whoRelaysCannotBeAnOrigin() {
        assertThatThrownBy(() -> new RelayRule(SAHHA, SAHHA, Map.of(), Set.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new EchoRule(List.of(
                        new RelayRule(SAHHA, WHOOP, Map.of(), Set.of()),
                        new RelayRule(WHOOP, RING, Map.of(), Set.of()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whoop cannot be both");
    }

    private static Set<Metric> echoes(SourceDay relayed, SourceDay own) {
        return ECHOES.of(SAHHA, DAY, (source, date) -> !date.equals(DAY) ? null : source.equals(SAHHA) ? relayed : own)
                .keySet();
    }

    private static SleepInterval night() {
        return new SleepInterval(FALLEN_ASLEEP, WOKEN);
    }

    private static SourceDay relayed(SourceName recorder, String steps) {
        return new SourceDay(
                DAY,
                List.of(),
                List.of(value(Metric.STEPS, steps)),
                List.of(),
                null,
                null,
                null,
                Map.of(Metric.STEPS, recorder));
    }

    private static SleepInterval nightBefore() {
        return new SleepInterval(FALLEN_ASLEEP.minus(Duration.ofDays(1)), WOKEN.minus(Duration.ofDays(1)));
    }

    /** The first half of the days is the origin's, the rest the relay's. */
    private static EchoRule.Days told(SourceDay... days) {
        int own = days.length / 2;
        return (source, date) -> IntStream.range(0, days.length)
                .filter(i -> source.equals(i < own ? WHOOP : SAHHA))
                .mapToObj(i -> days[i])
                .filter(day -> day.date().equals(date))
                .findFirst()
                .orElse(null);
    }

    private static SourceDay day(@Nullable SleepInterval night, Measurement... measurements) {
        return on(DAY, night, measurements);
    }

    private static SourceDay on(LocalDate date, @Nullable SleepInterval night, Measurement... measurements) {
        return new SourceDay(date, List.of(), List.of(measurements), List.of(), null, null, night, Map.of());
    }
}
