package io.holisticos.twins.sahha;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Local calendar dates that a query asks for, inclusive on both sides; null is open. */
record DateRange(@Nullable LocalDate first, @Nullable LocalDate last) {

    boolean contains(LocalDate date) {
        return (first == null || !date.isBefore(first)) && (last == null || !date.isAfter(last));
    }

    /**
     * Reads one bound: a date, a time with an offset (then moved to the profile's), or a time without one, which is
     * the profile's local time. Empty when it is none of these, as with an offset whose plus arrived as a space.
     */
    static Optional<LocalDate> parse(String text, ZoneOffset local) {
        try {
            if (text.indexOf('T') < 0) {
                return Optional.of(LocalDate.parse(text));
            }
            var time = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            return Optional.of(
                    time instanceof OffsetDateTime moment
                            ? moment.withOffsetSameInstant(local).toLocalDate()
                            : LocalDate.from(time));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
