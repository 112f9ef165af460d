package io.holisticos.twins.sahha;

import io.holisticos.twins.sahha.CollectedDay.Activity;
import io.holisticos.twins.sahha.CollectedDay.Night;
import io.holisticos.twins.sahha.CollectedDay.Stages;
import io.holisticos.twins.sahha.CollectedDay.Vitals;
import io.holisticos.twins.sahha.Rows.Biomarker;
import io.holisticos.twins.sahha.Rows.Value;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;

/** The biomarkers of a day and of each of its recomputations: activity, sleep and vitals. */
final class Biomarkers {
    private static final LocalTime EVENING = LocalTime.of(18, 0);
    private static final LocalTime BEFORE_EVENING = LocalTime.of(17, 59, 59);
    private static final LocalTime LAST_SECOND = LocalTime.of(23, 59, 59);

    private final Member member;
    private final CollectedDay day;
    private final ComputationSchedule schedule;
    private final int index;
    private final Instant now;
    private final List<Biomarker> rows = new ArrayList<>();

    private Biomarkers(Member member, CollectedDay day, ComputationSchedule schedule, int index, Instant now) {
        this.member = member;
        this.day = day;
        this.schedule = schedule;
        this.index = index;
        this.now = now;
    }

    /** The newest computation of every biomarker of a day. */
    static List<Biomarker> newest(Member member, LocalDate date, Instant now) {
        return of(member, date, now, 0);
    }

    /** The computation before the newest; empty where there is none. */
    static List<Biomarker> earlier(Member member, LocalDate date, Instant now) {
        return of(member, date, now, 1);
    }

    private static List<Biomarker> of(Member member, LocalDate date, Instant now, int back) {
        var found = member.day(date);
        if (found.isEmpty()) {
            return List.of();
        }
        var schedule = member.schedule(found.get());
        int index = schedule.done(now) - 1 - back;
        if (index < 0) {
            return List.of();
        }
        return new Biomarkers(member, found.get(), schedule, index, now).all();
    }

    private List<Biomarker> all() {
        var night = day.night();
        if (night != null) {
            sleep(night);
            vitalsOfTheNight(day.vitals());
        }
        activity(member.activity(day, schedule, index));
        if (night != null) {
            vitalsOfTheDay(day.vitals());
        }
        return rows;
    }

    private void sleep(Night night) {
        var week = member.week(day.date());
        weekly("sleep_regularity", "average", new Value.Decimal(week.regularity(), 3, 3), "percentage");
        weekly("sleep_debt", "total", Value.Decimal.upTo(3, week.debt()), "hour");
        minutesOfSleep("sleep_in_bed_duration", night.inBed());
        sleepRow("sleep_end_time", "none", new Value.Moment(night.end()), "datetime");
        minutesOfSleep("sleep_duration", night.asleep());
        sleepRow("sleep_start_time", "none", new Value.Moment(night.start()), "datetime");
        sleepRow("sleep_mid_time", "none", new Value.Moment(night.middle()), "datetime");
        var stages = night.stages();
        if (stages != null) {
            stages(stages);
        }
    }

    private void stages(Stages stages) {
        minutesOfSleep("sleep_awake_duration", stages.awake());
        minutesOfSleep("sleep_light_duration", stages.light());
        minutesOfSleep("sleep_rem_duration", stages.rem());
        minutesOfSleep("sleep_deep_duration", stages.deep());
        sleepRow("sleep_latency", "none", whole(stages.latency()), "minute");
        sleepRow("sleep_interruptions", "total", whole(stages.interruptions()), "count");
        sleepRow("sleep_efficiency", "average", Value.Decimal.upTo(2, stages.efficiency()), "percentage");
    }

