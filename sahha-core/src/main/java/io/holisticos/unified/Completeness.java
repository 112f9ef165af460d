package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.Metric;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.stream.Stream;

/**
 * How many of the headline metrics a day has, and why the others are missing. Scores are not expected, because not every source
 * has every score. The one exception is a score that a source has with a value which cannot be true: it is expected, and missing.
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
     * @param reason a word of {@link io.holisticos.health.Absence}
     */
    @JsonPropertyOrder({"metric", "reason"})
    record Missing(
            @JsonProperty("metric") String metric,

            @Schema(
                    allowableValues = {
                        "not_provided",
                        "not_connected",
                        "no_sleep",
                        "pending",
                        "unscorable",
                        "implausible",
                        "not_fetched",
                        "disabled",
                        "source_unavailable"
                    })
            @JsonProperty("reason")
            String reason) {}

    /** Adds the scores that are missing because their values are beyond their scale. */
    Completeness and(List<String> offScale) {
        if (offScale.isEmpty()) {
            return this;
        }
        List<Missing> all = Stream.concat(
                        missing.stream(), offScale.stream().map(name -> new Missing(name, "implausible")))
                .toList();
        return new Completeness(expected + offScale.size(), present, all);
    }
}
