package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Dice;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.Sport;
import io.holisticos.twins.world.Workout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** All edits of one member's records, and the workouts entered by hand. Safe for any number of threads. */
final class Edits {
    private static final int FIRST_NUMBER = 8; // above the workouts that the world makes in a day

    private final Person person;
    private final Ids ids;
    private final Map<UUID, Edit> byRecord = new ConcurrentHashMap<>();
    private final Map<Long, List<Workout>> entered = new ConcurrentHashMap<>();
    private final AtomicLong edition = new AtomicLong();

    Edits(Person person, Ids ids) {
        this.person = person;
        this.ids = ids;
    }

    /** Counts the edits: what was made in an earlier edition may be out of date. */
    long edition() {
        return edition.get();
    }

    Edit of(UUID record) {
        return byRecord.getOrDefault(record, Edit.NONE);
    }

    boolean isEdited(UUID record) {
        return byRecord.containsKey(record);
    }

    boolean isDeleted(UUID record) {
        return of(record).deleted();
    }

    void change(UUID record, UnaryOperator<Edit> change) {
        byRecord.compute(record, (id, edit) -> change.apply(edit == null ? Edit.NONE : edit));
        edition.incrementAndGet();
    }

    /** Enters a workout that ended a minute ago; returns its id. */
    UUID enterWorkout(long day, Instant now) {
        List<Workout> ofDay = entered.computeIfAbsent(day, key -> new ArrayList<>());
        synchronized (ofDay) {
            Workout workout = workout(day, FIRST_NUMBER + ofDay.size(), now.minusSeconds(60));
            ofDay.add(workout);
            UUID id = ids.workout(day, workout.number());
            byRecord.put(id, Edit.enteredAt(now));
            edition.incrementAndGet();
            return id;
        }
    }

    /** The workouts of a day that were entered by hand. */
    List<Workout> enteredOn(long day) {
        List<Workout> ofDay = entered.get(day);
        if (ofDay == null) {
            return List.of();
        }
        synchronized (ofDay) {
            return List.copyOf(ofDay);
        }
    }

    private Workout workout(long day, int number, Instant end) {
        Dice chance = person.dice("added workout", day * 64 + number);
        long minutes = chance.whole(20, 45);
        Sport sport = Sport.ALL.get(chance.whole(0, Sport.ALL.size() - 1));
        int average = chance.whole(110, 150);
        double kilojoule = minutes * (average - 60) * 0.45;
        long sixth = minutes * 60_000 / 6;
        List<Long> zones = List.of(sixth, sixth, sixth, sixth, sixth, minutes * 60_000 - 5 * sixth);
        return new Workout(
                day,
                number,
                end.minus(Duration.ofMinutes(minutes)),
                end,
                person.offsetAt(end),
                sport,
                average,
                average + chance.whole(10, 30),
                kilojoule,
                100,
                zones,
                null);
    }
}
