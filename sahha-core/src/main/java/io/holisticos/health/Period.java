package io.holisticos.health;

import io.holisticos.health.HealthError.InvalidRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import org.jspecify.annotations.Nullable;

/**
 * The day that a caller asks for: {@code today}, {@code yesterday}, {@code YYYY-MM-DD} or {@code MM/DD/YYYY}. The first two
 * become a date only with the person's UTC offset.
 *
 * @param text as the caller wrote it
 * @param date the date itself; null for a relative day
 * @param daysAgo 0 for today, 1 for yesterday; unused with a date
 */
public record Period(String text, @Nullable LocalDate date, int daysAgo) {

    public static final Period TODAY = new Period("today", null, 0);

    /** The length of both forms of a date. */
    private static final int LENGTH = 10;

    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd").withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter US =
            DateTimeFormatter.ofPattern("MM/dd/uuuu").withResolverStyle(ResolverStyle.STRICT);

    /** @throws InvalidRequest when the text is none of the four forms */
    public static Period parse(String text) {
        return parse("period", text);
    }

    /**
     * As {@link #parse(String)}, for a parameter of another name.
     *
     * @throws InvalidRequest when the text is none of the four forms
     */
    public static Period parse(String parameter, String text) {
        return switch (text) {
            case "today" -> TODAY;
            case "yesterday" -> new Period(text, null, 1);
            default -> new Period(text, dateOf(parameter, text), 0);
        };
    }

    /** The date of this period for a person at this offset. */
    public LocalDate dateAt(Instant now, ZoneOffset offset) {
        return date != null ? date : LocalDate.ofInstant(now, offset).minusDays(daysAgo);
    }

    private static LocalDate dateOf(String parameter, String text) {
        try {
            if (text.length() != LENGTH) { // the formatters also accept years beyond 9999
                throw new DateTimeException("not " + LENGTH + " characters");
            }
            return LocalDate.parse(text, text.indexOf('/') < 0 ? ISO : US);
        } catch (DateTimeException e) {
            throw new InvalidRequest(parameter + " must be today, yesterday, YYYY-MM-DD or MM/DD/YYYY", e);
        }
    }
}
