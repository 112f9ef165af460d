package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Cycle;
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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Records of one member: by hand, or as odd as the types allow. */
final class AnyRecords {

    static final Instant T0 = Instant.parse("2026-11-08T22:00:00Z");
    static final LocalDate FIRST = LocalDate.parse("2026-11-09");

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

    List<Cycle> cycles() {
        return cycles;
    }

    List<Sleep> sleeps() {
        return sleeps;
    }

    List<Recovery> recoveries() {
        return recoveries;
    }

    List<Workout> workouts() {
        return workouts;
    }

    /** Cycles short and very long, open, overlapping, with gaps; nights, naps and workouts wherever they please. */
    static AnyRecords of(Random random) {
        AnyRecords records = new AnyRecords();
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
        return new HeldRecords(cycles, recoveries, sleeps, workouts, RecordedTimes.NONE, null, 0);
    }
}
