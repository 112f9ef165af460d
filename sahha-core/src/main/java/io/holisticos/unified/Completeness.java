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
 * How many of the headline metrics a day has, and why the others are absent. A score counts only where a source said of it
 * what cannot be: who has one is the sources' business.
 */
@JsonPropertyOrder({"expected", "present", "missing"})
record Completeness(
        @JsonProperty("expected") int expected,
        @JsonProperty("present") int present,
        @JsonProperty("missing") List<Missing> missing) {

    /** What a day with both a phone and a band usually has. */
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
     * @param metric its key, or the name of a score
     * @param reason {@code not_provided}; {@code implausible}: what a source said cannot be true; or why a source that
     *     could have had it did not answer
     */
    @JsonPropertyOrder({"metric", "reason"})
    record Missing(
            @JsonProperty("metric") String metric,
            @JsonProperty("reason") String reason) {}

    /** @param implausible of what a source said something that cannot be */
    static Completeness of(
            Set<Metric> present,
            Map<SourceName, Set<Metric>> implausible,
            List<SourceAnswer> answers,
            Precedence precedence,
            Offers offers) {
        List<Missing> missing = HEADLINE.stream()
                .filter(metric -> !present.contains(metric))
                .map(metric -> new Missing(metric.key(), reason(metric, implausible, answers, precedence, offers)))
                .toList();
        return new Completeness(HEADLINE.size(), HEADLINE.size() - missing.size(), missing);
    }

    /** With scores that are missing because they were told beyond their scale. */
    Completeness and(List<String> offScale) {
        List<Missing> all = Stream.concat(
                        missing.stream(), offScale.stream().map(name -> new Missing(name, "implausible")))
                .toList();
        return new Completeness(expected + offScale.size(), present, all);
    }

    /** Of several sources without a value, the one whose value would have been shown. */
    private static String reason(
            Metric metric,
            Map<SourceName, Set<Metric>> implausible,
            List<SourceAnswer> answers,
            Precedence precedence,
            Offers offers) {
        return answers.stream()
                .filter(answer -> offers.mayHave(answer.from(), metric))
                .sorted((a, b) -> precedence.of(metric).compare(a.from(), b.from()))
                .flatMap(answer ->
                        implausible.getOrDefault(answer.from(), Set.of()).contains(metric)
                                ? Stream.of("implausible")
                                : silence(answer).stream())
                .findFirst()
                .orElse("not_provided");
    }

    /** Why a source has not told all it could; empty when it has. */
    private static Optional<String> silence(SourceAnswer answer) {
        if (answer instanceof Measured measured) {
            return switch (measured.standing()) {
                case CURRENT, STALE -> Optional.empty();
                case AWAITED -> Optional.of("pending");
                case REAUTHORIZATION_REQUIRED -> Optional.of(answer.status());
            };
        }
        return Optional.of(answer instanceof Unavailable ? "source_unavailable" : answer.status());
    }
}
