package io.holisticos.unified;

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
 * One day of a person from all sources. Every list has a fixed order that depends on the precedence alone.
 *
 * @param offset at which the person was seen that day; null when no source says
 * @param sources those with anything on this day
 * @param scores each source's own, side by side; no two have the same name
 * @param metrics in the order of {@link Metric}
 * @param workouts oldest first
 * @param details each source's own records, by source
 */
record MergedDay(
        LocalDate date,
        @Nullable ZoneOffset offset,
        List<SourceName> sources,
        List<NamedScore> scores,
        List<MergedMetric> metrics,
        List<Workout> workouts,
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

    /** @param name unique within the day; the score's own unless another source took it first */
    record NamedScore(String name, SourceName source, Score score) {}

    /** @param others what the sources say that are not shown, best first */
    record MergedMetric(Metric metric, Candidate shown, List<Candidate> others, Verdict verdict) {

        MergedMetric {
            others = List.copyOf(others);
        }
    }

    /** What one source says, verbatim. */
    record Candidate(SourceName source, BigDecimal value) {

        /** Health values stay out of logs. */
        @Override
        public String toString() {
            return source + "=<redacted>";
        }
    }
}
