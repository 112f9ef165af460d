package io.holisticos.whoop.quota;

import java.time.Duration;

/** WHOOP counts calls in two windows at once. */
enum QuotaWindow {
    MINUTE("minute", Duration.ofMinutes(1)),
    DAY("day", Duration.ofDays(1));

    /** As the database names it. */
    final String columnValue;

    final Duration length;

    QuotaWindow(String columnValue, Duration length) {
        this.columnValue = columnValue;
        this.length = length;
    }

    static QuotaWindow of(String columnValue) {
        return MINUTE.columnValue.equals(columnValue) ? MINUTE : DAY;
    }

    /** The one whose length is nearer. */
    static QuotaWindow lasting(long seconds) {
        return seconds <= MINUTE.length.toSeconds() ? MINUTE : DAY;
    }
}
