package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** How well the sources agree on one metric of one day, whoever of them is shown. */
enum Verdict {
    /** One source only: nothing to compare. */
    SINGLE,
    AGREE,
    MINOR,
    CONFLICT;

    /** Two devices on one person differ by this much on a good day. */
    private static final BigDecimal AGREE_PERCENT = BigDecimal.valueOf(5);

    /** Beyond this the two cannot both be right. */
    private static final BigDecimal MINOR_PERCENT = BigDecimal.valueOf(15);

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /**
     * By the span between the lowest and the highest value, relative to the larger of the two magnitudes: exact, and the
     * same in whatever order the values come.
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
