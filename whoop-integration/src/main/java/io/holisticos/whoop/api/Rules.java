package io.holisticos.whoop.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rules that a record must keep, since without them nobody could say whose it is or when it was. A number that cannot be true
 * does not break a rule: it is stored as it came, and whoever shows it decides. Messages are logged, so they name the field and
 * never the value.
 */
final class Rules {

    private Rules() {}

    static void required(@Nullable Object value, String field) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
    }

    static void inOrder(Instant start, @Nullable Instant end) {
        if (end != null && end.isBefore(start)) {
            throw new IllegalArgumentException("end must not be before start");
        }
    }
}
