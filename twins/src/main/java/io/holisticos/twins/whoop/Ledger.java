package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Activity;
import io.holisticos.twins.world.BodyDay;
import io.holisticos.twins.world.Dice;
import io.holisticos.twins.world.Nap;
import io.holisticos.twins.world.Night;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.Sport;
import io.holisticos.twins.world.Stages;
import io.holisticos.twins.world.Workout;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything WHOOP has recorded about one member, as of any moment: the world's facts, later edits on top.
 *
 * <p>Collections come newest first and are made lazily, so that a page costs what it shows. Safe for any number of
 * threads.
 */
final class Ledger {
    private static final Duration TICK = Duration.ofMinutes(10); // how often the open cycle is scored again
    private static final Duration STEPS_SINCE = Duration.ofDays(30); // older records have no step_count
    private static final double LEFT_OUT = 0.3; // of nights: their stages do not fill the time in bed
    private static final Duration MOST_LEFT_OUT = Duration.ofMinutes(30); // WHOOP's own example lacks 24 minutes
    private static final double KILOJOULE = 4.184;
    private static final int MAIN = 0;

    private final Person person;
    private final Ids ids;
    private final Instant stepsFrom;
    private final long firstDay;
    private final Map<UUID, Edit> edits = new ConcurrentHashMap<>();
    private final Map<Long, List<Workout>> added = new ConcurrentHashMap<>();
    private final Map<Long, Activity> closedCycles = new ConcurrentHashMap<>();
    private final Scoring scoring;
    private final AtomicLong edition = new AtomicLong();
    private final Map<Long, Kept> keptCycles = new ConcurrentHashMap<>();
    private final Map<Long, Kept> keptRecoveries = new ConcurrentHashMap<>();
    private final Map<Long, Kept> keptSleeps = new ConcurrentHashMap<>();
    private final Map<Long, Kept> keptWorkouts = new ConcurrentHashMap<>();
    private volatile Quiet quiet = new Quiet(Instant.MAX, Instant.MIN);

    Ledger(Person person, Instant worldStart, Scoring scoring) {
        this.person = person;
        this.scoring = scoring;
        this.ids = new Ids(person);
        this.stepsFrom = worldStart.minus(STEPS_SINCE);
        this.firstDay = person.firstDay();
    }

    Person person() {
        return person;
    }

    Ids ids() {
        return ids;
    }

    // ---- collections, newest first -------------------------------------------------------------------------------

    Stream<WireRecord> cycles(Instant now, @Nullable Instant before) {
        long newest = lastDay(now);
        return days(now, before)
                .boxed()
                .flatMap(day -> kept(
                        keptCycles,
                        day,
                        now,
                        () -> untilCycleChanges(day, newest, now),
                        () -> List.of(cycle(day, newest, now))));
    }

    Stream<WireRecord> recoveries(Instant now, @Nullable Instant before) {
        return days(now, before)
                .boxed()
                .flatMap(day -> kept(
                        keptRecoveries,
                        day,
                        now,
                        () -> schedule(person.day(day).night()).next(now),
                        () -> hasMainSleep(day) ? List.of(recovery(day, now)) : List.of()));
    }

    Stream<WireRecord> sleeps(Instant now, @Nullable Instant before) {
        return days(now, before)
                .boxed()
                .flatMap(
                        day -> kept(keptSleeps, day, now, () -> untilSleepsChange(day, now), () -> sleepsOf(day, now)));
    }

    Stream<WireRecord> workouts(Instant now, @Nullable Instant before) {
        return days(now, before)
                .boxed()
                .flatMap(day ->
                        kept(keptWorkouts, day, now, () -> untilWorkoutsChange(day, now), () -> workoutsOf(day, now)));
    }

    // ---- single records ------------------------------------------------------------------------------------------

    Optional<WireRecord> cycleOf(long cycleId, Instant now) {
        return dayOf(cycleId, now).map(day -> cycle(day, lastDay(now), now));
    }

    Optional<WireRecord> sleepOf(long cycleId, Instant now) {
        return dayOf(cycleId, now).filter(this::hasMainSleep).map(day -> mainSleep(day, now));
    }

