package io.holisticos.whoop.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Without what a record is none: nobody could say whose it is or when it was. A number that cannot be true is no reason to
 * refuse one: it is kept as it came, and who shows it judges. Messages name the field and never the value: they are logged.
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
