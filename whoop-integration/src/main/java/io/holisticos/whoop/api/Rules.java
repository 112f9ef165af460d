package io.holisticos.whoop.api;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What WHOOP documents of its values. Messages name the field and never the value: they are logged. */
final class Rules {

    static final BigDecimal MAX_STRAIN = BigDecimal.valueOf(21);
    static final BigDecimal MAX_PERCENTAGE = BigDecimal.valueOf(100);

    private Rules() {}

    static void required(@Nullable Object value, String field) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
    }

    static void within(@Nullable BigDecimal value, BigDecimal max, String field) {
        if (value != null && (value.signum() < 0 || value.compareTo(max) > 0)) {
            throw new IllegalArgumentException(field + " must be 0 to " + max);
        }
    }

    static void notNegative(@Nullable BigDecimal value, String field) {
        if (value != null && value.signum() < 0) {
            throw new IllegalArgumentException(field + " must not be negative");
        }
    }

    static void notNegative(long value, String field) {
        if (value < 0) {
            throw new IllegalArgumentException(field + " must not be negative");
        }
    }

    static void inOrder(Instant start, @Nullable Instant end) {
        if (end != null && end.isBefore(start)) {
            throw new IllegalArgumentException("end must not be before start");
        }
    }
}
