package io.holisticos.unified;

import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Period;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for; equal requests at the same time are answered by one reading.
 *
 * @param days the days asked for; null when the period names the day
 * @param excluded sources that are not read, because the caller does not want them
 */
record UnifiedRequest(UserId who, Period period, @Nullable DayRange days, Set<SourceName> excluded) {

    /** The person's date differs from the date in UTC by at most one day. */
    private static final int MARGIN_DAYS = 1;

    UnifiedRequest {
        excluded = Set.copyOf(excluded);
    }

    /**
     * The days to read: those that may be answered, and those around them that decide what the answer says. A relative day is
     * only known after reading, so its neighbours may be answered as well.
     */
    DaysToRead daysToRead(Instant now, int sources) {
        DayRange asked = mayBeAnswered(now);
        return new DaysToRead(asked, asked.with(ToldDays.daysBefore(sources), ToldDays.daysAfter(sources)));
    }

    private DayRange mayBeAnswered(Instant now) {
        if (days != null) {
            return days;
        }
        if (period.date() != null) {
            return DayRange.of(period.date());
        }
        return DayRange.of(period.dateAt(now, ZoneOffset.UTC)).with(MARGIN_DAYS, MARGIN_DAYS);
    }

    /**
     * The first moment at which the request is one for other days. A relative day ends with the person's day, and the days that are
     * read around it are others once the day ends in UTC.
     */
    Instant sameDayUntil(Instant now, ZoneOffset offset) {
        if (days != null || period.date() != null) {
            return Instant.MAX;
        }
        Instant persons = midnightAfter(now, offset);
        Instant utc = midnightAfter(now, ZoneOffset.UTC);
        return persons.isBefore(utc) ? persons : utc;
    }

    private static Instant midnightAfter(Instant now, ZoneOffset offset) {
        return LocalDate.ofInstant(now, offset).plusDays(1).atStartOfDay().toInstant(offset);
    }

    /** The days to answer, for a person at this offset. */
    DayRange daysToAnswer(Instant now, ZoneOffset offset) {
        return days != null ? days : DayRange.of(period.dateAt(now, offset));
    }
}
