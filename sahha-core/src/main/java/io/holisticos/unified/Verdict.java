package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** How well the sources agree on one metric of one day, whichever of them is shown. */
enum Verdict {
    /** Only one source has a value. */
    SINGLE,
    AGREE,
    MINOR,
    CONFLICT;

    /** Two working devices on the same person may differ by this much. */
    private static final BigDecimal AGREE_PERCENT = BigDecimal.valueOf(5);

    /** Beyond this difference, both cannot be right. */
    private static final BigDecimal MINOR_PERCENT = BigDecimal.valueOf(15);

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /**
     * Compares the span between the lowest and the highest value with the larger of the two magnitudes. The result is exact and
     * does not depend on the order of the values.
     *
     * @param values at least one
     */
    static Verdict of(List<BigDecimal> values) {
        if (values.size() == 1) {
            return SINGLE;
        }
        BigDecimal low = values.stream().reduce(BigDecimal::min).orElseThrow();
        BigDecimal high = values.stream().reduce(BigDecimal::max).orElseThrow();
        BigDecimal span = high.subtract(low).multiply(HUNDRED);
        BigDecimal magnitude = low.abs().max(high.abs());
        if (span.compareTo(magnitude.multiply(AGREE_PERCENT)) <= 0) {
            return AGREE;
        }
        return span.compareTo(magnitude.multiply(MINOR_PERCENT)) <= 0 ? MINOR : CONFLICT;
    }

    @JsonValue
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
