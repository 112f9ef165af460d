package io.holisticos.whoop.data;

import io.holisticos.health.DayRange;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which day of the person a WHOOP record belongs to. WHOOP's cycles are not days: two can begin on one date and none on
 * another. Every date is a local one, by the record's own offset; no server's zone and no calendar comes into it.
 */
public final class WhoopDays {

    /** From the start of a cycle to the middle of its day, for a cycle that nobody slept in. */
    public static final Duration TO_THE_DAY = Duration.ofHours(12);

    /**
     * How long after its start a cycle still decides the day of a workout: a day awake and the night before it. A cycle that no
     * sleep ends runs for days, and must not decide the day of a workout in its second week. What a longer cycle counted is of
     * several days together, too, and of none alone.
     */
    public static final Duration REACH = Duration.ofHours(36);

    private static final Comparator<Sleep> BY_LENGTH =
            Comparator.comparing(WhoopDays::lengthOf).thenComparing(Sleep::end).thenComparing(Sleep::id);

    private static final Comparator<CycleRecords> BY_WEIGHT = Comparator.comparing(WhoopDays::mainSleepOf)
            .thenComparing(WhoopDays::endOf)
            .thenComparing(CycleRecords::cycleId);

    /**
     * Cycles overlap where WHOOP left an old one open. The younger one then is the one that the member lives in, however
     * long the night of the older one was.
     */
    private static final Comparator<CycleRecords> LATEST_BEGUN =
            Comparator.comparing(WhoopDays::startOf).thenComparing(BY_WEIGHT);

    private WhoopDays() {}

    /**
     * Those of the days that have records, oldest first.
     *
     * @param held what {@link WhoopDayStore#read} gives for these days or for more
     */
    public static Collection<WhoopDay> of(HeldRecords held, DayRange days) {
        return of(held).subMap(days.from(), days.to().plusDays(1)).values();
    }

    /** Every day that any of these records belongs to, oldest first. A recovery without its sleep and cycle has none. */
    static SortedMap<LocalDate, WhoopDay> of(HeldRecords held) {
        List<CycleRecords> cycles = together(held);
        SortedMap<LocalDate, List<CycleRecords>> cyclesByDay = new TreeMap<>();
        for (CycleRecords cycle : cycles) {
            dayOf(cycle)
                    .ifPresent(day -> cyclesByDay
                            .computeIfAbsent(day, any -> new ArrayList<>())
                            .add(cycle));
        }
        SortedMap<LocalDate, List<Workout>> workoutsByDay = new TreeMap<>();
        for (Workout workout : held.workouts()) {
            workoutsByDay
                    .computeIfAbsent(dayOf(workout, cycles), any -> new ArrayList<>())
                    .add(workout);
        }
        SortedMap<LocalDate, WhoopDay> days = new TreeMap<>();
        cyclesByDay.forEach((day, ofDay) -> days.put(day, day(day, ofDay, workoutsByDay.getOrDefault(day, List.of()))));
        workoutsByDay.forEach((day, workouts) -> days.computeIfAbsent(day, any -> day(day, List.of(), workouts)));
        return days;
    }

    private static WhoopDay day(LocalDate date, List<CycleRecords> cycles, List<Workout> workouts) {
        CycleRecords primary = cycles.stream().max(BY_WEIGHT).orElse(null);
        List<CycleRecords> others = cycles.stream()
                .filter(cycle -> !cycle.equals(primary))
                .sorted(Comparator.comparing(WhoopDays::endOf).thenComparing(CycleRecords::cycleId))
                .toList();
        List<Workout> inOrder = workouts.stream()
                .sorted(Comparator.comparing(Workout::start).thenComparing(Workout::id))
                .toList();
        return new WhoopDay(date, primary, others, inOrder);
    }

    /** The day of the main sleep, else of the cycle, else of a nap: the first of them that is held. */
    private static Optional<LocalDate> dayOf(CycleRecords records) {
        Sleep sleep = records.sleep();
        if (sleep != null) {
            return Optional.of(localDate(sleep.end(), sleep.timezoneOffset()));
        }
        Cycle cycle = records.cycle();
        if (cycle != null) {
            return Optional.of(localDate(cycle.start().plus(TO_THE_DAY), cycle.timezoneOffset()));
        }
        return records.naps().stream().findFirst().map(nap -> localDate(nap.end(), nap.timezoneOffset()));
    }

    private static LocalDate dayOf(Workout workout, List<CycleRecords> cycles) {
        return cycles.stream()
                .filter(cycle -> cycle.contains(workout.start(), REACH))
                .max(LATEST_BEGUN)
                .flatMap(WhoopDays::dayOf)
                .orElseGet(() -> localDate(workout.start(), workout.timezoneOffset()));
    }

    private static List<CycleRecords> together(HeldRecords held) {
        Map<Long, Parts> byCycle = new TreeMap<>();
        held.cycles().forEach(cycle -> partsOf(byCycle, cycle.id()).cycle = cycle);
        held.recoveries().forEach(recovery -> partsOf(byCycle, recovery.cycleId()).recovery = recovery);
        held.sleeps().forEach(sleep -> partsOf(byCycle, sleep.cycleId()).add(sleep));
        List<CycleRecords> together = new ArrayList<>();
        byCycle.forEach((cycleId, parts) -> together.add(parts.of(cycleId)));
        return together;
    }

    private static Parts partsOf(Map<Long, Parts> byCycle, long cycleId) {
        return byCycle.computeIfAbsent(cycleId, any -> new Parts());
    }

    private static Duration lengthOf(Sleep sleep) {
        return Duration.between(sleep.start(), sleep.end());
    }

    private static Duration mainSleepOf(CycleRecords records) {
        Sleep sleep = records.sleep();
        return sleep == null ? Duration.ZERO : lengthOf(sleep);
    }

    private static Instant startOf(CycleRecords records) {
        Cycle cycle = records.cycle();
        return cycle == null ? Instant.MIN : cycle.start();
    }

    private static Instant endOf(CycleRecords records) {
        Cycle cycle = records.cycle();
        if (cycle != null) {
            Instant end = cycle.end();
            return end == null ? Instant.MAX : end;
        }
        Sleep sleep = records.sleep();
        return sleep == null ? Instant.MIN : sleep.end();
    }

    private static LocalDate localDate(Instant moment, ZoneOffset offset) {
        return LocalDate.ofInstant(moment, offset);
    }

    /** A cycle's records while they are collected. */
    private static final class Parts {

        private @Nullable Cycle cycle;
        private @Nullable Recovery recovery;
        private final List<Sleep> nights = new ArrayList<>();
        private final List<Sleep> naps = new ArrayList<>();

        void add(Sleep sleep) {
            (sleep.nap() ? naps : nights).add(sleep);
        }

        CycleRecords of(long cycleId) {
            nights.sort(BY_LENGTH.reversed());
            naps.sort(Comparator.comparing(Sleep::start).thenComparing(Sleep::id));
            return new CycleRecords(
                    cycleId,
                    cycle,
                    recovery,
                    nights.isEmpty() ? null : nights.get(0),
                    naps,
                    nights.isEmpty() ? List.of() : nights.subList(1, nights.size()));
        }
    }
}
