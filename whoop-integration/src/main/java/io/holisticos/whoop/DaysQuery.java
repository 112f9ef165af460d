package io.holisticos.whoop;

import io.holisticos.health.DayRange;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Observation;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The days a caller asks for: {@code date}, or {@code from} and {@code to}, or the last {@code days}; else the last 7. */
final class DaysQuery {

    private static final int DEFAULT_DAYS = 7;

    /** The person's today can be the day before or after ours. */
    private static final int SLACK = 1;

    private static final int MAX_LAST_DAYS = DayRange.MAX_DAYS - 2 * SLACK;

    private final @Nullable LocalDate date;
    private final @Nullable LocalDate from;
    private final @Nullable LocalDate to;
    private final @Nullable String days;

    /** Filled by Jersey. */
    DaysQuery(
            @QueryParam("date") @Nullable LocalDate date,
            @QueryParam("from") @Nullable LocalDate from,
            @QueryParam("to") @Nullable LocalDate to,
            @QueryParam("days") @Nullable String days) {
        this.date = date;
        this.from = from;
        this.to = to;
        this.days = days;
    }

    /** Refuses a request that names days where there are none to choose. */
    void refuseAny() {
        if (date != null || from != null || to != null || days != null) {
            throw new InvalidRequest("this takes no date, from, to or days");
        }
    }

    /** The days to read: they include the days meant, whatever the person's offset is. */
    DayRange toRead(Instant now) {
        DayRange named = named();
        if (named != null) {
            return named;
        }
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        return new DayRange(today.minusDays(lastDays() - 1L + SLACK), today.plusDays(SLACK));
    }

    /** The days meant. The last days end with the person's today, by the offset of the newest observation. */
    DayRange meant(Instant now, @Nullable Observation newest) {
        DayRange named = named();
        if (named != null) {
            return named;
        }
        LocalDate today = LocalDate.ofInstant(now, newest == null ? ZoneOffset.UTC : newest.offset());
        return new DayRange(today.minusDays(lastDays() - 1L), today);
    }

    private @Nullable DayRange named() {
        if (date != null) {
            if (from != null || to != null || days != null) {
                throw new InvalidRequest("date stands alone: not with from, to or days");
            }
            return DayRange.of(date);
        }
        if (from == null && to == null) {
            return null;
        }
        if (from == null || to == null || days != null) {
            throw new InvalidRequest("from and to belong together, and not with days");
        }
        try {
            return DayRange.asked(from, to);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(String.valueOf(e.getMessage()), e);
        }
    }

    private int lastDays() {
        if (days == null) {
            return DEFAULT_DAYS;
        }
        try {
            int count = Integer.parseInt(days);
            if (count >= 1 && count <= MAX_LAST_DAYS) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw new InvalidRequest("days must be a number, 1 to " + MAX_LAST_DAYS, e);
        }
        throw new InvalidRequest("days must be a number, 1 to " + MAX_LAST_DAYS);
    }
}
