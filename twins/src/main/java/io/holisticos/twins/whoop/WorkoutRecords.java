package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.Workout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A member's workouts: those of the world, and those entered by hand. */
final class WorkoutRecords implements DailyRecords {
    private static final double KILOJOULE = 4.184;
    private static final double UNSCORABLE = 0.015; // share of workouts that WHOOP recorded

    private final Person person;
    private final Ids ids;
    private final Timeline timeline;
    private final Edits edits;

    WorkoutRecords(Person person, Ids ids, Timeline timeline, Edits edits) {
        this.person = person;
        this.ids = ids;
        this.timeline = timeline;
        this.edits = edits;
    }

    @Override
    public List<WireRecord> on(long day, Instant now) {
        List<WireRecord> records = new ArrayList<>();
        List<Workout> workouts = workouts(day);
        boolean worn = person.day(day).worn();
        for (int i = workouts.size() - 1; i >= 0; i--) {
            Workout workout = workouts.get(i);
            UUID id = ids.workout(day, workout.number());
            Edit edit = edits.of(id);
            boolean visible =
                    edit.entered() || worn && !timeline.schedule(workout).seen().isAfter(now);
            if (visible && !edit.deleted()) {
                records.add(new WireRecord(
                        id.toString(), workout.start(), workout.end(), () -> json(workout, id, edit, now)));
            }
        }
        return records;
    }

    @Override
    public Instant nextChange(long day, Instant now) {
        return person.day(day).workouts().stream()
                .map(workout -> timeline.schedule(workout).next(now))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** The day's workouts, oldest first, whether or not WHOOP knows of them yet. */
    List<Workout> workouts(long day) {
        List<Workout> entered = edits.enteredOn(day);
        if (entered.isEmpty()) {
            return person.day(day).workouts();
        }
        List<Workout> all = new ArrayList<>(person.day(day).workouts());
        all.addAll(entered);
        all.sort(Comparator.comparing(Workout::start)
                .thenComparing(workout -> ids.workout(day, workout.number()).toString()));
        return all;
    }

    private Map<String, Object> json(Workout workout, UUID id, Edit edit, Instant now) {
        ScoringSchedule schedule = schedule(workout, edit);
        boolean pending = schedule.scored().isAfter(now);
        boolean measured = edit.entered()
                || !person.dice("unscorable workout", workout.day() * 16 + workout.number())
                        .chance(UNSCORABLE);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id.toString());
        json.put("v1_id", ids.oldWorkout(workout.day(), workout.number(), schedule.seen()));
        json.put("user_id", person.whoopUserId());
        json.put("created_at", WhoopFormat.time(schedule.seen()));
        json.put("updated_at", WhoopFormat.time(schedule.updated(now)));
        json.put("start", WhoopFormat.time(workout.start()));
        json.put("end", WhoopFormat.time(workout.end()));
        json.put("timezone_offset", workout.offset().getId());
        json.put("sport_name", workout.sport().name());
        json.put("score_state", WhoopFormat.scoreState(pending, measured));
        json.put("score", pending || !measured ? null : score(workout, schedule.rescores(now)));
        json.put("sport_id", workout.sport().id());
        return json;
    }

    /** A workout entered by hand is scored at once. */
    private ScoringSchedule schedule(Workout workout, Edit edit) {
        Instant entered = edit.entered() ? edit.at() : null;
        return entered == null ? timeline.schedule(workout) : new ScoringSchedule(entered, entered, null);
    }

    private static Map<String, Object> score(Workout workout, int version) {
        double kilocalories = workout.kilojoule() / KILOJOULE;
        double strain =
                21 * (1 - StrictMath.exp(-kilocalories * (0.4 + workout.sport().effort()) / 900));
        Workout.Track track = workout.track();
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("strain", WhoopFormat.single(strain * (1 - 0.01 * version)));
        score.put("average_heart_rate", workout.averageHeartRate());
        score.put("max_heart_rate", workout.maxHeartRate());
        score.put("kilojoule", WhoopFormat.tailed(workout.kilojoule()));
        score.put("percent_recorded", WhoopFormat.single(workout.percentRecorded()));
        score.put("distance_meter", track == null ? null : WhoopFormat.tailed(track.distanceMeter()));
        score.put("altitude_gain_meter", track == null ? null : WhoopFormat.tailed(track.altitudeGainMeter()));
        score.put("altitude_change_meter", track == null ? null : WhoopFormat.tailed(track.altitudeChangeMeter()));
        score.put("zone_durations", zones(workout));
        return score;
    }

    private static Map<String, Object> zones(Workout workout) {
        Map<String, Object> zones = new LinkedHashMap<>();
        List<String> names = List.of("zero", "one", "two", "three", "four", "five");
        for (int zone = 0; zone < names.size(); zone++) {
            zones.put("zone_" + names.get(zone) + "_milli", workout.zonesMilli().get(zone));
        }
        return zones;
    }
}
