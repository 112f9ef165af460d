package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Activity;
import io.holisticos.twins.world.Night;
import io.holisticos.twins.world.Oddity;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.Workout;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A member's cycles: each begins with a night and ends where the next one begins, which may be days later. */
final class CycleRecords implements DailyRecords {
    private static final Duration TICK = Duration.ofMinutes(10); // how often the open cycle is scored again
    private static final Duration STEPS_SINCE = Duration.ofDays(30); // older records have no step_count
    private static final double KILOJOULE = 4.184;

    private final Person person;
    private final Ids ids;
    private final Timeline timeline;
    private final Edits edits;
    private final WorkoutRecords workouts;
    private final Instant stepsFrom;
    private final Map<Long, Activity> activityOfClosed = new ConcurrentHashMap<>();

    CycleRecords(Person person, Ids ids, Timeline timeline, Edits edits, WorkoutRecords workouts, Instant worldStart) {
        this.person = person;
        this.ids = ids;
        this.timeline = timeline;
        this.edits = edits;
        this.workouts = workouts;
        this.stepsFrom = worldStart.minus(STEPS_SINCE);
    }

    @Override
    public List<WireRecord> on(long day, Instant now) {
        return person.day(day).worn() ? List.of(cycle(day, now)) : List.of();
    }

    @Override
    public Instant nextChange(long day, Instant now) {
        long next = timeline.nextWornDay(day);
        if (next <= timeline.lastDay(now)) {
            return Instant.MAX;
        }
        Instant scored = timeline.schedule(person.day(day).night()).next(now);
        Instant closed = timeline.schedule(person.day(next).night()).seen();
        return earlier(tick(now).plus(TICK), earlier(scored, closed));
    }

    WireRecord cycle(long day, Instant now) {
        Instant start = startOf(day);
        long next = timeline.nextWornDay(day);
        Instant end = next <= timeline.lastDay(now) ? startOf(next) : null;
        Instant shown = person.day(day).oddity() == Oddity.LEFT_OPEN ? null : end;
        return new WireRecord(Long.toString(ids.cycle(day)), start, shown, () -> json(day, start, end, shown, now));
    }

    private Instant startOf(long day) {
        return person.day(day).bedtime().plus(editOfFirstSleep(day).startsLater());
    }

    private Edit editOfFirstSleep(long day) {
        return edits.of(ids.firstSleep(person.day(day)));
    }

    /** @param shown the end that WHOOP tells: null also for a cycle that was left open */
    private Map<String, Object> json(
            long day, Instant start, @Nullable Instant end, @Nullable Instant shown, Instant now) {
        Night night = person.day(day).night();
        ScoringSchedule schedule = timeline.schedule(night);
        boolean pending = schedule.scored().isAfter(now);
        Instant scoredUntil;
        Instant updated;
        if (end == null) {
            scoredUntil = later(tick(now), schedule.scored());
            updated = pending ? schedule.seen() : scoredUntil;
        } else {
            scoredUntil = end;
            long next = timeline.nextWornDay(day);
            updated = editOfFirstSleep(next)
                    .orLater(timeline.schedule(person.day(next).night()).seen());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", ids.cycle(day));
        json.put("user_id", person.whoopUserId());
        json.put("created_at", WhoopFormat.time(schedule.seen()));
        json.put("updated_at", WhoopFormat.time(editOfFirstSleep(day).orLater(updated)));
        json.put("start", WhoopFormat.time(start));
        json.put("end", shown == null ? null : WhoopFormat.time(shown));
        json.put("timezone_offset", person.offsetAt(start).getId());
        json.put("score_state", WhoopFormat.scoreState(pending, night.measured()));
        Activity activity = pending || !night.measured() ? null : activity(day, start, end, scoredUntil);
        json.put("score", activity == null ? null : score(day, activity, start, scoredUntil));
        json.put("step_count", activity == null || !hasSteps(start) ? null : activity.steps());
        return json;
    }

    private boolean hasSteps(Instant start) {
        return !person.membership().oldStrap() && start.isAfter(stepsFrom);
    }

    private Activity activity(long day, Instant start, @Nullable Instant end, Instant until) {
        boolean edited = edits.isEdited(ids.firstSleep(person.day(day)))
                || edits.isEdited(ids.firstSleep(person.day(timeline.nextWornDay(day))));
        if (end == null || edited) {
            return person.activity(start, until);
        }
        Activity known = activityOfClosed.get(day);
        if (known == null) {
            known = person.activity(start, until);
            activityOfClosed.put(day, known);
        }
        return known;
    }

    private Map<String, Object> score(long day, Activity activity, Instant start, Instant until) {
        double fitness = person.traits().fitness();
        double kilocalories = activity.activeKilocalories();
        double strain = 21 * (1 - StrictMath.exp(-(kilocalories + 40) / (650 + 500 * fitness)));
        double hours = Duration.between(start, until).toMillis() / 3_600_000.0;
        double resting = person.day(day).night().vitals().restingHeartRate();
        double basal = 22.0 * person.traits().weightKilogram() / 24 * hours;
        int highest = workouts.workouts(day).stream()
                .filter(workout -> !workout.end().isAfter(until))
                .mapToInt(Workout::maxHeartRate)
                .max()
                .orElse((int) (resting + 52 + activity.intenseMinutes()));
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("strain", WhoopFormat.single(strain));
        score.put("kilojoule", WhoopFormat.single((basal + kilocalories) * KILOJOULE));
        boolean zero = person.day(day).oddity() == Oddity.ZEROS;
        score.put(
                "average_heart_rate", zero ? 0 : (int) Math.round(resting + 9 + kilocalories / Math.max(1, hours) / 4));
        score.put("max_heart_rate", zero ? 0 : highest);
        return score;
    }

    /** The last moment by then at which an open cycle was scored. */
    private static Instant tick(Instant now) {
        return Instant.ofEpochMilli(now.toEpochMilli() - Math.floorMod(now.toEpochMilli(), TICK.toMillis()));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