    Optional<WireRecord> recoveryOf(long cycleId, Instant now) {
        return dayOf(cycleId, now).filter(this::hasMainSleep).map(day -> recovery(day, now));
    }

    Optional<WireRecord> sleep(UUID id, Instant now) {
        String key = id.toString();
        return sleeps(now, null).filter(record -> record.key().equals(key)).findFirst();
    }

    Optional<WireRecord> workout(UUID id, Instant now) {
        String key = id.toString();
        return workouts(now, null).filter(record -> record.key().equals(key)).findFirst();
    }

    // ---- edits ---------------------------------------------------------------------------------------------------

    /** Scores again; returns false when there is no such sleep. */
    boolean rescore(UUID sleep, Instant now) {
        return edit(sleep, now, edit -> edit.again(now));
    }

    /** Moves both ends of the sleep inwards, as a member correcting it would. */
    boolean trim(UUID sleep, Instant now) {
        return edit(sleep, now, edit -> edit.trimmed(now));
    }

    /** Deletes a sleep, and with it the recovery of a main sleep. */
    boolean deleteSleep(UUID sleep, Instant now) {
        return edit(sleep, now, edit -> edit.gone(now));
    }

    boolean deleteWorkout(UUID workout, Instant now) {
        if (workout(workout, now).isEmpty()) {
            return false;
        }
        edits.compute(workout, (id, held) -> Edit.orNone(held).gone(now));
        edition.incrementAndGet();
        return true;
    }

    /** A workout entered by hand that ended just now. */
    UUID addWorkout(Instant now) {
        long day = Math.max(firstDay, person.lastDay(now));
        List<Workout> more = added.computeIfAbsent(day, key -> new ArrayList<>());
        synchronized (more) {
            int number = 8 + more.size(); // above what the world makes in a day
            Dice chance = person.dice("added workout", day * 64 + number);
            long minutes = chance.whole(20, 45);
            Sport sport = Sport.ALL.get(chance.whole(0, Sport.ALL.size() - 1));
            Instant end = now.minusSeconds(60);
            int average = chance.whole(110, 150);
            double kilojoule = minutes * (average - 60) * 0.45;
            long sixth = minutes * 60_000 / 6;
            List<Long> zones = List.of(sixth, sixth, sixth, sixth, sixth, minutes * 60_000 - 5 * sixth);
            more.add(new Workout(
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
                    null));
            UUID id = ids.workout(day, number);
            edits.put(id, Edit.NONE.enteredAt(now));
            edition.incrementAndGet();
            return id;
        }
    }

    /** Whether that sleep is a main sleep, so that its recovery shares its fate. */
    boolean isMainSleep(UUID sleep, Instant now) {
        return days(now, null).anyMatch(day -> ids.sleep(day, MAIN).equals(sleep));
    }

    private boolean edit(UUID sleep, Instant now, UnaryOperator<Edit> change) {
        if (sleep(sleep, now).isEmpty()) {
            return false;
        }
        edits.compute(sleep, (id, held) -> change.apply(Edit.orNone(held)));
        edition.incrementAndGet();
        return true;
    }

    // ---- what was made once and is still good --------------------------------------------------------------------

    /** A day's records as they are until something happens to them. */
    private Stream<WireRecord> kept(
            Map<Long, Kept> all,
            Long day,
            Instant now,
            Supplier<Instant> untilChange,
            Supplier<List<WireRecord>> records) {
        long current = edition.get(); // before looking: an edit meanwhile makes this outdated
        Kept held = all.get(day);
        if (held == null || !held.isGood(current, now)) {
            held = new Kept(List.copyOf(records.get()), current, now, untilChange.get());
            all.put(day, held);
        }
        return held.records().stream();
    }

    private Instant untilCycleChanges(long day, long newest, Instant now) {
        if (day < newest) {
            return Instant.MAX;
        }
        Instant scored = schedule(person.day(day).night()).next(now);
        Instant closed = schedule(person.day(day + 1).night()).seen();
        return earlier(tick(now).plus(TICK), earlier(scored, closed));
    }

    private Instant untilSleepsChange(long day, Instant now) {
        BodyDay facts = person.day(day);
        Instant next = schedule(facts.night()).next(now);
        for (Nap nap : facts.naps()) {
            next = earlier(next, schedule(nap).next(now));
        }
        return next;
    }

