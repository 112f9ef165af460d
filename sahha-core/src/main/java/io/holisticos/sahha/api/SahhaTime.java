package io.holisticos.sahha.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A time as Sahha writes it: with or without seconds, fraction and offset; a space may stand for the T.
 *
 * @param offset null when the time had none
 */
public record SahhaTime(LocalDateTime local, @Nullable ZoneOffset offset) {

    static final int FIRST_YEAR = 1970;
    static final int LAST_YEAR = 2200;

    private static final int MAX_LENGTH = 60;

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .parseLenient()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .toFormatter();

    /**
     * Reads a time that has to be one.
     *
     * @throws DateTimeException when it is none
     */
    static SahhaTime of(String text) {
        TemporalAccessor parsed = TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        return parsed instanceof OffsetDateTime withOffset
                ? new SahhaTime(withOffset.toLocalDateTime(), withOffset.getOffset())
                : new SahhaTime((LocalDateTime) parsed, null);
    }

    /** Whether it is a time of people who have a phone; PostgreSQL does not store every other. */
    boolean isPossible() {
        return local.getYear() >= FIRST_YEAR && local.getYear() <= LAST_YEAR;
    }

    /** The time in a text; empty when the text is not one, or one of another century. */
    public static Optional<SahhaTime> find(@Nullable String text) {
        if (text == null || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(text.strip())).filter(SahhaTime::isPossible);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * The moment, truncated to microseconds, which is PostgreSQL's precision, so that a time read back equals the time saved.
     *
     * @param otherwise the offset of a time that has none
     */
    public Instant instant(ZoneOffset otherwise) {
        return local.truncatedTo(ChronoUnit.MICROS).toInstant(offset == null ? otherwise : offset);
    }
}
