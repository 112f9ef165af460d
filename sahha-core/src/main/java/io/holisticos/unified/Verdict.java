package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonValue;
import io.holisticos.health.MetricDefinition.Tolerance;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** How well the sources agree on one metric of one day, whichever of them is shown. */
enum Verdict {
    /** Only one source has a value that can be compared. */
    SINGLE,
    /** Two working devices on the same person may differ by this much. */
    AGREE,
    MINOR,
    /** Both cannot be right. */
    CONFLICT;

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /**
     * Compares the span between the lowest and the highest value with the metric's tolerance. The result is exact and does not
     * depend on the order of the values.
     *
     * @param values at least one
     */
    static Verdict of(Tolerance tolerance, List<BigDecimal> values) {
        if (values.size() == 1) {
            return SINGLE;
        }
        BigDecimal low = values.get(0);
        BigDecimal high = low;
        for (BigDecimal value : values) {
            low = low.min(value);
            high = high.max(value);
        }
        BigDecimal span = high.subtract(low);
        if (isWithin(span, low, high, tolerance.agree(), tolerance.kind())) {
            return AGREE;
        }
        return isWithin(span, low, high, tolerance.conflict(), tolerance.kind()) ? MINOR : CONFLICT;
    }

    private static boolean isWithin(
            BigDecimal span, BigDecimal low, BigDecimal high, BigDecimal limit, Tolerance.Kind kind) {
        return switch (kind) {
            case ABSOLUTE -> span.compareTo(limit) <= 0;
            case RELATIVE -> {
                BigDecimal magnitude = low.abs().max(high.abs());
                yield span.multiply(HUNDRED).compareTo(magnitude.multiply(limit)) <= 0;
            }
        };
    }

    @JsonValue
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
