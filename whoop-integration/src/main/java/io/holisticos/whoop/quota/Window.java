package io.holisticos.whoop.quota;

import java.time.Duration;

/** WHOOP counts calls in two windows at once. */
enum Window {
    MINUTE("minute", Duration.ofMinutes(1)),
    DAY("day", Duration.ofDays(1));

    /** As the database names it. */
    final String columnValue;

    final Duration length;

    Window(String columnValue, Duration length) {
        this.columnValue = columnValue;
        this.length = length;
    }

    static Window of(String columnValue) {
        return MINUTE.columnValue.equals(columnValue) ? MINUTE : DAY;
    }

    /** The one whose length is nearer. */
    static Window lasting(long seconds) {
        return seconds <= MINUTE.length.toSeconds() ? MINUTE : DAY;
    }
}
