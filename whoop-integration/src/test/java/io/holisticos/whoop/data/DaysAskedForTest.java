package io.holisticos.whoop.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.Fetched;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** What a day holds never depends on what else was asked for. */
class DaysAskedForTest {

    private static final Instant T0 = AnyRecords.T0;
    private static final LocalDate FIRST = AnyRecords.FIRST;
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Jdbi JDBI = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
    private static final WhoopStore STORE = new WhoopStore(JDBI, Samples.vault(JDBI));
    private static final WhoopDayStore READER = new WhoopDayStore(JDBI, Samples.vault(JDBI));

    @Test
    void aWorkoutInACycleOfTwoWeeksIsFoundWhicheverWayItsDayIsAskedFor() {
        AnyRecords records = new AnyRecords();
        records.cycle(Instant.parse("2026-11-10T06:00:00Z"), Instant.parse("2026-11-24T06:00:00Z"), ZoneOffset.UTC);
        records.workout(Instant.parse("2026-11-18T17:00:00Z"), ZoneOffset.UTC);
        UserId who = saved(records);
        LocalDate tenth = LocalDate.parse("2026-11-10");
        LocalDate eighteenth = LocalDate.parse("2026-11-18");

        SortedMap<LocalDate, WhoopDay> range = asked(who, new DayRange(tenth, eighteenth));

        assertThat(range.get(tenth).workouts()).isEmpty();
        assertThat(range.get(eighteenth).workouts()).hasSize(1);
        assertThat(asked(who, DayRange.of(tenth)).get(tenth)).isEqualTo(range.get(tenth));
        assertThat(asked(who, DayRange.of(eighteenth)).get(eighteenth)).isEqualTo(range.get(eighteenth));
    }

    @Test
    void aSleepFarFromItsCycleBringsTheWholeCycleWithIt() {
        AnyRecords records = new AnyRecords();
        long id = records.cycle(T0, T0.plus(Duration.ofHours(24)), ZoneOffset.UTC);
        records.sleep(id, T0, Duration.ofHours(7), false, ZoneOffset.UTC);
        records.sleep(id, T0.plus(Duration.ofDays(9)), Duration.ofHours(9), false, ZoneOffset.UTC);
        records.workout(T0.plus(Duration.ofHours(20)), ZoneOffset.UTC);
        UserId who = saved(records);
        LocalDate itsDay = LocalDate.parse("2026-11-18");

        WhoopDay day = asked(who, DayRange.of(itsDay)).get(itsDay);

        assertThat(day.primary().cycle()).isNotNull();
        assertThat(day.primary().otherSleeps()).hasSize(1);
        assertThat(day.workouts()).hasSize(1);
        assertThat(asked(who, DayRange.of(FIRST))).isEmpty();
    }

    @Property(tries = 80)
    void daysAskedOneByOneAreThoseOfARangeWhateverItsEdges(@ForAll Random random) {
        everyDayIsTheSameWhicheverWayItIsAskedFor(random);
    }

    @Tag("deep")
    @Property(tries = 1_500)
    void daysAskedOneByOneAreThoseOfARangeWhateverItsEdgesManyTimes(@ForAll Random random) {
        everyDayIsTheSameWhicheverWayItIsAskedFor(random);
    }

    private static void everyDayIsTheSameWhicheverWayItIsAskedFor(Random random) {
        AnyRecords records = AnyRecords.of(random);
        UserId who = saved(records);
        SortedMap<LocalDate, WhoopDay> all = WhoopDays.of(records.held()); // with everything at hand

        DayRange whole = new DayRange(FIRST.minusDays(5), FIRST.plusDays(40));
        assertThat(asked(who, whole)).isEqualTo(within(all, whole));
        for (int i = 0; i < 4; i++) {
            LocalDate from = FIRST.plusDays(random.nextInt(30) - 3);
            DayRange range = new DayRange(from, from.plusDays(random.nextInt(9)));
            assertThat(asked(who, range)).as("%s", range).isEqualTo(within(all, range));
        }
        for (LocalDate date : new DayRange(FIRST.minusDays(2), FIRST.plusDays(25)).days()) {
            assertThat(asked(who, DayRange.of(date))).as("%s", date).isEqualTo(within(all, DayRange.of(date)));
        }
    }

    private static SortedMap<LocalDate, WhoopDay> asked(UserId who, DayRange days) {
        HeldRecords held = READER.read(who, days, T0, Deadline.after(Duration.ofSeconds(20)));
        SortedMap<LocalDate, WhoopDay> found = new TreeMap<>();
        WhoopDays.of(held, days).forEach(day -> found.put(day.date(), day));
        return found;
    }

    private static SortedMap<LocalDate, WhoopDay> within(SortedMap<LocalDate, WhoopDay> all, DayRange days) {
        return new TreeMap<>(all.subMap(days.from(), days.to().plusDays(1)));
    }

    private static UserId saved(AnyRecords records) {
        UserId who = new UserId("days-" + COUNT.incrementAndGet());
        STORE.save(RecordKind.CYCLE, who, fetched(records.cycles()), T0, T0);
        STORE.save(RecordKind.SLEEP, who, fetched(records.sleeps()), T0, T0);
        STORE.save(RecordKind.RECOVERY, who, fetched(records.recoveries()), T0, T0);
        STORE.save(RecordKind.WORKOUT, who, fetched(records.workouts()), T0, T0);
        return who;
    }

    private static <T> List<Fetched<T>> fetched(List<T> records) {
        return records.stream().map(DaysAskedForTest::fetched).toList();
    }

    private static <T> Fetched<T> fetched(T record) {
        try {
            return new Fetched<>(record, Samples.MAPPER.writeValueAsBytes(record));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
