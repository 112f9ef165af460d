package io.holisticos.health;

import io.holisticos.health.Metric.Family;
import java.math.BigDecimal;

/**
 * What {@code metrics.yml} says of a metric.
 *
 * @param ucum the unit's code in the Unified Code for Units of Measure
 */
public record MetricDefinition(
        String id,
        String quantity,
        String method,
        String period,
        String unit,
        String ucum,
        Family family,
        Range plausible,
        Tolerance tolerance) {

    public MetricDefinition {
        if (plausible.min().compareTo(plausible.max()) >= 0) {
            throw new IllegalArgumentException(id + ": the plausible range is empty");
        }
        if (tolerance.agree().signum() < 0 || tolerance.agree().compareTo(tolerance.conflict()) > 0) {
            throw new IllegalArgumentException(id + ": a tolerance needs 0 <= agree <= conflict");
        }
    }

    /** Whether the value is counted up through the day, so that half a day's is too low. */
    public boolean isSumOfDay() {
        return period.equals("day") && (family == Family.ACTIVITY || family == Family.ENERGY);
    }

    /** Whether this source takes the metric from a night's sleep. */
    public boolean isOfSleep(SourceName source) {
        return false;
    }

    /** The values that a living person's day can have, both ends included, and where that is known from. */
    public record Range(BigDecimal min, BigDecimal max, String source) {}

    /** How far two devices on the same person may differ. */
    public record Tolerance(Kind kind, BigDecimal agree, BigDecimal conflict) {

        public enum Kind {
            /** In the metric's unit. */
            ABSOLUTE,
            /** In percent of the larger value. */
            RELATIVE
        }
    }
}
