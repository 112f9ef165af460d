package io.holisticos.whoop.data;

import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.CycleScore;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.RecoveryScore;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.SleepScore;
import io.holisticos.whoop.api.SleepScore.SleepNeeded;
import io.holisticos.whoop.api.SleepScore.StageSummary;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.api.WorkoutScore;
import io.holisticos.whoop.api.ZoneDurations;
import io.holisticos.whoop.data.WhoopStore.Purpose;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Records from their rows: the way back of {@link RecordKind#toRow}. A record without a score has no score object at all. */
final class RowRecords {

    private RowRecords() {}

    static Cycle cycle(RecordRow row) {
        return new Cycle(
                row.number("id"),
                row.number(RecordKind.ACCOUNT),
                row.time("created_at"),
                row.time("updated_at"),
                row.time("start_at"),
                row.timeOrNull("end_at"),
                row.offset("timezone_offset"),
                new ScoreState(row.text("score_state")),
                cycleScore(row),
                row.integerOrNull("step_count"));
    }

    private static @Nullable CycleScore cycleScore(RecordRow row) {
        int before = row.values();
        BigDecimal strain = row.decimalOrNull("strain");
        BigDecimal kilojoule = row.decimalOrNull("kilojoule");
        int average = row.integer("average_heart_rate");
        int max = row.integer("max_heart_rate");
        return row.values() == before
                ? null
                : new CycleScore(
                        RecordRow.required("strain", strain), RecordRow.required("kilojoule", kilojoule), average, max);
    }

    static Recovery recovery(RecordRow row) {
        return new Recovery(
                row.number("cycle_id"),
                row.uuid("sleep_id"),
                row.number(RecordKind.ACCOUNT),
                row.time("created_at"),
                row.time("updated_at"),
                new ScoreState(row.text("score_state")),
                recoveryScore(row));
    }

    private static @Nullable RecoveryScore recoveryScore(RecordRow row) {
        int before = row.values();
        boolean calibrating = row.flag("user_calibrating");
        BigDecimal recovery = row.decimalOrNull("recovery_score");
        BigDecimal heartRate = row.decimalOrNull("resting_heart_rate");
        BigDecimal hrv = row.decimalOrNull("hrv_rmssd_milli");
        BigDecimal spo2 = row.decimalOrNull("spo2_percentage");
        BigDecimal skin = row.decimalOrNull("skin_temp_celsius");
        return row.values() == before
                ? null
                : new RecoveryScore(
                        calibrating,
                        RecordRow.required("recovery_score", recovery),
                        RecordRow.required("resting_heart_rate", heartRate),
                        RecordRow.required("hrv_rmssd_milli", hrv),
                        spo2,
                        skin);
    }

    static Sleep sleep(RecordRow row) {
        return new Sleep(
                row.uuid("id"),
                row.number("cycle_id"),
                row.numberOrNull("v1_id"),
                row.number(RecordKind.ACCOUNT),
                row.time("created_at"),
                row.time("updated_at"),
                row.time("start_at"),
                row.time("end_at"),
                row.offset("timezone_offset"),
                row.flag("nap"),
                new ScoreState(row.text("score_state")),
                sleepScore(row));
    }

    private static @Nullable SleepScore sleepScore(RecordRow row) {
        int before = row.values();
        StageSummary stages = stages(row);
        SleepNeeded needed = needed(row);
        BigDecimal respiratoryRate = row.decimalOrNull("respiratory_rate");
        BigDecimal performance = row.decimalOrNull("sleep_performance_percentage");
        BigDecimal consistency = row.decimalOrNull("sleep_consistency_percentage");
        BigDecimal efficiency = row.decimalOrNull("sleep_efficiency_percentage");
        return row.values() == before
                ? null
                : new SleepScore(
                        RecordRow.required("stage_summary", stages),
                        RecordRow.required("sleep_needed", needed),
                        respiratoryRate,
                        performance,
                        consistency,
                        efficiency);
    }

    private static @Nullable StageSummary stages(RecordRow row) {
        int before = row.values();
        StageSummary stages = new StageSummary(
                row.number("total_in_bed_time_milli"),
                row.number("total_awake_time_milli"),
                row.number("total_no_data_time_milli"),
                row.number("total_light_sleep_time_milli"),
                row.number("total_slow_wave_sleep_time_milli"),
                row.number("total_rem_sleep_time_milli"),
                row.integer("sleep_cycle_count"),
                row.integer("disturbance_count"));
        return row.unlessNothingSince(before, stages);
    }

    private static @Nullable SleepNeeded needed(RecordRow row) {
        int before = row.values();
        SleepNeeded needed = new SleepNeeded(
                row.number("baseline_milli"),
                row.number("need_from_sleep_debt_milli"),
                row.number("need_from_recent_strain_milli"),
                row.number("need_from_recent_nap_milli"));
        return row.unlessNothingSince(before, needed);
    }

    static Workout workout(RecordRow row) {
        return new Workout(
                row.uuid("id"),
                row.numberOrNull("v1_id"),
                row.number(RecordKind.ACCOUNT),
                row.time("created_at"),
                row.time("updated_at"),
                row.time("start_at"),
                row.time("end_at"),
                row.offset("timezone_offset"),
                row.text("sport_name"),
                new ScoreState(row.text("score_state")),
                workoutScore(row),
                row.integerOrNull("sport_id"));
    }

    private static @Nullable WorkoutScore workoutScore(RecordRow row) {
        int before = row.values();
        BigDecimal strain = row.decimalOrNull("strain");
        int average = row.integer("average_heart_rate");
        int max = row.integer("max_heart_rate");
        BigDecimal kilojoule = row.decimalOrNull("kilojoule");
        BigDecimal recorded = row.decimalOrNull("percent_recorded");
        BigDecimal distance = row.decimalOrNull("distance_meter");
        BigDecimal gain = row.decimalOrNull("altitude_gain_meter");
        BigDecimal change = row.decimalOrNull("altitude_change_meter");
        ZoneDurations zones = zones(row);
        return row.values() == before
                ? null
                : new WorkoutScore(
                        RecordRow.required("strain", strain),
                        average,
                        max,
                        RecordRow.required("kilojoule", kilojoule),
                        RecordRow.required("percent_recorded", recorded),
                        distance,
                        gain,
                        change,
                        RecordRow.required("zone_durations", zones));
    }

    private static @Nullable ZoneDurations zones(RecordRow row) {
        int before = row.values();
        ZoneDurations zones = new ZoneDurations(
                row.number("zone_zero_milli"),
                row.number("zone_one_milli"),
                row.number("zone_two_milli"),
                row.number("zone_three_milli"),
                row.number("zone_four_milli"),
                row.number("zone_five_milli"));
        return row.unlessNothingSince(before, zones);
    }

    static BodyMeasurement bodyMeasurement(RecordRow row) {
        return new BodyMeasurement(
                row.decimal("height_meter"), row.decimal("weight_kilogram"), row.integer("max_heart_rate"));
    }

    static Profile profile(RecordRow row) {
        return new Profile(
                row.number(RecordKind.ACCOUNT),
                row.opened("email_sealed", Purpose.EMAIL),
                row.opened("first_name_sealed", Purpose.FIRST_NAME),
                row.opened("last_name_sealed", Purpose.LAST_NAME));
    }
}
