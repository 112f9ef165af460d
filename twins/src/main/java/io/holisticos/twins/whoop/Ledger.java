package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Person;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything WHOOP has recorded about one member, as of any moment: the world's facts, with later edits on top.
 *
 * <p>Collections come newest first and are made lazily, so that a page costs what it shows. Safe for any number of
 * threads.
 */
final class Ledger {
    private final Person person;
    private final Ids ids;
    private final Timeline timeline;
    private final Edits edits;
    private final CycleRecords cycles;
    private final RecoveryRecords recoveries;
    private final SleepRecords sleeps;
    private final WorkoutRecords workouts;
    private final CachedRecords cachedCycles;
    private final CachedRecords cachedRecoveries;
    private final CachedRecords cachedSleeps;
    private final CachedRecords cachedWorkouts;

    Ledger(Person person, Instant worldStart, Scoring scoring) {
        this.person = person;
        this.ids = new Ids(person);
        this.timeline = new Timeline(person, ids, scoring);
        this.edits = new Edits(person, ids);
        this.workouts = new WorkoutRecords(person, ids, timeline, edits);
        this.cycles = new CycleRecords(person, ids, timeline, edits, workouts, worldStart);
        this.sleeps = new SleepRecords(person, ids, timeline, edits);
        this.recoveries = new RecoveryRecords(person, ids, timeline, edits, sleeps);
        this.cachedCycles = new CachedRecords(cycles, edits);
        this.cachedRecoveries = new CachedRecords(recoveries, edits);
        this.cachedSleeps = new CachedRecords(sleeps, edits);
        this.cachedWorkouts = new CachedRecords(workouts, edits);
    }

    Person person() {
        return person;
    }

    // ---- collections, newest first -------------------------------------------------------------------------------

    Stream<WireRecord> cycles(Instant now, @Nullable Instant before) {
        return collection(cachedCycles, now, before);
    }

    Stream<WireRecord> recoveries(Instant now, @Nullable Instant before) {
        return collection(cachedRecoveries, now, before);
    }

    Stream<WireRecord> sleeps(Instant now, @Nullable Instant before) {
        return collection(cachedSleeps, now, before);
    }

    Stream<WireRecord> workouts(Instant now, @Nullable Instant before) {
        return collection(cachedWorkouts, now, before);
    }

    private Stream<WireRecord> collection(CachedRecords records, Instant now, @Nullable Instant before) {
        return timeline.days(now, before).boxed().flatMap(day -> records.on(day, now));
    }

    // ---- single records ------------------------------------------------------------------------------------------

    Optional<WireRecord> cycleOf(long cycleId, Instant now) {
        return dayOf(cycleId, now).map(day -> cycles.cycle(day, now));
    }

    Optional<WireRecord> sleepOf(long cycleId, Instant now) {
        return dayOf(cycleId, now).filter(sleeps::hasMainSleep).map(day -> sleeps.mainSleep(day, now));
    }

    Optional<WireRecord> recoveryOf(long cycleId, Instant now) {
        return dayOf(cycleId, now).filter(sleeps::hasMainSleep).map(day -> recoveries.recovery(day, now));
    }

    private Optional<Long> dayOf(long cycleId, Instant now) {
        return timeline.dayOfCycle(cycleId, now).stream().boxed().findAny();
    }

    Optional<WireRecord> sleep(UUID id, Instant now) {
        return find(sleeps(now, null), id);
    }

    Optional<WireRecord> workout(UUID id, Instant now) {
        return find(workouts(now, null), id);
    }

    private static Optional<WireRecord> find(Stream<WireRecord> records, UUID id) {
        String key = id.toString();
        return records.filter(record -> record.key().equals(key)).findFirst();
    }

    /** The id that the record with this numeric id has now; empty when no record had it. */
    Optional<UUID> ofOldId(long oldId, Instant now) {
        return timeline.dayOfOldId(oldId, now).stream()
                .boxed()
                .flatMap(day -> Stream.concat(sleeps.on(day, now).stream(), workouts.on(day, now).stream()))
                .filter(record -> Long.valueOf(oldId).equals(record.json().get("v1_id")))
                .map(record -> UUID.fromString(record.key()))
                .findFirst();
    }

    // ---- edits ---------------------------------------------------------------------------------------------------

    /** Scores a sleep again; returns false when there is no such sleep. */
    boolean rescore(UUID sleep, Instant now) {
        return editSleep(sleep, now, edit -> edit.rescored(now));
    }

    /** Moves both ends of the sleep inwards, as a member correcting it would; returns false when there is none. */
    boolean trim(UUID sleep, Instant now) {
        return editSleep(sleep, now, edit -> edit.trimmed(now));
    }

    /** Deletes a sleep, and with a main sleep its recovery; returns false when there is no such sleep. */
    boolean deleteSleep(UUID sleep, Instant now) {
        return editSleep(sleep, now, edit -> edit.deleted(now));
    }

    private boolean editSleep(UUID sleep, Instant now, UnaryOperator<Edit> change) {
        return sleep(sleep, now).isPresent() && changed(sleep, change);
    }

    /** Deletes a workout; returns false when there is no such workout. */
    boolean deleteWorkout(UUID workout, Instant now) {
        return workout(workout, now).isPresent() && changed(workout, edit -> edit.deleted(now));
    }

    private boolean changed(UUID record, UnaryOperator<Edit> change) {
        edits.change(record, change);
        return true;
    }

    /** Enters a workout by hand that ended just now; returns its id. */
    UUID addWorkout(Instant now) {
        return edits.enterWorkout(timeline.dayOfEntry(now), now);
    }

    /** Whether that sleep is a main sleep, so that its recovery is scored and deleted with it. */
    boolean isMainSleep(UUID sleep, Instant now) {
        return timeline.days(now, null).anyMatch(day -> ids.mainSleep(day).equals(sleep));
    }

    // ---- events --------------------------------------------------------------------------------------------------

    /** Events that time, not an edit, brings about; oldest first, the start exclusive, the end inclusive. */
    List<Event> events(Instant after, Instant until) {
        return timeline.events(after, until).stream()
                .filter(event -> !edits.isDeleted(event.recordId()))
                .toList();
    }

    /** When time brings about the next event, which may be of a deleted record. */
    Instant nextEventAt(Instant after) {
        return timeline.nextEventAt(after);
    }

    /** An event of an edit; the moment of the edit is part of its trace id. */
    Event event(String type, UUID record, Instant at) {
        return new Event(person.whoopUserId(), record, type, ids.trace(type, record, at.toEpochMilli()), at);
    }
}
