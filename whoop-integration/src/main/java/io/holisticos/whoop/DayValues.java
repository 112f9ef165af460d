package io.holisticos.whoop;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.Score.Scale;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceDay;
import io.holisticos.health.Workout;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.CycleScore;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.RecoveryScore;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.SleepScore;
import io.holisticos.whoop.api.SleepScore.SleepNeeded;
import io.holisticos.whoop.api.SleepScore.StageSummary;
import io.holisticos.whoop.api.WorkoutScore;
import io.holisticos.whoop.data.CycleRecords;
import io.holisticos.whoop.data.RecordedTimes;
import io.holisticos.whoop.data.WhoopDay;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** WHOOP's records of a day in the common vocabulary. A record without a score has no values; nothing is guessed. */
final class DayValues {

    private static final BigDecimal KILOJOULE_PER_KCAL = new BigDecimal("4.184");
    private static final BigDecimal MILLIS_PER_MINUTE = BigDecimal.valueOf(60_000);

    /** Converted values have at most this many decimals; all others are verbatim. */
    private static final int DECIMALS = 3;

    private final List<Score> scores = new ArrayList<>();
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<Measurement> ofSeveralDays = new ArrayList<>();

    /** Where the values that are added next come from. */
    private Lineage lineage = Lineage.UNKNOWN;

    private final RecordedTimes recordedTimes;

    private final ReadDays read;

    private DayValues(RecordedTimes recordedTimes, ReadDays read) {
        this.recordedTimes = recordedTimes;
        this.read = read;
    }

    static SourceDay of(WhoopDay day, RecordedTimes recordedTimes, ReadDays read) {
        DayValues values = new DayValues(recordedTimes, read);
        CycleRecords primary = day.primary();
        if (primary != null) {
            values.add(primary.recovery(), primary.recoveredIn());
            values.add(primary.cycle());
            values.add(primary.sleep());
        }
        return new SourceDay(
                day.date(),
                values.scores,
                values.measurements,
                day.workouts().stream().map(DayValues::workout).toList(),
                WhoopDetails.of(day),
                primary == null ? null : primary.offset(),
                primary == null ? null : interval(primary.sleep()),
                Map.of(),
                AbsentMetrics.of(day, values.ofSeveralDays, read),
                values.ofSeveralDays);
    }

    private static @Nullable SleepInterval interval(@Nullable Sleep sleep) {
        return sleep == null ? null : new SleepInterval(sleep.start(), sleep.end());
    }

    /** @param sleep the sleep it was computed from, which has the times that a recovery lacks; null when it is not held */
    private void add(@Nullable Recovery recovery, @Nullable Sleep sleep) {
        RecoveryScore score = recovery == null ? null : recovery.score();
        if (recovery == null || score == null) {
            return;
        }
        String record = Long.toString(recovery.cycleId());
        Instant recordedAt = recordedTimes.of(recovery);
        lineage = sleep == null
                ? new Lineage(record, null, null, null, recordedAt)
                : new Lineage(record, sleep.start(), sleep.end(), sleep.timezoneOffset(), recordedAt);
        scores.add(new Score(
                "whoop_recovery",
                score.recoveryScore(),
                Scale.PERCENT,
                score.userCalibrating() ? "user_calibrating" : null));
        add(Metric.HEART_RATE_RESTING, score.restingHeartRate());
        add(Metric.HRV_RMSSD_SLEEP, score.hrvRmssdMilli());
        add(Metric.SPO2_SLEEP, score.spo2Percentage());
        add(Metric.SKIN_TEMPERATURE_SLEEP, score.skinTempCelsius());
    }

