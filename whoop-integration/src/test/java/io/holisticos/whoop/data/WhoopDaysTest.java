package io.holisticos.whoop.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WhoopDaysTest {

    private static final LocalDate SUNDAY = LocalDate.parse("2026-11-22");

    @Test
    void aCycleBelongsToTheDayItsMainSleepEndedOn() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:34+01:00", null)
                .sleep(1, "2026-11-21T23:34+01:00", "2026-11-22T07:10+01:00", false)
                .recovery(1)
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(day.primary().cycleId()).isEqualTo(1);
        assertThat(day.primary().recovery()).isNotNull();
        assertThat(day.others()).isEmpty();
    }

    @Test
    void twoCyclesThatBeganOnOneDateLieOnTwoDays() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T00:36+01:00", "2026-11-21T23:34+01:00")
                .sleep(1, "2026-11-21T00:36+01:00", "2026-11-21T08:00+01:00", false)
                .cycle(2, "2026-11-21T23:34+01:00", null)
                .sleep(2, "2026-11-21T23:34+01:00", "2026-11-22T07:00+01:00", false)
                .held();

        assertThat(WhoopDays.of(held).keySet()).containsExactly(SUNDAY.minusDays(1), SUNDAY);
    }

    @Test
    void aCycleNobodySleptInBelongsToTwelveHoursAfterItsStart() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T11:59-05:00", "2026-11-22T11:00-05:00")
                .cycle(2, "2026-11-22T12:00-05:00", null)
                .held();

        assertThat(WhoopDays.of(held).keySet()).containsExactly(SUNDAY.minusDays(1), SUNDAY.plusDays(1));
    }

    @Test
    void theLongestMainSleepMakesTheDaysPrimaryCycleAndOthersAreListed() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-22T00:10+01:00", "2026-11-22T13:00+01:00")
                .sleep(1, "2026-11-22T00:10+01:00", "2026-11-22T07:00+01:00", false)
                .cycle(2, "2026-11-22T13:00+01:00", null)
                .sleep(2, "2026-11-22T13:00+01:00", "2026-11-22T17:00+01:00", false)
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(day.primary().cycleId()).isEqualTo(1);
        assertThat(day.others()).extracting(CycleRecords::cycleId).containsExactly(2L);
    }

    @Test
    void ofEquallyLongSleepsTheCycleThatEndsLaterIsPrimary() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-22T00:00+01:00", "2026-11-22T12:00+01:00")
                .sleep(1, "2026-11-22T00:00+01:00", "2026-11-22T04:00+01:00", false)
                .cycle(2, "2026-11-22T12:00+01:00", null)
                .sleep(2, "2026-11-22T12:00+01:00", "2026-11-22T16:00+01:00", false)
                .held();

        assertThat(WhoopDays.of(held).get(SUNDAY).primary().cycleId()).isEqualTo(2);
    }

    @Test
    void napsAndSecondSleepsStayWithTheirCycle() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+01:00", null)
                .sleep(1, "2026-11-21T23:00+01:00", "2026-11-22T02:00+01:00", false)
                .sleep(1, "2026-11-22T03:00+01:00", "2026-11-22T08:00+01:00", false)
                .sleep(1, "2026-11-22T14:00+01:00", "2026-11-22T14:30+01:00", true)
                .held();

        CycleRecords primary = WhoopDays.of(held).get(SUNDAY).primary();

        assertThat(primary.sleep().end()).isEqualTo("2026-11-22T07:00:00Z");
        assertThat(primary.otherSleeps()).hasSize(1);
        assertThat(primary.naps()).hasSize(1);
    }

    @Test
    void theLongestSleepIsTheMainOneThoughAnotherBeganLater() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+01:00", null)
                .sleep(1, "2026-11-21T23:00+01:00", "2026-11-22T07:00+01:00", false)
                .sleep(1, "2026-11-23T00:30+01:00", "2026-11-23T03:00+01:00", false)
                .held();

        CycleRecords primary = WhoopDays.of(held).get(SUNDAY).primary();

        assertThat(primary.sleep().end()).isEqualTo("2026-11-22T06:00:00Z");
        assertThat(primary.otherSleeps()).extracting(Sleep::end).containsExactly(Instant.parse("2026-11-23T02:00:00Z"));
    }

    @Test
    void theCycleOfTheLongestSleepIsPrimaryThoughAnotherBeganEarlierAndEndedLater() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T22:00+01:00", null)
                .sleep(1, "2026-11-21T22:00+01:00", "2026-11-22T01:00+01:00", false)
                .cycle(2, "2026-11-22T02:00+01:00", "2026-11-22T18:00+01:00")
                .sleep(2, "2026-11-22T02:00+01:00", "2026-11-22T09:00+01:00", false)
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(day.primary().cycleId()).isEqualTo(2);
        assertThat(day.others()).extracting(CycleRecords::cycleId).containsExactly(1L);
    }

    @Test
    void aNapIsNeverTheMainSleepHoweverLongItIs() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+01:00", null)
                .sleep(1, "2026-11-21T23:00+01:00", "2026-11-22T02:00+01:00", false)
                .sleep(1, "2026-11-22T20:00+01:00", "2026-11-23T01:00+01:00", true)
                .held();

        CycleRecords primary = WhoopDays.of(held).get(SUNDAY).primary();

        assertThat(primary.sleep().end()).isEqualTo("2026-11-22T01:00:00Z");
        assertThat(primary.naps()).hasSize(1);
    }

    @Test
    void aCycleWithOnlyANapBelongsToTwelveHoursAfterItsOwnStart() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+01:00", null)
                .sleep(1, "2026-11-23T01:00+01:00", "2026-11-23T02:00+01:00", true)
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.keySet()).containsExactly(SUNDAY);
        assertThat(days.get(SUNDAY).primary().sleep()).isNull();
        assertThat(days.get(SUNDAY).primary().naps()).hasSize(1);
        assertThat(days.get(SUNDAY).primary().offset()).isEqualTo(ZoneOffset.ofHours(1));
    }

    @Test
    void aSleepThatEndsInAnotherOffsetThanItsCycleSaysTheDayAndTheOffset() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-22T20:00+13:00", null)
                .sleep(1, "2026-11-21T23:00-10:00", "2026-11-22T06:00-10:00", false)
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(WhoopDays.of(held).keySet()).containsExactly(SUNDAY);
        assertThat(day.primary().offset()).isEqualTo(ZoneOffset.ofHours(-10));
    }

    @Test
    void aCycleWhoseNapHasAnotherOffsetKeepsItsOwn() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-22T02:00+13:00", null)
                .sleep(1, "2026-11-22T01:00-10:00", "2026-11-22T01:30-10:00", true)
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(day.primary().offset()).isEqualTo(ZoneOffset.ofHours(13));
    }

    @Test
    void aWorkoutInACycleOfAnotherOffsetIsOfTheCyclesDay() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+13:00", null)
                .sleep(1, "2026-11-21T23:00+13:00", "2026-11-22T06:00+13:00", false)
                .workout("2026-11-21T20:00-10:00")
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.keySet()).containsExactly(SUNDAY);
        assertThat(days.get(SUNDAY).workouts()).hasSize(1);
    }

    @Test
    void aWorkoutAfterMidnightBelongsToTheCycleItBeganIn() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+01:00", "2026-11-23T02:00+01:00")
                .sleep(1, "2026-11-21T23:00+01:00", "2026-11-22T07:00+01:00", false)
                .workout("2026-11-23T00:30+01:00")
                .workout("2026-11-23T02:00+01:00")
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.get(SUNDAY).workouts()).hasSize(1);
        assertThat(days.get(SUNDAY.plusDays(1)).workouts())
                .as("in no cycle: its own date")
                .hasSize(1);
        assertThat(days.get(SUNDAY.plusDays(1)).primary()).isNull();
    }

    @Test
    void aWorkoutLateInALongCycleBelongsToItsOwnDate() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+01:00", null)
                .workout("2026-11-23T11:00+01:00")
                .workout("2026-11-23T11:01+01:00")
                .workout("2026-12-02T00:30+13:00")
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.get(SUNDAY).workouts()).as("36 hours after it began").hasSize(1);
        assertThat(days.get(SUNDAY.plusDays(1)).workouts()).hasSize(1);
        assertThat(days.get(LocalDate.parse("2026-12-02")).workouts())
                .as("by its own offset")
                .hasSize(1);
    }

    @Test
    void ofCyclesThatOverlapALongRunningOneTakesNoWorkoutFromAYoungerOne() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-10T23:00+01:00", null)
                .sleep(1, "2026-11-10T23:00+01:00", "2026-11-11T12:00+01:00", false)
                .cycle(2, "2026-11-21T23:00+01:00", "2026-11-22T23:00+01:00")
                .sleep(2, "2026-11-21T23:00+01:00", "2026-11-22T05:00+01:00", false)
                .workout("2026-11-22T18:00+01:00")
                .held();

        assertThat(WhoopDays.of(held).get(SUNDAY).workouts()).hasSize(1);
    }

    @Test
    void acrossTheDateLineEveryRecordKeepsItsOwnOffset() {
        // asleep in Auckland on the 22nd, a flight to Honolulu: the 22nd comes again
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T22:30+13:00", "2026-11-21T23:00-10:00")
                .sleep(1, "2026-11-21T22:30+13:00", "2026-11-22T06:30+13:00", false)
                .cycle(2, "2026-11-21T23:00-10:00", null)
                .sleep(2, "2026-11-21T23:00-10:00", "2026-11-22T06:00-10:00", false)
                .workout("2026-11-21T17:00-10:00")
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(day.primary().cycleId()).as("8 h beat 7 h").isEqualTo(1);
        assertThat(day.others()).extracting(CycleRecords::cycleId).containsExactly(2L);
        assertThat(day.workouts()).as("of the cycle it began in").hasSize(1);
    }

    @Test
    void aSleepWhoseCycleIsNotReadYetHasItsDayAllTheSame() {
        HeldRecords held = new Given()
                .sleep(1, "2026-11-21T23:00+01:00", "2026-11-22T07:00+01:00", false)
                .sleep(2, "2026-11-23T14:00+01:00", "2026-11-23T14:30+01:00", true)
                .recovery(3)
                .held();

        assertThat(WhoopDays.of(held).keySet()).containsExactly(SUNDAY, SUNDAY.plusDays(1));
    }

    @Test
    void anOldCycleLeftOpenTakesNoWorkoutFromTheCycleAfterIt() {
        // the night of the cycle that was never closed is the longer one, and it began less than 36 hours before
        HeldRecords held = new Given()
                .cycle(1, "2026-11-20T22:00+01:00", null)
                .sleep(1, "2026-11-20T22:00+01:00", "2026-11-21T08:00+01:00", false)
                .cycle(2, "2026-11-21T23:00+01:00", "2026-11-22T23:00+01:00")
                .sleep(2, "2026-11-21T23:00+01:00", "2026-11-22T05:00+01:00", false)
                .workout("2026-11-21T18:00+01:00")
                .workout("2026-11-22T08:00+01:00")
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.get(SUNDAY.minusDays(1)).workouts()).hasSize(1);
        assertThat(days.get(SUNDAY).workouts()).hasSize(1);
        assertThat(days.get(SUNDAY).primary().cycleId()).isEqualTo(2);
    }

    @Test
    void anOldCycleLeftOpenIsOfItsOwnDayOnly() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-10T22:00+01:00", null)
                .sleep(1, "2026-11-10T22:00+01:00", "2026-11-11T08:00+01:00", false)
                .cycle(2, "2026-11-21T23:00+01:00", "2026-11-22T23:00+01:00")
                .sleep(2, "2026-11-21T23:00+01:00", "2026-11-22T05:00+01:00", false)
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.keySet()).containsExactly(LocalDate.parse("2026-11-11"), SUNDAY);
        assertThat(days.get(SUNDAY).others()).isEmpty();
    }

    @Test
    void aCycleOfManyDaysIsOfTheDayItsSleepEndedOnAndTheOthersHaveNone() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-18T23:00+01:00", "2026-11-22T22:30+01:00")
                .sleep(1, "2026-11-18T23:00+01:00", "2026-11-19T07:00+01:00", false)
                .cycle(2, "2026-11-22T22:30+01:00", null)
                .sleep(2, "2026-11-22T22:30+01:00", "2026-11-23T06:00+01:00", false)
                .workout("2026-11-21T18:00+01:00")
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.keySet())
                .containsExactly(
                        LocalDate.parse("2026-11-19"), LocalDate.parse("2026-11-21"), LocalDate.parse("2026-11-23"));
        assertThat(days.get(LocalDate.parse("2026-11-21")).primary())
                .as("a day without a cycle")
                .isNull();
    }

    @Test
    void aSplitNightIsOfTheDayItsLongerPartEndedOnWhicheverPartCameFirst() {
        // the longer part ends before midnight of a night worker, the shorter one after it
        HeldRecords longerFirst = new Given()
                .cycle(1, "2026-11-22T16:00+01:00", null)
                .sleep(1, "2026-11-22T16:00+01:00", "2026-11-22T23:00+01:00", false)
                .sleep(1, "2026-11-23T00:30+01:00", "2026-11-23T03:00+01:00", false)
                .held();
        HeldRecords shorterFirst = new Given()
                .cycle(1, "2026-11-22T16:00+01:00", null)
                .sleep(1, "2026-11-22T16:00+01:00", "2026-11-22T18:30+01:00", false)
                .sleep(1, "2026-11-22T20:00+01:00", "2026-11-23T03:00+01:00", false)
                .held();

        assertThat(WhoopDays.of(longerFirst).keySet()).containsExactly(SUNDAY);
        assertThat(WhoopDays.of(shorterFirst).keySet()).containsExactly(SUNDAY.plusDays(1));
        assertThat(WhoopDays.of(shorterFirst).get(SUNDAY.plusDays(1)).primary().otherSleeps())
                .hasSize(1);
    }

    @Test
    void ofEquallyLongPartsOfANightTheOneThatEndedLaterIsTheMainSleep() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T20:00+01:00", null)
                .sleep(1, "2026-11-21T20:00+01:00", "2026-11-21T23:30+01:00", false)
                .sleep(1, "2026-11-22T02:00+01:00", "2026-11-22T05:30+01:00", false)
                .held();

        assertThat(WhoopDays.of(held).keySet()).containsExactly(SUNDAY);
    }

    @Test
    void theNightThatClocksAreSetForwardIsOfTheMorningByTheNewOffset() {
        HeldRecords held = new Given()
                .cycle(1, "2026-03-28T23:30+01:00", "2026-03-29T23:30+02:00")
                .sleep(1, "2026-03-29T00:30+02:00", "2026-03-29T08:00+02:00", false)
                .workout("2026-03-29T23:10+02:00")
                .cycle(2, "2026-03-29T23:30+02:00", null)
                .sleep(2, "2026-03-29T23:30+02:00", "2026-03-30T07:00+02:00", false)
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.keySet()).containsExactly(LocalDate.parse("2026-03-29"), LocalDate.parse("2026-03-30"));
        WhoopDay changed = days.get(LocalDate.parse("2026-03-29"));
        assertThat(changed.primary().offset()).isEqualTo(ZoneOffset.ofHours(2));
        assertThat(changed.workouts()).hasSize(1);
    }

    @Test
    void theNightThatClocksAreSetBackIsOfTheMorningByTheNewOffset() {
        // half past midnight by the old offset is half past eleven of the day before by the new one
        HeldRecords held = new Given()
                .cycle(1, "2026-10-24T23:30+02:00", "2026-10-25T23:20+01:00")
                .sleep(1, "2026-10-24T22:30+01:00", "2026-10-25T06:30+01:00", false)
                .cycle(2, "2026-10-25T23:20+01:00", null)
                .sleep(2, "2026-10-25T23:20+01:00", "2026-10-26T07:00+01:00", false)
                .held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        assertThat(days.keySet()).containsExactly(LocalDate.parse("2026-10-25"), LocalDate.parse("2026-10-26"));
        assertThat(days.get(LocalDate.parse("2026-10-25")).primary().offset()).isEqualTo(ZoneOffset.ofHours(1));
    }

    @Test
    void westwardOverTheDateLineADateHasNoCycle() {
        // asleep in Honolulu until the 20th, the next night in Auckland ends on the 22nd
        HeldRecords held = new Given()
                .cycle(1, "2026-11-19T22:30-10:00", "2026-11-21T22:00+13:00")
                .sleep(1, "2026-11-19T22:30-10:00", "2026-11-20T06:30-10:00", false)
                .cycle(2, "2026-11-21T22:00+13:00", null)
                .sleep(2, "2026-11-21T22:00+13:00", "2026-11-22T06:00+13:00", false)
                .held();

        assertThat(WhoopDays.of(held).keySet()).containsExactly(SUNDAY.minusDays(2), SUNDAY);
    }

    @Test
    void aFlightInTheNightIsOfTheDateWhereItEnded() {
        // fell asleep over Europe on the 21st, woke up in Tokyo on the 22nd, while it was the 21st where the cycle
        // began
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T14:00Z", null)
                .sleep(1, "2026-11-21T23:00+09:00", "2026-11-22T07:00+09:00", false)
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(day.primary().offset()).isEqualTo(ZoneOffset.ofHours(9));
        assertThat(day.primary().cycle().timezoneOffset())
                .as("the cycle keeps its own")
                .isEqualTo(ZoneOffset.UTC);
    }

    @Test
    void cyclesOnOneDateWithoutAnySleepLeaveTheDayToTheOneThatEndsLater() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T13:00+01:00", "2026-11-21T22:00+01:00")
                .cycle(2, "2026-11-21T22:00+01:00", "2026-11-22T23:00+01:00")
                .held();

        WhoopDay day = WhoopDays.of(held).get(SUNDAY);

        assertThat(day.primary().cycleId()).isEqualTo(2);
        assertThat(day.others()).extracting(CycleRecords::cycleId).containsExactly(1L);
    }

    @Test
    void aRecoveryIsOfTheSleepItNames() {
        HeldRecords held = new Given()
                .cycle(1, "2026-11-21T23:00+01:00", null)
                .sleep(1, "2026-11-21T23:00+01:00", "2026-11-22T02:00+01:00", false)
                .recovery(1)
                .sleep(1, "2026-11-22T03:00+01:00", "2026-11-22T09:00+01:00", false)
                .held();

        CycleRecords primary = WhoopDays.of(held).get(SUNDAY).primary();

        assertThat(primary.recoveredIn()).isEqualTo(primary.otherSleeps().get(0));
    }

    @Test
    void ofNapsWhoseCycleIsNotReadTheFirstSaysTheDayWhateverTheirOrder() {
        HeldRecords held = new Given()
                .sleep(1, "2026-11-23T14:00+01:00", "2026-11-23T14:30+01:00", true)
                .sleep(1, "2026-11-22T14:00+01:00", "2026-11-22T14:30+01:00", true)
                .held();

        assertThat(WhoopDays.of(held).keySet()).containsExactly(SUNDAY);
    }

    @Tag("law")
    @Property(tries = 300)
    void daysAskedSinglyAreThoseOfTheRange(@ForAll Random random, @ForAll @IntRange(min = 0, max = 12) int from) {
        HeldRecords held = AnyRecords.of(random).held();
        DayRange range =
                new DayRange(AnyRecords.FIRST.plusDays(from), AnyRecords.FIRST.plusDays(from + random.nextInt(12)));

        List<WhoopDay> singly = new ArrayList<>();
        range.days().forEach(date -> singly.addAll(WhoopDays.of(held, DayRange.of(date))));

        assertThat(singly).isEqualTo(List.copyOf(WhoopDays.of(held, range)));
    }

    @Tag("law")
    @Property(tries = 300)
    void everyCycleAndWorkoutLiesOnExactlyOneDayWhateverTheOrder(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 8, max = 40) Integer> lengths,
            @ForAll @IntRange(min = -12, max = 14) int offset,
            @ForAll boolean sleepless,
            @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        Random random = new Random(seed);
        ZoneOffset zone = ZoneOffset.ofHours(offset);
        OffsetDateTime start = OffsetDateTime.parse("2026-11-01T22:00Z").withOffsetSameInstant(zone);
        Given given = new Given();
        long id = 0;
        for (int hours : lengths) {
            OffsetDateTime end = start.plusHours(hours);
            given.cycle(++id, start.toString(), end.toString());
            if (!sleepless || random.nextBoolean()) {
                given.sleep(
                        id,
                        start.toString(),
                        start.plusHours(1 + random.nextInt(7)).toString(),
                        false);
            }
            given.workout(start.plusMinutes(random.nextInt(hours * 60)).toString());
            start = end;
        }
        HeldRecords held = given.held();

        SortedMap<LocalDate, WhoopDay> days = WhoopDays.of(held);

        List<Long> seen = new ArrayList<>();
        int workouts = 0;
        for (WhoopDay day : days.values()) {
            if (day.primary() != null) {
                seen.add(day.primary().cycleId());
            }
            day.others().forEach(other -> seen.add(other.cycleId()));
            workouts += day.workouts().size();
        }
        assertThat(seen).hasSize(lengths.size()).doesNotHaveDuplicates();
        assertThat(workouts).isEqualTo(lengths.size());
        assertThat(WhoopDays.of(given.shuffled(random))).isEqualTo(days);
    }

    /** Records with times as a person would read them. */
    private static final class Given {

        private final List<Cycle> cycles = new ArrayList<>();
        private final List<Sleep> sleeps = new ArrayList<>();
        private final List<Recovery> recoveries = new ArrayList<>();
        private final List<Workout> workouts = new ArrayList<>();
        private int count;

        Given cycle(long id, String start, @Nullable String end) {
            OffsetDateTime from = OffsetDateTime.parse(start);
            cycles.add(new Cycle(
                    id,
                    1,
                    from.toInstant(),
                    from.toInstant(),
                    from.toInstant(),
                    end == null ? null : OffsetDateTime.parse(end).toInstant(),
                    from.getOffset(),
                    new ScoreState("PENDING_SCORE"),
                    null,
                    null));
            return this;
        }

        Given sleep(long cycleId, String start, String end, boolean nap) {
            OffsetDateTime from = OffsetDateTime.parse(start);
            sleeps.add(new Sleep(
                    new UUID(1, ++count),
                    cycleId,
                    null,
                    1,
                    from.toInstant(),
                    from.toInstant(),
                    from.toInstant(),
                    OffsetDateTime.parse(end).toInstant(),
                    from.getOffset(),
                    nap,
                    new ScoreState("PENDING_SCORE"),
                    null));
            return this;
        }

        Given recovery(long cycleId) {
            recoveries.add(new Recovery(
                    cycleId,
                    new UUID(1, count), // the sleep that was added last
                    1,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    new ScoreState("PENDING_SCORE"),
                    null));
            return this;
        }

        Given workout(String start) {
            OffsetDateTime from = OffsetDateTime.parse(start);
            workouts.add(new Workout(
                    new UUID(3, ++count),
                    null,
                    1,
                    from.toInstant(),
                    from.toInstant(),
                    from.toInstant(),
                    from.toInstant().plus(Duration.ofMinutes(30)),
                    from.getOffset(),
                    "running",
                    new ScoreState("PENDING_SCORE"),
                    null,
                    null));
            return this;
        }

        HeldRecords held() {
            return new HeldRecords(cycles, recoveries, sleeps, workouts, RecordedTimes.NONE, null, 0);
        }

        HeldRecords shuffled(Random random) {
            Collections.shuffle(cycles, random);
            Collections.shuffle(sleeps, random);
            Collections.shuffle(workouts, random);
            return held();
        }
    }
}
