package io.holisticos.sahha.data;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.result.RowView;
import org.jspecify.annotations.Nullable;

/**
 * How a member stands before rows are read.
 *
 * @param revision counts the changes of the member's days
 * @param lastSeen null when there is no record
 * @param read which days were read from Sahha
 */
public record Standing(long revision, @Nullable LastSeen lastSeen, ReadDays read) {

    /** One row of {@code standing.sql}; each has a span, unless there is none at all. */
    record Line(long revision, @Nullable LastSeen lastSeen, ReadDays.@Nullable Span read) {

        static Line of(RowView row) {
            Instant at = row.getColumn("at", Instant.class);
            String kind = row.getColumn("kind", String.class);
            return new Line(
                    row.getColumn("revision", Long.class),
                    at == null ? null : new LastSeen(at, row.getColumn("utc_offset_seconds", ZoneOffset.class)),
                    kind == null
                            ? null
                            : new ReadDays.Span(
                                    kind,
                                    row.getColumn("first_day", LocalDate.class),
                                    row.getColumn("last_day", LocalDate.class),
                                    row.getColumn("until", Instant.class)));
        }
    }

    static Standing of(List<Line> lines) {
        return new Standing(
                lines.get(0).revision(),
                lines.get(0).lastSeen(),
                new ReadDays(
                        lines.stream().map(Line::read).filter(Objects::nonNull).toList()));
    }
}
