package io.holisticos.unified;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One day of a person from all sources. The order of every list depends only on the precedence.
 *
 * @param offset the person's UTC offset on that day; null when no source says it
 * @param sources the sources with data on this day
 * @param scores each source's own, side by side; no two have the same name
 * @param metrics in the order of {@link Metric}
 * @param workouts oldest first, each activity once
 * @param details each source's own records, by source
 */
record MergedDay(
        LocalDate date,
        @Nullable ZoneOffset offset,
        List<SourceName> sources,
        List<NamedScore> scores,
        List<MergedMetric> metrics,
        List<MergedWorkout> workouts,
        Map<SourceName, SourceDetails> details,
        Completeness completeness) {

    MergedDay {
        sources = List.copyOf(sources);
        scores = List.copyOf(scores);
        metrics = List.copyOf(metrics);
        workouts = List.copyOf(workouts);
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "MergedDay[" + date + " from " + sources + "]";
    }

    /** @param name unique within the day: the score's own name, unless an earlier source has a score of that name */
    record NamedScore(String name, SourceName source, Score score) {}

    /** @param others the values that are not shown, best source first */
    record MergedMetric(Metric metric, Candidate shown, List<Candidate> others, Verdict verdict) {

        MergedMetric {
            others = List.copyOf(others);
        }
    }

    /**
     * An activity, whoever saw it. Only the representative counts in a sum.
     *
     * @param representative verbatim from its source
     * @param members every workout that is this activity: the representative, then the others, best first
     */
    record MergedWorkout(Workout representative, List<Workout> members) {

        MergedWorkout {
            members = List.copyOf(members);
        }
    }

    /**
     * The value of one source, verbatim.
     *
     * @param measurement of the metric it stands with; of another one when it is an echo of another period
     * @param echoOf the source that measured it, when this one only handed it on
     */
    record Candidate(
            SourceName source,
            Measurement measurement,
            @Nullable SourceName echoOf) {

        BigDecimal value() {
            return measurement.value();
        }

        boolean isEcho() {
            return echoOf != null;
        }

        /** Health values stay out of logs. */
        @Override
        public String toString() {
            return source + "=<redacted>";
        }
    }
}