    private void activity(Activity activity) {
        activityRow("steps", activity.steps(), "count");
        activityRow("activity_low_intensity_duration", activity.lowMinutes(), "minute");
        activityRow("active_energy_burned", activity.activeKcal(), "kcal");
        activityRow("active_duration", activity.activeMinutes(), "minute");
        activityRow("active_hours", activity.activeHours(), "hour");
        activityRow("activity_sedentary_duration", activity.sedentaryMinutes(), "minute");
        if (member.wearable()) {
            activityRow("activity_medium_intensity_duration", activity.mediumMinutes(), "minute");
            activityRow("activity_high_intensity_duration", activity.highMinutes(), "minute");
        }
        activityRow("floors_climbed", activity.floors(), "count");
        activityRow("total_energy_burned", activity.totalKcal(), "kcal");
    }

    private void vitalsOfTheNight(Vitals vitals) {
        if (!member.wearable()) {
            return;
        }
        inSleepWindow("vitals", "heart_rate_sleep", "average", Value.Decimal.upTo(1, vitals.sleepHeartRate()), "bpm");
        inSleepWindow(
                "vitals", "respiratory_rate_sleep", "average", Value.Decimal.upTo(1, vitals.respiratoryRate()), "bps");
        var oxygen = Value.Decimal.upTo(2, vitals.oxygenSaturation());
        inSleepWindow("vitals", "oxygen_saturation_sleep", "average", oxygen, "percentage");
    }

    private void vitalsOfTheDay(Vitals vitals) {
        if (!member.wearable()) {
            return;
        }
        inDayWindow(
                "vitals", "heart_rate_resting", "average", new Value.Whole(vitals.restingHeartRate(), "long"), "bpm");
        var sdnn = vitals.sdnn();
        if (sdnn != null) {
            inDayWindow("vitals", "heart_rate_variability_sdnn", "average", Value.Decimal.upTo(1, sdnn), "ms");
        }
        var rmssd = vitals.rmssd();
        if (rmssd != null) {
            inDayWindow("vitals", "heart_rate_variability_rmssd", "average", Value.Decimal.upTo(1, rmssd), "ms");
        }
        inDayWindow("vitals", "vo2_max", "average", Value.Decimal.upTo(1, vitals.vo2Max()), "mL/kg/min");
    }

    private void minutesOfSleep(String type, int minutes) {
        sleepRow(type, "total", whole(minutes), "minute");
    }

    private static Value whole(int number) {
        return new Value.Whole(number, "integer");
    }

    private void weekly(String type, String aggregation, Value value, String unit) {
        var start = day.date().minusDays(8).atTime(EVENING); // observed: eight calendar days before the end, not seven
        add("sleep", type, "weekly", aggregation, value, unit, start, day.date().atTime(BEFORE_EVENING));
    }

    private void sleepRow(String type, String aggregation, Value value, String unit) {
        inSleepWindow("sleep", type, aggregation, value, unit);
    }

    private void activityRow(String type, int value, String unit) {
        inDayWindow("activity", type, "total", whole(value), unit);
    }

    private void inSleepWindow(String category, String type, String aggregation, Value value, String unit) {
        var end = day.date().atTime(BEFORE_EVENING);
        String periodicity = now.isAfter(end.toInstant(day.offset())) ? "daily" : "intraday";
        var start = day.date().minusDays(1).atTime(EVENING);
        add(category, type, periodicity, aggregation, value, unit, start, end);
    }

    private void inDayWindow(String category, String type, String aggregation, Value value, String unit) {
        boolean complete = index == schedule.moments().size() - 1;
        String periodicity = complete ? "daily" : "intraday";
        var start = day.date().atStartOfDay();
        add(
                category,
                type,
                periodicity,
                aggregation,
                value,
                unit,
                start,
                day.date().atTime(LAST_SECOND));
    }

    private void add(
            String category,
            String type,
            String periodicity,
            String aggregation,
            Value value,
            String unit,
            LocalDateTime start,
            LocalDateTime end) {
        rows.add(new Biomarker(
                category,
                type,
                periodicity,
                aggregation,
                value,
                unit,
                day.date(),
                start,
                end,
                day.offset(),
                index + 1,
                member.createdAt(schedule.moments().get(index))));
    }
}
