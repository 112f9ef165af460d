package io.holisticos.health;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one source knows of one day. Absent is absent: a metric that was not measured has no measurement.
 *
 * @param measurements at most one for each metric
 * @param offset at which the source saw the person that day; null when it does not say
 */
public record SourceDay(
        LocalDate date,
        List<Score> scores,
        List<Measurement> measurements,
        List<Workout> workouts,
        @Nullable SourceDetails details,
        @Nullable ZoneOffset offset) {

    /** A day of a source that does not say where the person was. */
    public SourceDay(
            LocalDate date,
            List<Score> scores,
            List<Measurement> measurements,
            List<Workout> workouts,
            @Nullable SourceDetails details) {
        this(date, scores, measurements, workouts, details, null);
    }

    public SourceDay {
        scores = List.copyOf(scores);
        measurements = List.copyOf(measurements);
        workouts = List.copyOf(workouts);
        if (measurements.stream().map(Measurement::metric).distinct().count() < measurements.size()) {
            throw new IllegalArgumentException("a day has at most one measurement of a metric, " + date);
        }
    }

    public boolean isEmpty() {
        return scores.isEmpty() && measurements.isEmpty() && workouts.isEmpty() && details == null;
    }
}
