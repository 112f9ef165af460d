package io.holisticos.health;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data of one source for one day. A metric that was not measured has no measurement.
 *
 * @param measurements at most one for each metric
 * @param offset the person's UTC offset on that day; null when the source does not say it
 * @param mainSleep the sleep that the day's values of sleep belong to; null when the source does not say it
 * @param relayed metrics that, by the source's own logs, another source of ours recorded on this day
 * @param absent metrics of which the source says itself why it has no value
 * @param ofSeveralDays values that are of several days together, and so of none alone: an explanation lists them, and nothing
 *     else shows them
 */
public record SourceDay(
        LocalDate date,
        List<Score> scores,
        List<Measurement> measurements,
        List<Workout> workouts,
        @Nullable SourceDetails details,
        @Nullable ZoneOffset offset,
        @Nullable SleepInterval mainSleep,
        Map<Metric, SourceName> relayed,
        Map<Metric, Absence> absent,
        List<Measurement> ofSeveralDays) {

    /** A day of a source whose values are all of this day. */
    public SourceDay(
            LocalDate date,
            List<Score> scores,
            List<Measurement> measurements,
            List<Workout> workouts,
            @Nullable SourceDetails details,
            @Nullable ZoneOffset offset,
            @Nullable SleepInterval mainSleep,
            Map<Metric, SourceName> relayed,
            Map<Metric, Absence> absent) {
        this(date, scores, measurements, workouts, details, offset, mainSleep, relayed, absent, List.of());
    }

    /** A day of a source that gives no reasons for what it does not have. */
    public SourceDay(
            LocalDate date,
            List<Score> scores,
            List<Measurement> measurements,
            List<Workout> workouts,
            @Nullable SourceDetails details,
            @Nullable ZoneOffset offset,
            @Nullable SleepInterval mainSleep,
            Map<Metric, SourceName> relayed) {
        this(date, scores, measurements, workouts, details, offset, mainSleep, relayed, Map.of());
    }

    /** A day of a source that does not say the person's UTC offset. */
    public SourceDay(
            LocalDate date,
            List<Score> scores,
            List<Measurement> measurements,
            List<Workout> workouts,
            @Nullable SourceDetails details) {
        this(date, scores, measurements, workouts, details, null, null, Map.of());
    }

    public SourceDay {
        scores = List.copyOf(scores);
        measurements = List.copyOf(measurements);
        workouts = List.copyOf(workouts);
        relayed = Map.copyOf(relayed);
        absent = Map.copyOf(absent);
        ofSeveralDays = List.copyOf(ofSeveralDays);
        if (namesAMetricTwice(measurements)) {
            throw new IllegalArgumentException("a day has at most one measurement of a metric, " + date);
        }
    }

    /** A day has a few dozen measurements, so that comparing all of them costs less than a set. */
    private static boolean namesAMetricTwice(List<Measurement> measurements) {
        for (int i = 1; i < measurements.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (measurements.get(i).metric().equals(measurements.get(j).metric())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The measurement of a metric, if there is one. */
    public Optional<Measurement> find(Metric metric) {
        for (Measurement measurement : measurements) {
            if (measurement.metric().equals(metric)) {
                return Optional.of(measurement);
            }
        }
        return Optional.empty();
    }

    public boolean isEmpty() {
        return scores.isEmpty() && measurements.isEmpty() && workouts.isEmpty() && details == null;
    }
}