    private Instant untilWorkoutsChange(long day, Instant now) {
        return person.day(day).workouts().stream()
                .map(workout -> schedule(workout).next(now))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private static Instant tick(Instant now) {
        return Instant.ofEpochMilli(now.toEpochMilli() - Math.floorMod(now.toEpochMilli(), TICK.toMillis()));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    // ---- what becomes visible as time passes ---------------------------------------------------------------------

    /** Events by nature (not by edits) in the span, oldest first; the start is exclusive, the end inclusive. */
    List<Event> events(Instant after, Instant until) {
        Quiet known = quiet;
        if (!after.isBefore(known.from()) && until.isBefore(known.to())) {
            return List.of();
        }
        List<Event> all = around(after, until);
        all.stream()
                .map(Event::at)
                .filter(at -> at.isAfter(until))
                .min(Comparator.naturalOrder())
                .ifPresent(at -> quiet = new Quiet(until, at));
        return all.stream()
                .filter(event -> event.at().isAfter(after) && !event.at().isAfter(until))
                .filter(event -> !isDeleted(event.recordId()))
                .sorted(Comparator.comparing(Event::at))
                .toList();
    }

    /** When the next event by nature comes, of a deleted record too. */
    Instant nextEventAt(Instant after) {
        return around(after, after).stream()
                .map(Event::at)
                .filter(at -> at.isAfter(after))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private List<Event> around(Instant after, Instant until) {
        List<Event> all = new ArrayList<>();
        long next = person.lastDay(until) + 1;
        for (long day = Math.max(firstDay, person.lastDay(after) - 1); day <= next; day++) {
            announceDay(all, day);
        }
        return all;
    }

    private void announceDay(List<Event> events, long day) {
        BodyDay facts = person.day(day);
        UUID sleep = ids.sleep(day, MAIN);
        Schedule night = schedule(facts.night());
        announce(events, "sleep.updated", sleep, early(facts.night(), night), 0);
        announce(events, "sleep.updated", sleep, night.scored(), 1);
        announce(events, "recovery.updated", sleep, night.scored(), 1);
        announce(events, "sleep.updated", sleep, night.rescored(), 2);
        announce(events, "recovery.updated", sleep, night.rescored(), 2);
        for (int i = 0; i < facts.naps().size(); i++) {
            Schedule nap = schedule(facts.naps().get(i));
            announce(events, "sleep.updated", ids.sleep(day, 1 + i), nap.scored(), 1);
            announce(events, "sleep.updated", ids.sleep(day, 1 + i), nap.rescored(), 2);
        }
        for (Workout workout : facts.workouts()) {
            Schedule bout = schedule(workout);
            UUID id = ids.workout(day, workout.number());
            announce(events, "workout.updated", id, bout.scored(), 1);
            announce(events, "workout.updated", id, bout.rescored(), 2);
        }
    }

    /** When a night is told of before it has a score; null when it is not. */
    private @Nullable Instant early(Night night, Schedule schedule) {
        Dice chance = person.dice("early event", night.day());
        if (!chance.chance(scoring.early())) {
            return null;
        }
        boolean readable = !chance.chance(scoring.unreadable());
        long head = Duration.between(night.end(), schedule.seen()).toMillis();
        return readable ? schedule.seen() : night.end().plusMillis((long) (head * chance.between(0.1, 0.9)));
    }

    /** An event of an edit, named after the moment of the edit. */
    Event event(String type, UUID id, Instant at) {
        return new Event(person.whoopUserId(), id, type, ids.trace(type, id, at.toEpochMilli()), at);
    }

    private void announce(List<Event> events, String type, UUID id, @Nullable Instant at, int version) {
        if (at != null) {
            events.add(new Event(person.whoopUserId(), id, type, ids.trace(type, id, version), at));
        }
    }

    // ---- days ----------------------------------------------------------------------------------------------------

    private LongStream days(Instant now, @Nullable Instant before) {
        long last = lastDay(now);
        if (before != null && before.isBefore(now)) {
            last = Math.min(last, person.lastDay(before) + 1);
        }
        long newest = last;
        return newest < firstDay
                ? LongStream.empty()
                : LongStream.rangeClosed(0, newest - firstDay).map(back -> newest - back);
    }

    /** The newest day that WHOOP knows of. */
    private long lastDay(Instant now) {
        long last = person.lastDay(now);
        return last >= firstDay && schedule(person.day(last).night()).seen().isAfter(now) ? last - 1 : last;
    }

    private Optional<Long> dayOf(long cycleId, Instant now) {
        return ids.dayOfCycle(cycleId).stream()
                .filter(day -> day >= firstDay && day <= lastDay(now))
                .boxed()
                .findAny();
    }

    private boolean hasMainSleep(long day) {
        return !isDeleted(ids.sleep(day, MAIN));
    }

    private boolean isDeleted(UUID id) {
        return editOf(id).deleted();
    }

    private Edit editOf(UUID id) {
        return Edit.orNone(edits.get(id));
    }

    private Schedule schedule(Night night) {
        return Schedule.ofNight(night.end(), person.dice("night schedule", night.day()), scoring.rescoredNights());
    }

    private Schedule schedule(Nap nap) {
        return Schedule.ofActivity(nap.end(), person.dice("nap schedule", nap.day()), scoring.rescoredActivities());
    }

    private Schedule schedule(Workout workout) {
        return Schedule.ofActivity(
                workout.end(),
                person.dice("workout schedule", workout.day() * 16 + workout.number()),
                scoring.rescoredActivities());
    }

    private static Instant later(Instant one, @Nullable Instant other) {
        return other == null || one.isAfter(other) ? one : other;
    }

    // ---- cycle ---------------------------------------------------------------------------------------------------

    private WireRecord cycle(long day, long newest, Instant now) {
        Instant start = sleepStart(day);
        Instant end = day < newest ? sleepStart(day + 1) : null;
        return new WireRecord(Long.toString(ids.cycle(day)), start, end, () -> cycleJson(day, start, end, now));
    }

    private Instant sleepStart(long day) {
        return person.day(day).night().start().plus(editOf(ids.sleep(day, MAIN)).startsLater());
    }

    private Map<String, Object> cycleJson(long day, Instant start, @Nullable Instant end, Instant now) {
        Night night = person.day(day).night();
        Schedule schedule = schedule(night);
        boolean pending = schedule.scored().isAfter(now);
        Instant edited = editOf(ids.sleep(day, MAIN)).at();
        Instant scoredUntil;
        Instant updated;
        if (end == null) {
            scoredUntil = later(tick(now), schedule.scored());
            updated = pending ? schedule.seen() : scoredUntil;
        } else {
            scoredUntil = end;
            updated = later(
                    schedule(person.day(day + 1).night()).seen(),
                    editOf(ids.sleep(day + 1, MAIN)).at());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", ids.cycle(day));
        json.put("user_id", person.whoopUserId());
        json.put("created_at", Wire.time(schedule.seen()));
        json.put("updated_at", Wire.time(later(updated, edited)));
        json.put("start", Wire.time(start));
        json.put("end", end == null ? null : Wire.time(end));
        json.put("timezone_offset", offset(person.offsetAt(start)));
        boolean scored = !pending && night.measured();
        json.put("score_state", state(pending, night.measured()));
        Activity activity = scored ? activity(day, start, end, scoredUntil) : null;
        json.put("score", activity == null ? null : cycleScore(day, activity, start, scoredUntil));
        boolean counted = activity != null && !person.membership().oldStrap() && start.isAfter(stepsFrom);
        json.put("step_count", counted && activity != null ? activity.steps() : null);
        return json;
    }

    private Activity activity(long day, Instant start, @Nullable Instant end, Instant until) {
        boolean edited = edits.containsKey(ids.sleep(day, MAIN)) || edits.containsKey(ids.sleep(day + 1, MAIN));
        if (end == null || edited) {
            return person.activity(start, until);
        }
        Activity held = closedCycles.get(day);
        if (held == null) {
            held = person.activity(start, until);
            closedCycles.put(day, held);
        }
        return held;
    }

    private Map<String, Object> cycleScore(long day, Activity activity, Instant start, Instant until) {
        double fitness = person.traits().fitness();
        double kilocalories = activity.activeKilocalories();
        double strain = 21 * (1 - StrictMath.exp(-(kilocalories + 40) / (650 + 500 * fitness)));
        double hours = Duration.between(start, until).toMillis() / 3_600_000.0;
        double resting = person.day(day).night().vitals().restingHeartRate();
        double basal = 22.0 * person.traits().weightKilogram() / 24 * hours;
        int highest = workouts(day).stream()
                .filter(workout -> !workout.end().isAfter(until))
                .mapToInt(Workout::maxHeartRate)
                .max()
                .orElse((int) (resting + 52 + activity.intenseMinutes()));
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("strain", Wire.single(strain));
        score.put("kilojoule", Wire.single((basal + kilocalories) * KILOJOULE));
        score.put("average_heart_rate", (int) Math.round(resting + 9 + kilocalories / Math.max(1, hours) / 4));
        score.put("max_heart_rate", highest);
        return score;
    }

    // ---- sleep ---------------------------------------------------------------------------------------------------

    private List<WireRecord> sleepsOf(long day, Instant now) {
        List<WireRecord> records = new ArrayList<>();
        List<Nap> naps = person.day(day).naps();
        for (int i = naps.size() - 1; i >= 0; i--) {
            if (!schedule(naps.get(i)).seen().isAfter(now) && !isDeleted(ids.sleep(day, 1 + i))) {
                records.add(nap(naps.get(i), 1 + i, now));
            }
        }
        if (hasMainSleep(day)) {
            records.add(mainSleep(day, now));
        }
        return records;
    }

    private WireRecord mainSleep(long day, Instant now) {
        Night night = person.day(day).night();
        UUID id = ids.sleep(day, MAIN);
        Edit edit = editOf(id);
        Instant start = night.start().plus(edit.startsLater());
        Instant end = night.end().minus(edit.endsEarlier());
        return new WireRecord(id.toString(), start, end, () -> {
            Schedule schedule = schedule(night);
            boolean pending = schedule.scored().isAfter(now);
            Map<String, Object> json = sleepJson(
                    day, MAIN, schedule.seen(), later(schedule.updated(now), edit.at()), start, end, night.offset());
            json.put("nap", false);
            json.put("score_state", state(pending, night.measured()));
            json.put("score", pending || !night.measured() ? null : nightScore(night, edit, schedule.rescores(now)));
            return json;
        });
    }

    private WireRecord nap(Nap nap, int number, Instant now) {
        UUID id = ids.sleep(nap.day(), number);
        Edit edit = editOf(id);
        Instant start = nap.start().plus(edit.startsLater());
        Instant end = nap.end().minus(edit.endsEarlier());
        return new WireRecord(id.toString(), start, end, () -> {
            Schedule schedule = schedule(nap);
            boolean pending = schedule.scored().isAfter(now);
            Map<String, Object> json = sleepJson(
                    nap.day(),
                    number,
                    schedule.seen(),
                    later(schedule.updated(now), edit.at()),
                    start,
                    end,
                    nap.offset());
            json.put("nap", true);
            json.put("score_state", state(pending, true));
            json.put("score", pending ? null : napScore(nap, edit));
            return json;
        });
    }

    private Map<String, Object> sleepJson(
            long day, int number, Instant created, Instant updated, Instant start, Instant end, ZoneOffset offset) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", ids.sleep(day, number).toString());
        json.put("cycle_id", ids.cycle(day));
        json.put("v1_id", ids.oldSleep(day, number, created));
        json.put("user_id", person.whoopUserId());
        json.put("created_at", Wire.time(created));
        json.put("updated_at", Wire.time(updated));
        json.put("start", Wire.time(start));
        json.put("end", Wire.time(end));
        json.put("timezone_offset", offset(offset));
        return json;
    }

    private Map<String, Object> nightScore(Night night, Edit edit, int rescores) {
        int version = edit.version() + rescores;
        Stages stages = edit.applyTo(night.stages());
        Need need = need(night.day());
        boolean enoughNights = night.day() >= firstDay + 3;
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("stage_summary", stageSummary(stages, leftOut(night.day()), version));
        score.put("sleep_needed", need.toJson());
        score.put("respiratory_rate", Wire.tailed(night.vitals().respiratoryRate() + 0.0625 * version));
        score.put("sleep_performance_percentage", Wire.single(performance(stages, need)));
        score.put("sleep_consistency_percentage", enoughNights ? Wire.single(consistency(night)) : null);
        score.put("sleep_efficiency_percentage", Wire.tailed(100.0 * stages.asleepMilli() / stages.inBedMilli()));
        return score;
    }

    private Map<String, Object> napScore(Nap nap, Edit edit) {
        Need need = need(nap.day());
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("stage_summary", stageSummary(edit.applyTo(nap.stages()), 0, edit.version()));
        score.put("sleep_needed", new Need(need.baseline(), need.debt(), need.strain(), 0).toJson());
        score.put("respiratory_rate", Wire.tailed(nap.respiratoryRate()));
        score.put("sleep_performance_percentage", null);
        score.put("sleep_consistency_percentage", null);
        score.put("sleep_efficiency_percentage", null);
        return score;
    }

    /** What no stage of a night tells of, in milliseconds. */
    private long leftOut(long day) {
        Dice chance = person.dice("stages left out", day);
        return chance.chance(LEFT_OUT) ? (long) (chance.unit() * MOST_LEFT_OUT.toMillis()) : 0;
    }

    private static Map<String, Object> stageSummary(Stages stages, long leftOut, int version) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total_in_bed_time_milli", stages.inBedMilli());
        json.put("total_awake_time_milli", stages.awakeMilli());
        json.put("total_no_data_time_milli", stages.noDataMilli());
        json.put("total_light_sleep_time_milli", Math.max(0, stages.lightMilli() - leftOut));
        json.put("total_slow_wave_sleep_time_milli", stages.deepMilli());
        json.put("total_rem_sleep_time_milli", stages.remMilli());
        json.put("sleep_cycle_count", stages.sleepCycles());
        json.put("disturbance_count", stages.disturbances() + version);
        return json;
    }

    /** What the sleep before this day had to bring, from the day before it. */
    private Need need(long day) {
        BodyDay before = person.day(day - 1);
        long baseline = person.traits().timeInBed().toMillis() - 1_234_567;
        long debt = Math.max(0, baseline - before.night().stages().asleepMilli()) / 3;
        long strain = before.workouts().stream()
                .mapToLong(workout -> (long) (workout.kilojoule() * 320))
                .sum();
        long napped = before.naps().stream()
                .mapToLong(nap -> nap.stages().asleepMilli())
                .sum();
        return new Need(baseline, debt, strain, -napped / 2);
    }

    private static double performance(Stages stages, Need need) {
        return Math.min(100, Math.round(100.0 * stages.asleepMilli() / need.total()));
    }

    private double consistency(Night night) {
        Night before = person.day(night.day() - 1).night();
        Duration apart = Duration.between(before.end(), night.end()).minus(Duration.ofDays(1));
        Duration bedtimes = Duration.between(before.start(), night.start()).minus(Duration.ofDays(1));
        double minutes = apart.abs().toMinutes() + bedtimes.abs().toMinutes();
        return Math.max(20, Math.round(100 - minutes / 4));
    }

    // ---- recovery ------------------------------------------------------------------------------------------------

    private WireRecord recovery(long day, Instant now) {
        WireRecord sleep = mainSleep(day, now);
        return new WireRecord(Long.toString(ids.cycle(day)), sleep.start(), sleep.end(), () -> recoveryJson(day, now));
    }

    private Map<String, Object> recoveryJson(long day, Instant now) {
        Night night = person.day(day).night();
        Schedule schedule = schedule(night);
        UUID sleep = ids.sleep(day, MAIN);
        Edit edit = editOf(sleep);
        boolean pending = schedule.scored().isAfter(now);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cycle_id", ids.cycle(day));
        json.put("sleep_id", sleep.toString());
        json.put("user_id", person.whoopUserId());
        json.put("created_at", Wire.time(schedule.seen()));
        json.put("updated_at", Wire.time(later(schedule.updated(now), edit.at())));
        json.put("score_state", state(pending, night.measured()));
        json.put("score", pending || !night.measured() ? null : recoveryScore(night, edit, schedule.rescores(now)));
        return json;
    }

    private Map<String, Object> recoveryScore(Night night, Edit edit, int rescores) {
        int version = edit.version() + rescores;
        double hrv = night.vitals().hrvRmssd() * (1 - 0.015 * version);
        long resting = Math.round(night.vitals().restingHeartRate());
        double against = 58
                + 90 * StrictMath.log(hrv / person.traits().hrvRmssd())
                - 2.2 * (night.vitals().restingHeartRate() - person.traits().restingHeartRate())
                + 0.3 * (performance(edit.applyTo(night.stages()), need(night.day())) - 88);
        boolean old = person.membership().oldStrap();
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("user_calibrating", person.calibrating(night.end()));
        score.put("recovery_score", Wire.single(Math.max(1, Math.min(99, StrictMath.rint(against) - version))));
        score.put("resting_heart_rate", Wire.single((double) resting));
        score.put("hrv_rmssd_milli", Wire.single(hrv));
        score.put("spo2_percentage", old ? null : Wire.tailed(night.vitals().spo2()));
        score.put("skin_temp_celsius", old ? null : Wire.single(night.vitals().skinTempCelsius()));
        return score;
    }

    // ---- workout -------------------------------------------------------------------------------------------------

    private List<Workout> workouts(long day) {
        List<Workout> more = added.get(day);
        if (more == null) {
            return person.day(day).workouts();
        }
        List<Workout> all = new ArrayList<>(person.day(day).workouts());
        synchronized (more) {
            all.addAll(more);
        }
        all.sort(Comparator.comparing(Workout::start)
                .thenComparing(workout -> ids.workout(day, workout.number()).toString()));
        return all;
    }

    private List<WireRecord> workoutsOf(long day, Instant now) {
        List<WireRecord> records = new ArrayList<>();
        List<Workout> workouts = workouts(day);
        for (int i = workouts.size() - 1; i >= 0; i--) {
            Workout workout = workouts.get(i);
            UUID id = ids.workout(day, workout.number());
            Edit edit = editOf(id);
            boolean visible = edit.entered() || !schedule(workout).seen().isAfter(now);
            if (visible && !edit.deleted()) {
                records.add(new WireRecord(
                        id.toString(), workout.start(), workout.end(), () -> workoutJson(workout, id, edit, now)));
            }
        }
        return records;
    }

    private Map<String, Object> workoutJson(Workout workout, UUID id, Edit edit, Instant now) {
        Instant entered = edit.entered() ? edit.at() : null;
        Schedule schedule = entered == null ? schedule(workout) : new Schedule(entered, entered, null);
        boolean pending = schedule.scored().isAfter(now);
        boolean measured = entered != null
                || !person.dice("unscorable workout", workout.day() * 16 + workout.number())
                        .chance(0.015);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id.toString());
        json.put("v1_id", ids.oldWorkout(workout.day(), workout.number(), schedule.seen()));
        json.put("user_id", person.whoopUserId());
        json.put("created_at", Wire.time(schedule.seen()));
        json.put("updated_at", Wire.time(schedule.updated(now)));
        json.put("start", Wire.time(workout.start()));
        json.put("end", Wire.time(workout.end()));
        json.put("timezone_offset", offset(workout.offset()));
        json.put("sport_name", workout.sport().name());
        json.put("score_state", state(pending, measured));
        json.put("score", pending || !measured ? null : workoutScore(workout, schedule.rescores(now)));
        json.put("sport_id", workout.sport().id());
        return json;
    }

    private static Map<String, Object> workoutScore(Workout workout, int version) {
        double kilocalories = workout.kilojoule() / KILOJOULE;
        double strain =
                21 * (1 - StrictMath.exp(-kilocalories * (0.4 + workout.sport().effort()) / 900));
        Workout.Track track = workout.track();
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("strain", Wire.single(strain * (1 - 0.01 * version)));
        score.put("average_heart_rate", workout.averageHeartRate());
        score.put("max_heart_rate", workout.maxHeartRate());
        score.put("kilojoule", Wire.tailed(workout.kilojoule()));
        score.put("percent_recorded", Wire.single(workout.percentRecorded()));
        score.put("distance_meter", track == null ? null : Wire.tailed(track.distanceMeter()));
        score.put("altitude_gain_meter", track == null ? null : Wire.tailed(track.altitudeGainMeter()));
        score.put("altitude_change_meter", track == null ? null : Wire.tailed(track.altitudeChangeMeter()));
        Map<String, Object> zones = new LinkedHashMap<>();
        List<String> names = List.of("zero", "one", "two", "three", "four", "five");
        for (int zone = 0; zone < names.size(); zone++) {
            zones.put("zone_" + names.get(zone) + "_milli", workout.zonesMilli().get(zone));
        }
        score.put("zone_durations", zones);
        return score;
    }

    // ---- activity mapping ----------------------------------------------------------------------------------------

    /** The id that the record with this numeric one has now; empty unless a record carries it. */
    Optional<UUID> ofOldId(long oldId, Instant now) {
        Optional<Long> day = ids.dayOfOldId(oldId).stream()
                .filter(old -> old >= firstDay && old <= lastDay(now))
                .boxed()
                .findAny();
        return day.stream()
                .flatMap(known -> Stream.concat(sleepsOf(known, now).stream(), workoutsOf(known, now).stream()))
                .filter(record -> Long.valueOf(oldId).equals(record.json().get("v1_id")))
                .map(record -> UUID.fromString(record.key()))
                .findFirst();
    }

    private static String state(boolean pending, boolean measured) {
        if (pending) {
            return "PENDING_SCORE";
        }
        return measured ? "SCORED" : "UNSCORABLE";
    }

    private static String offset(ZoneOffset offset) {
        return offset.getId();
    }

    /** Records made at a moment, good until another one or until the next edit. */
    private record Kept(List<WireRecord> records, long edition, Instant from, Instant until) {
        private boolean isGood(long current, Instant now) {
            return edition == current && !now.isBefore(from) && now.isBefore(until);
        }
    }

    /** A span that is known to hold no event: both ends exclusive. */
    private record Quiet(Instant from, Instant to) {}

    private record Need(long baseline, long debt, long strain, long nap) {
        private long total() {
            return baseline + debt + strain + nap;
        }

        private Map<String, Object> toJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("baseline_milli", baseline);
            json.put("need_from_sleep_debt_milli", debt);
            json.put("need_from_recent_strain_milli", strain);
            json.put("need_from_recent_nap_milli", nap);
            return json;
        }
    }

