package io.holisticos.health;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** A range of days of a person, including both ends. */
public record DayRange(LocalDate from, LocalDate to) {

    /** A leap year: the longest range of one answer. */
    public static final int MAX_DAYS = 366;

    /** The days around an answer that decide what it says. */
    private static final int MAX_SURROUNDING_DAYS = 64;

    public DayRange {
        requireSpan(from, to, MAX_DAYS + MAX_SURROUNDING_DAYS);
    }

    /** The days that somebody asks for: 1 to {@value #MAX_DAYS}. */
    public static DayRange asked(LocalDate from, LocalDate to) {
        requireSpan(from, to, MAX_DAYS);
        return new DayRange(from, to);
    }

    private static void requireSpan(LocalDate from, LocalDate to, int most) {
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        if (days < 1 || days > most) {
            throw new IllegalArgumentException("days must span 1 to " + most + ", was " + days);
        }
    }

    public static DayRange of(LocalDate day) {
        return new DayRange(day, day);
    }

    /** These days with some before and some after them. */
    public DayRange with(int before, int after) {
        return new DayRange(from.minusDays(before), to.plusDays(after));
    }

    public boolean contains(LocalDate day) {
        return !day.isBefore(from) && !day.isAfter(to);
    }

    /** The days, oldest first. */
    public List<LocalDate> days() {
        return from.datesUntil(to.plusDays(1)).toList();
    }
}
