package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Night;
import io.holisticos.twins.world.Oddity;
import io.holisticos.twins.world.Person;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A member's recoveries: one for each main sleep, and gone with it. */
final class RecoveryRecords implements DailyRecords {
    private final Person person;
    private final Ids ids;
    private final Timeline timeline;
    private final Edits edits;
    private final SleepRecords sleeps;

    RecoveryRecords(Person person, Ids ids, Timeline timeline, Edits edits, SleepRecords sleeps) {
        this.person = person;
        this.ids = ids;
        this.timeline = timeline;
        this.edits = edits;
        this.sleeps = sleeps;
    }

    @Override
    public List<WireRecord> on(long day, Instant now) {
        return sleeps.hasMainSleep(day) ? List.of(recovery(day, now)) : List.of();
    }

    @Override
    public Instant nextChange(long day, Instant now) {
        return timeline.schedule(person.day(day).night()).next(now);
    }

    WireRecord recovery(long day, Instant now) {
        WireRecord sleep = sleeps.mainSleep(day, now);
        return new WireRecord(Long.toString(ids.cycle(day)), sleep.start(), sleep.end(), () -> json(day, now));
    }

    private Map<String, Object> json(long day, Instant now) {
        Night night = person.day(day).night();
        ScoringSchedule schedule = timeline.schedule(night);
        UUID sleep = ids.mainSleep(day);
        Edit edit = edits.of(sleep);
        boolean pending = schedule.scored().isAfter(now);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cycle_id", ids.cycle(day));
        json.put("sleep_id", sleep.toString());
        json.put("user_id", person.whoopUserId());
        json.put("created_at", WhoopFormat.time(schedule.seen()));
        json.put("updated_at", WhoopFormat.time(edit.orLater(schedule.updated(now))));
        json.put("score_state", WhoopFormat.scoreState(pending, night.measured()));
        json.put("score", pending || !night.measured() ? null : score(night, edit, schedule.rescores(now)));
        return json;
    }

    private Map<String, Object> score(Night night, Edit edit, int rescores) {
        int version = edit.version() + rescores;
        double hrv = night.vitals().hrvRmssd() * (1 - 0.015 * version);
        long resting = Math.round(night.vitals().restingHeartRate());
        double points = 58
                + 90 * StrictMath.log(hrv / person.traits().hrvRmssd())
                - 2.2 * (night.vitals().restingHeartRate() - person.traits().restingHeartRate())
                + 0.3 * (sleeps.performance(night, edit) - 88);
        boolean old = person.membership().oldStrap();
        boolean zero = person.day(night.day()).oddity() == Oddity.ZEROS;
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("user_calibrating", person.calibrating(night.end()));
        score.put("recovery_score", WhoopFormat.single(Math.max(1, Math.min(99, StrictMath.rint(points) - version))));
        score.put("resting_heart_rate", WhoopFormat.single(zero ? 0 : (double) resting));
        score.put("hrv_rmssd_milli", WhoopFormat.single(zero ? 0 : hrv));
        score.put(
                "spo2_percentage",
                old ? null : WhoopFormat.tailed(zero ? 0 : night.vitals().spo2()));
        score.put(
                "skin_temp_celsius",
                old ? null : WhoopFormat.single(zero ? 0 : night.vitals().skinTempCelsius()));
        return score;
    }
}
