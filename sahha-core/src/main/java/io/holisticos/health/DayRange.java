package io.holisticos.health;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** A range of 1 to {@value #MAX_DAYS} days of a person, including both ends. */
public record DayRange(LocalDate from, LocalDate to) {

    /** A leap year: the longest range of one answer. */
    public static final int MAX_DAYS = 366;

    public DayRange {
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        if (days < 1 || days > MAX_DAYS) {
            throw new IllegalArgumentException("days must span 1 to " + MAX_DAYS + ", was " + days);
        }
    }

    public static DayRange of(LocalDate day) {
        return new DayRange(day, day);
    }

    public boolean contains(LocalDate day) {
        return !day.isBefore(from) && !day.isAfter(to);
    }

    /** The days, oldest first. */
    public List<LocalDate> days() {
        return from.datesUntil(to.plusDays(1)).toList();
    }
}
