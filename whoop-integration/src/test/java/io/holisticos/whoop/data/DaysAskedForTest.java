package io.holisticos.whoop.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a day holds never depends on what else was asked for. */
class DaysAskedForTest {

    private static final Instant T0 = Instant.parse("2026-11-08T22:00:00Z");
    private static final LocalDate FIRST = LocalDate.parse("2026-11-09");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Jdbi JDBI = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
    private static final WhoopStore STORE = new WhoopStore(JDBI, Samples.vault(JDBI));
    private static final WhoopDayStore READER = new WhoopDayStore(JDBI, Samples.vault(JDBI));

    @Test
    void aWorkoutInACycleOfTwoWeeksIsFoundWhicheverWayItsDayIsAskedFor() {
        Records records = new Records();
        records.cycle(Instant.parse("2026-11-10T06:00:00Z"), Instant.parse("2026-11-24T06:00:00Z"), ZoneOffset.UTC);
        records.workout(Instant.parse("2026-11-18T17:00:00Z"), ZoneOffset.UTC);
        UserId who = records.saved();
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
        Records records = new Records();
        long id = records.cycle(T0, T0.plus(Duration.ofHours(24)), ZoneOffset.UTC);
        records.sleep(id, T0, Duration.ofHours(7), false, ZoneOffset.UTC);
        records.sleep(id, T0.plus(Duration.ofDays(9)), Duration.ofHours(9), false, ZoneOffset.UTC);
        records.workout(T0.plus(Duration.ofHours(20)), ZoneOffset.UTC);
        UserId who = records.saved();
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
        Records records = Records.random(random);
        UserId who = records.saved();
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

    /** Records of one member: by hand, or as odd as the types allow. */
    private static final class Records {

        private static final List<ZoneOffset> OFFSETS = List.of(
                ZoneOffset.ofHours(-12),
                ZoneOffset.ofHours(-10),
                ZoneOffset.UTC,
                ZoneOffset.ofHours(1),
                ZoneOffset.ofHoursMinutes(5, 45),
                ZoneOffset.ofHours(13),
                ZoneOffset.ofHours(14));

        private final List<Cycle> cycles = new ArrayList<>();
        private final List<Sleep> sleeps = new ArrayList<>();
        private final List<Recovery> recoveries = new ArrayList<>();
        private final List<Workout> workouts = new ArrayList<>();
        private int count;

        /** Cycles short and very long, open, overlapping, with gaps; nights, naps and workouts wherever they please. */
        static Records random(Random random) {
            Records records = new Records();
            Instant start = T0;
            int number = 1 + random.nextInt(8);
            for (int i = 0; i < number; i++) {
                Duration length = Duration.ofHours(1 + random.nextInt(random.nextInt(4) == 0 ? 24 * 16 : 40));
                Instant end = random.nextInt(6) == 0 ? null : start.plus(length);
                boolean held = random.nextInt(8) > 0;
                long id = held ? records.cycle(start, end, any(random)) : 1_000 + i;
                records.sleepsOf(id, start, length, random);
                start = start.plus(length).plus(Duration.ofHours(random.nextInt(4) > 0 ? 0 : random.nextInt(70) - 40));
            }
            int trained = random.nextInt(12);
            for (int i = 0; i < trained; i++) {
                records.workout(records.someMoment(random), any(random));
            }
            return records;
        }

        private void sleepsOf(long cycleId, Instant start, Duration length, Random random) {
            if (random.nextInt(4) > 0) {
                sleep(cycleId, start, Duration.ofMinutes(30 + random.nextInt(700)), false, any(random));
            }
            if (random.nextInt(5) == 0) {
                Instant later = start.plus(Duration.ofMinutes(random.nextInt((int) length.toMinutes())));
                sleep(cycleId, later, Duration.ofMinutes(30 + random.nextInt(700)), false, any(random));
            }
            if (random.nextInt(12) == 0) {
                Instant anywhere = T0.plus(Duration.ofHours(random.nextInt(24 * 20)));
                sleep(cycleId, anywhere, Duration.ofHours(1 + random.nextInt(90)), random.nextBoolean(), any(random));
            }
            if (random.nextInt(4) == 0) {
                Instant later = start.plus(Duration.ofMinutes(random.nextInt((int) length.toMinutes())));
                sleep(cycleId, later, Duration.ofMinutes(20 + random.nextInt(60)), true, any(random));
            }
            if (random.nextInt(3) > 0) {
                recoveries.add(
                        new Recovery(cycleId, new UUID(2, ++count), 1, T0, T0, new ScoreState("PENDING_SCORE"), null));
            }
        }

        /** Often where a cycle's reach ends. */
        private Instant someMoment(Random random) {
            if (cycles.isEmpty() || random.nextInt(3) == 0) {
                return T0.plus(Duration.ofMinutes(random.nextInt(60 * 24 * 22)));
            }
            Instant start = cycles.get(random.nextInt(cycles.size())).start();
            return start.plus(Duration.ofMinutes(random.nextInt(60 * 40)));
        }

        private static ZoneOffset any(Random random) {
            return random.nextInt(3) > 0 ? ZoneOffset.ofHours(1) : OFFSETS.get(random.nextInt(OFFSETS.size()));
        }

        long cycle(Instant start, @Nullable Instant end, ZoneOffset offset) {
            long id = cycles.size() + 1L;
            cycles.add(new Cycle(id, 1, T0, T0, start, end, offset, new ScoreState("PENDING_SCORE"), null, null));
            return id;
        }

        void sleep(long cycleId, Instant start, Duration length, boolean nap, ZoneOffset offset) {
            sleeps.add(new Sleep(
                    new UUID(1, ++count),
                    cycleId,
                    null,
                    1,
                    T0,
                    T0,
                    start,
                    start.plus(length),
                    offset,
                    nap,
                    new ScoreState("PENDING_SCORE"),
                    null));
        }

        void workout(Instant start, ZoneOffset offset) {
            workouts.add(new Workout(
                    new UUID(3, ++count),
                    null,
                    1,
                    T0,
                    T0,
                    start,
                    start.plus(Duration.ofMinutes(30)),
                    offset,
                    "running",
                    new ScoreState("PENDING_SCORE"),
                    null,
                    null));
        }

        HeldRecords held() {
            return new HeldRecords(cycles, recoveries, sleeps, workouts, null, 0);
        }

        UserId saved() {
            UserId who = new UserId("days-" + COUNT.incrementAndGet());
            STORE.save(RecordKind.CYCLE, who, fetched(cycles), T0, T0);
            STORE.save(RecordKind.SLEEP, who, fetched(sleeps), T0, T0);
            STORE.save(RecordKind.RECOVERY, who, fetched(recoveries), T0, T0);
            STORE.save(RecordKind.WORKOUT, who, fetched(workouts), T0, T0);
            return who;
        }

        private static <T> List<Fetched<T>> fetched(List<T> records) {
            return records.stream().map(Records::fetched).toList();
        }

        private static <T> Fetched<T> fetched(T record) {
            try {
                return new Fetched<>(record, Samples.MAPPER.writeValueAsBytes(record));
            } catch (JsonProcessingException e) {
                throw new AssertionError(e);
            }
        }
    }
}
