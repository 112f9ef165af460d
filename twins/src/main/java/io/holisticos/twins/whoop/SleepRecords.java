package io.holisticos.twins.whoop;

import io.holisticos.twins.world.BodyDay;
import io.holisticos.twins.world.Nap;
import io.holisticos.twins.world.Night;
import io.holisticos.twins.world.Oddity;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.Stages;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A member's sleeps: a day's main sleep, seldom another one beside it, and its naps. */
final class SleepRecords implements DailyRecords {
    private static final int NIGHTS_BEFORE_CONSISTENCY = 3;

    private final Person person;
    private final Ids ids;
    private final Timeline timeline;
    private final Edits edits;
    private final long consistentFrom;

    SleepRecords(Person person, Ids ids, Timeline timeline, Edits edits) {
        this.person = person;
        this.ids = ids;
        this.timeline = timeline;
        this.edits = edits;
        this.consistentFrom = person.firstDay() + NIGHTS_BEFORE_CONSISTENCY;
    }

    @Override
    public List<WireRecord> on(long day, Instant now) {
        BodyDay facts = person.day(day);
        List<WireRecord> records = new ArrayList<>();
        if (!facts.worn()) {
            return records;
        }
        for (int i = 0; i < facts.naps().size(); i++) {
            Nap nap = facts.naps().get(i);
            if (isShown(day, 1 + i, timeline.schedule(nap), now)) {
                records.add(nap(nap, 1 + i, now));
            }
        }
        Night otherNight = facts.otherNight();
        if (otherNight != null) {
            ScoringSchedule schedule = timeline.scheduleOfOther(facts.night(), otherNight);
            if (isShown(day, Ids.OTHER_SLEEP, schedule, now)) {
                records.add(night(otherNight, Ids.OTHER_SLEEP, schedule, now));
            }
        }
        if (hasMainSleep(day)) {
            records.add(mainSleep(day, now));
        }
        records.sort(Comparator.comparing(WireRecord::start).reversed());
        return records;
    }

    private boolean isShown(long day, int number, ScoringSchedule schedule, Instant now) {
        return !schedule.seen().isAfter(now) && !edits.isDeleted(ids.sleep(day, number));
    }

    @Override
    public Instant nextChange(long day, Instant now) {
        BodyDay facts = person.day(day);
        List<ScoringSchedule> schedules = new ArrayList<>();
        schedules.add(timeline.schedule(facts.night()));
        facts.naps().forEach(nap -> schedules.add(timeline.schedule(nap)));
        Night otherNight = facts.otherNight();
        if (otherNight != null) {
            schedules.add(timeline.scheduleOfOther(facts.night(), otherNight));
        }
        return schedules.stream()
                .map(schedule -> schedule.next(now))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** Whether the day has a main sleep that was recorded and not deleted. */
    boolean hasMainSleep(long day) {
        BodyDay facts = person.day(day);
        return facts.worn() && facts.slept() && !edits.isDeleted(ids.mainSleep(day));
    }

    WireRecord mainSleep(long day, Instant now) {
        Night night = person.day(day).night();
        return night(night, Ids.MAIN_SLEEP, timeline.schedule(night), now);
    }

    private WireRecord night(Night night, int number, ScoringSchedule schedule, Instant now) {
        UUID id = ids.sleep(night.day(), number);
        Edit edit = edits.of(id);
        Instant start = night.start().plus(edit.startsLater());
        Instant end = night.end().minus(edit.endsEarlier());
        return new WireRecord(id.toString(), start, end, () -> {
            boolean pending = schedule.scored().isAfter(now);
            Map<String, Object> json = json(
                    night.day(),
                    number,
                    schedule.seen(),
                    edit.orLater(schedule.updated(now)),
                    start,
                    end,
                    night.offset());
            json.put("nap", false);
            json.put("score_state", WhoopFormat.scoreState(pending, night.measured()));
            json.put("score", pending || !night.measured() ? null : nightScore(night, edit, schedule.rescores(now)));
            return json;
        });
    }

    private WireRecord nap(Nap nap, int number, Instant now) {
        UUID id = ids.sleep(nap.day(), number);
        Edit edit = edits.of(id);
        Instant start = nap.start().plus(edit.startsLater());
        Instant end = nap.end().minus(edit.endsEarlier());
        return new WireRecord(id.toString(), start, end, () -> {
            ScoringSchedule schedule = timeline.schedule(nap);
            boolean pending = schedule.scored().isAfter(now);
            Map<String, Object> json = json(
                    nap.day(), number, schedule.seen(), edit.orLater(schedule.updated(now)), start, end, nap.offset());
            json.put("nap", true);
            json.put("score_state", WhoopFormat.scoreState(pending, true));
            json.put("score", pending ? null : napScore(nap, edit));
            return json;
        });
    }

    private Map<String, Object> json(
            long day, int number, Instant created, Instant updated, Instant start, Instant end, ZoneOffset offset) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", ids.sleep(day, number).toString());
        json.put("cycle_id", ids.cycle(day));
        json.put("v1_id", ids.oldSleep(day, number, created));
        json.put("user_id", person.whoopUserId());
        json.put("created_at", WhoopFormat.time(created));
        json.put("updated_at", WhoopFormat.time(updated));
        json.put("start", WhoopFormat.time(start));
        json.put("end", WhoopFormat.time(end));
        json.put("timezone_offset", offset.getId());
        return json;
    }

