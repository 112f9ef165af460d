package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How many of the headline metrics a day has, and why the others are missing. A score counts only when a source has a value
 * beyond its scale, because not every source has every score.
 */
@JsonPropertyOrder({"expected", "present", "missing"})
record Completeness(
        @JsonProperty("expected") int expected,
        @JsonProperty("present") int present,
        @JsonProperty("missing") List<Missing> missing) {

    /** The metrics that a day with both a phone and a band usually has. */
    static final List<Metric> HEADLINE = List.of(
            Metric.HEART_RATE_RESTING,
            Metric.HRV_RMSSD_SLEEP,
            Metric.HRV_SDNN,
            Metric.SLEEP_DURATION,
            Metric.SLEEP_IN_BED,
            Metric.SLEEP_LIGHT,
            Metric.SLEEP_DEEP,
            Metric.SLEEP_REM,
            Metric.SLEEP_EFFICIENCY,
            Metric.RESPIRATORY_RATE_SLEEP,
            Metric.SPO2_SLEEP,
            Metric.SKIN_TEMPERATURE_SLEEP,
            Metric.ENERGY_ACTIVE,
            Metric.STEPS);

    Completeness {
        missing = List.copyOf(missing);
    }

    /**
     * A metric without a value.
     *
     * @param metric its key, or the name of a score
     * @param reason {@code not_provided}; {@code implausible}: the value of a source cannot be true; or why a source that
     *     can measure it did not answer
     */
    @JsonPropertyOrder({"metric", "reason"})
    record Missing(
            @JsonProperty("metric") String metric,
            @JsonProperty("reason") String reason) {}

    /** @param implausible the metrics for which a source has only an implausible value */
    static Completeness of(
            Set<Metric> present,
            Map<SourceName, Set<Metric>> implausible,
            List<SourceAnswer> answers,
            Precedence precedence,
            OfferedMetrics offered) {
        List<Missing> missing = HEADLINE.stream()
                .filter(metric -> !present.contains(metric))
                .map(metric -> new Missing(metric.key(), reason(metric, implausible, answers, precedence, offered)))
                .toList();
        return new Completeness(HEADLINE.size(), HEADLINE.size() - missing.size(), missing);
    }

    /** Adds the scores that are missing because their values are beyond their scale. */
    Completeness and(List<String> offScale) {
        List<Missing> all = Stream.concat(
                        missing.stream(), offScale.stream().map(name -> new Missing(name, "implausible")))
                .toList();
        return new Completeness(expected + offScale.size(), present, all);
    }

    /** The reason of the source whose value would have been shown. */
    private static String reason(
            Metric metric,
            Map<SourceName, Set<Metric>> implausible,
            List<SourceAnswer> answers,
            Precedence precedence,
            OfferedMetrics offered) {
        return answers.stream()
                .filter(answer -> offered.includes(answer.from(), metric))
                .sorted((a, b) -> precedence.of(metric).compare(a.from(), b.from()))
                .flatMap(answer ->
                        implausible.getOrDefault(answer.from(), Set.of()).contains(metric)
                                ? Stream.of("implausible")
                                : reasonOf(answer).stream())
                .findFirst()
                .orElse("not_provided");
    }

    /** Why a source did not answer with all it has; empty when it did. */
    private static Optional<String> reasonOf(SourceAnswer answer) {
        if (answer instanceof Measured measured) {
            return switch (measured.dataStatus()) {
                case CURRENT, STALE -> Optional.empty();
                case ACCOUNT_UNCONFIRMED -> Optional.of("pending");
                case REAUTHORIZATION_REQUIRED -> Optional.of(answer.status());
            };
        }
        return Optional.of(answer instanceof Unavailable ? "source_unavailable" : answer.status());
    }
}
