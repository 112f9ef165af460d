package io.holisticos.health;

import java.math.BigDecimal;

/** The value of a metric on one day, in the metric's unit: verbatim from the source, or converted with at most 3 decimals. */
public record Measurement(Metric metric, BigDecimal value, Lineage lineage) {

    /** A value of which only the day is known. */
    public Measurement(Metric metric, BigDecimal value) {
        this(metric, value, Lineage.UNKNOWN);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return metric.key() + "=<redacted>";
    }
}