    private Map<String, Object> nightScore(Night night, Edit edit, int rescores) {
        int version = edit.version() + rescores;
        boolean zero = person.day(night.day()).oddity() == Oddity.ZEROS;
        Stages stages = zero ? Stages.NONE : edit.applyTo(night.stages());
        boolean enoughNights = night.day() >= consistentFrom;
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("stage_summary", stageSummary(stages, person.unstagedMilli(night), version));
        score.put("sleep_needed", need(night.day()).toJson());
        score.put(
                "respiratory_rate", WhoopFormat.tailed(zero ? 0 : night.vitals().respiratoryRate() + 0.0625 * version));
        score.put("sleep_performance_percentage", WhoopFormat.single(performance(night, edit)));
        score.put("sleep_consistency_percentage", enoughNights ? WhoopFormat.single(consistency(night)) : null);
        score.put(
                "sleep_efficiency_percentage",
                WhoopFormat.tailed(zero ? 0 : 100.0 * stages.asleepMilli() / stages.inBedMilli()));
        return score;
    }

    private Map<String, Object> napScore(Nap nap, Edit edit) {
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("stage_summary", stageSummary(edit.applyTo(nap.stages()), 0, edit.version()));
        score.put("sleep_needed", need(nap.day()).withoutNap().toJson());
        score.put("respiratory_rate", WhoopFormat.tailed(nap.respiratoryRate()));
        score.put("sleep_performance_percentage", null);
        score.put("sleep_consistency_percentage", null);
        score.put("sleep_efficiency_percentage", null);
        return score;
    }

    private static Map<String, Object> stageSummary(Stages stages, long missing, int version) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("total_in_bed_time_milli", stages.inBedMilli());
        json.put("total_awake_time_milli", stages.awakeMilli());
        json.put("total_no_data_time_milli", stages.noDataMilli());
        json.put("total_light_sleep_time_milli", Math.max(0, stages.lightMilli() - missing));
        json.put("total_slow_wave_sleep_time_milli", stages.deepMilli());
        json.put("total_rem_sleep_time_milli", stages.remMilli());
        json.put("sleep_cycle_count", stages.sleepCycles());
        json.put("disturbance_count", stages.disturbances() + version);
        return json;
    }

    /** How much of the sleep it needed the member got in the night, in percent. */
    double performance(Night night, Edit edit) {
        long asleep = edit.applyTo(night.stages()).asleepMilli();
        return Math.min(100, Math.round(100.0 * asleep / need(night.day()).total()));
    }

    private double consistency(Night night) {
        Night before = person.day(night.day() - 1).night();
        Duration apart = Duration.between(before.end(), night.end()).minus(Duration.ofDays(1));
        Duration bedtimes = Duration.between(before.start(), night.start()).minus(Duration.ofDays(1));
        double minutes = apart.abs().toMinutes() + bedtimes.abs().toMinutes();
        return Math.max(20, Math.round(100 - minutes / 4));
    }

    /** How much sleep the night before this day had to bring, which follows from the day before it. */
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

    /** Needed sleep in milliseconds, by cause. */
    private record Need(long baseline, long debt, long strain, long nap) {
        private long total() {
            return baseline + debt + strain + nap;
        }

        private Need withoutNap() {
            return new Need(baseline, debt, strain, 0);
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
}