    /**
     * What was done to a record after the fact.
     *
     * @param at null when nothing was
     * @param entered the record was made by hand at that moment
     */
    private record Edit(int version, @Nullable Instant at, int trims, boolean deleted, boolean entered) {
        private static final Edit NONE = new Edit(0, null, 0, false, false);
        private static final Duration LATER = Duration.ofMinutes(3);
        private static final Duration EARLIER = Duration.ofMinutes(2);

        private static Edit orNone(@Nullable Edit held) {
            return held == null ? NONE : held;
        }

        private Edit again(Instant now) {
            return new Edit(version + 1, now, trims, deleted, entered);
        }

        private Edit trimmed(Instant now) {
            return new Edit(version + 1, now, trims + 1, deleted, entered);
        }

        private Edit gone(Instant now) {
            return new Edit(version + 1, now, trims, true, entered);
        }

        private Edit enteredAt(Instant now) {
            return new Edit(0, now, 0, false, true);
        }

        private Duration startsLater() {
            return LATER.multipliedBy(Math.min(trims, 2));
        }

        private Duration endsEarlier() {
            return EARLIER.multipliedBy(Math.min(trims, 2));
        }

        /** What is cut off was light sleep. */
        private Stages applyTo(Stages stages) {
            long cut = startsLater().plus(endsEarlier()).toMillis();
            return new Stages(
                    stages.awakeMilli(),
                    stages.noDataMilli(),
                    Math.max(0, stages.lightMilli() - cut),
                    stages.deepMilli(),
                    stages.remMilli(),
                    stages.sleepCycles(),
                    stages.disturbances());
        }
    }
}
