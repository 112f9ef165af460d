package io.holisticos.sahha.existing;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** The query parameters of the existing paths, which name the member in two ways. A parameter that breaks a rule is 400. */
final class ExistingParameters {

    /** The highest limit, which is also the default. */
    private static final int MAX_LIMIT = 1000;

    private static final int LAST_YEAR = 9999;

    private ExistingParameters() {}

    static UserId user(String name, @Nullable String text) {
        if (text == null) {
            throw new InvalidRequest(name + " is required");
        }
        try {
            return new UserId(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(
                    name + " must have 1 to " + UserId.MAX_LENGTH + " characters and no control characters", e);
        }
    }

    static Period period(String text) {
        Period period = Period.parse(text);
        LocalDate date = period.date();
        if (date != null) {
            checkYear("period", date);
        }
        return period;
    }

    static @Nullable LocalDate date(String name, @Nullable String text) {
        if (text == null) {
            return null;
        }
        LocalDate date = text.indexOf('/') < 0 ? Period.parse(text).date() : null;
        if (date == null) {
            throw new InvalidRequest(name + " must be YYYY-MM-DD");
        }
        checkYear(name, date);
        return date;
    }

    static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw new InvalidRequest("limit must be a number from 1 to " + MAX_LIMIT, e);
        }
        throw new InvalidRequest("limit must be a number from 1 to " + MAX_LIMIT);
    }

    private static void checkYear(String name, LocalDate date) {
        if (date.getYear() < 1 || date.getYear() > LAST_YEAR) {
            throw new InvalidRequest(name + " must lie in the years 1 to " + LAST_YEAR);
        }
    }
}