    /** The strain stands with its state: a score is WHOOP's own, and none of another source is compared with it. */
    private void add(@Nullable Cycle cycle) {
        if (cycle == null) {
            return;
        }
        lineage = new Lineage(
                Long.toString(cycle.id()), cycle.start(), cycle.end(), cycle.timezoneOffset(), recordedTimes.of(cycle));
        List<Measurement> counted = read.isOfSeveralDays(cycle) ? ofSeveralDays : measurements;
        CycleScore score = cycle.score();
        if (score != null) {
            scores.add(new Score("whoop_strain", score.strain(), Scale.STRAIN, cycle.end() == null ? "open" : null));
            counted.add(measured(Metric.HEART_RATE_AVERAGE, BigDecimal.valueOf(score.averageHeartRate())));
            counted.add(measured(Metric.HEART_RATE_MAX, BigDecimal.valueOf(score.maxHeartRate())));
            counted.add(measured(Metric.ENERGY_TOTAL, kcal(score.kilojoule())));
        }
        Integer steps = cycle.stepCount();
        if (steps != null) {
            counted.add(measured(Metric.STEPS, BigDecimal.valueOf(steps)));
        }
    }

    private void add(@Nullable Sleep sleep) {
        SleepScore score = sleep == null ? null : sleep.score();
        if (sleep == null || score == null) {
            return;
        }
        lineage = new Lineage(
                sleep.id().toString(), sleep.start(), sleep.end(), sleep.timezoneOffset(), recordedTimes.of(sleep));
        BigDecimal performance = score.sleepPerformancePercentage();
        if (performance != null) {
            scores.add(new Score("whoop_sleep_performance", performance, Scale.PERCENT, null));
        }
        StageSummary stages = score.stageSummary();
        add(
                Metric.SLEEP_DURATION,
                minutes(stages.totalInBedTimeMilli() - stages.totalAwakeTimeMilli() - stages.totalNoDataTimeMilli()));
        add(Metric.SLEEP_IN_BED, minutes(stages.totalInBedTimeMilli()));
        add(Metric.SLEEP_AWAKE, minutes(stages.totalAwakeTimeMilli()));
        add(Metric.SLEEP_LIGHT, minutes(stages.totalLightSleepTimeMilli()));
        add(Metric.SLEEP_DEEP, minutes(stages.totalSlowWaveSleepTimeMilli()));
        add(Metric.SLEEP_REM, minutes(stages.totalRemSleepTimeMilli()));
        add(Metric.SLEEP_INTERRUPTIONS, BigDecimal.valueOf(stages.disturbanceCount()));
        add(Metric.SLEEP_EFFICIENCY, score.sleepEfficiencyPercentage());
        add(Metric.SLEEP_CONSISTENCY, score.sleepConsistencyPercentage());
        SleepNeeded needed = score.sleepNeeded();
        add(
                Metric.SLEEP_NEED,
                minutes(needed.baselineMilli()
                        + needed.needFromSleepDebtMilli()
                        + needed.needFromRecentStrainMilli()
                        + needed.needFromRecentNapMilli()));
        add(Metric.RESPIRATORY_RATE_SLEEP, score.respiratoryRate());
    }

    private void add(Metric metric, @Nullable BigDecimal value) {
        if (value != null) {
            measurements.add(measured(metric, value));
        }
    }

    private Measurement measured(Metric metric, BigDecimal value) {
        return new Measurement(metric, value, lineage);
    }

    private static Workout workout(io.holisticos.whoop.api.Workout workout) {
        WorkoutScore score = workout.score();
        return new Workout(
                workout.id().toString(),
                WHOOP,
                workout.sportName(),
                workout.start().atOffset(workout.timezoneOffset()),
                workout.end().atOffset(workout.timezoneOffset()),
                workout.scoreState().word(),
                score == null ? null : score.strain(),
                score == null ? null : kcal(score.kilojoule()),
                score == null ? null : score.distanceMeter(),
                score == null ? null : Integer.valueOf(score.averageHeartRate()),
                score == null ? null : Integer.valueOf(score.maxHeartRate()));
    }

    private static BigDecimal kcal(BigDecimal kilojoule) {
        return tidy(kilojoule.divide(KILOJOULE_PER_KCAL, DECIMALS, RoundingMode.HALF_UP));
    }

    private static BigDecimal minutes(long millis) {
        return tidy(BigDecimal.valueOf(millis).divide(MILLIS_PER_MINUTE, DECIMALS, RoundingMode.HALF_UP));
    }

    /** Without trailing zeros, and never as 4.8E+2. */
    private static BigDecimal tidy(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
