package io.holisticos.sahha;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Sahha's lists tolerantly and builds strict records. A row that breaks a rule is skipped, counted and named by
 * id; the others go on.
 */
final class RecordDecoder {

    private static final Logger log = LoggerFactory.getLogger(RecordDecoder.class);

    /** Sahha's sleep day begins at 18:00 of the evening before (observed 2025-07). */
    private static final LocalTime SLEEP_DAY_BEGINS = LocalTime.of(18, 0);

    private static final Set<String> LONGER_THAN_A_DAY = Set.of("weekly", "monthly");
    private static final int MAX_TEXT = 200;
    private static final int MAX_DIGITS = 40;
    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 2200;

    private final MetricRegistry metrics;

    RecordDecoder(MetricRegistry metrics) {
        this.metrics = metrics;
    }

    List<SahhaRecord> decode(Kind kind, JsonNode rows) {
        List<SahhaRecord> records = new ArrayList<>(rows.size());
        for (JsonNode row : rows) {
            try {
                records.add(decodeRow(kind, row));
            } catch (BadRow | DateTimeException | NumberFormatException e) {
                metrics.meter(MetricRegistry.name("sahha", "rows", "skipped", kind.word()))
                        .mark();
                log.warn(
                        "event=sahha_row_skipped kind={} id={} reason=\"{}\"",
                        kind.word(),
                        idForLog(row),
                        e instanceof BadRow ? e.getMessage() : "a time or number is not one");
            }
        }
        return records;
    }

    private static SahhaRecord decodeRow(Kind kind, JsonNode row) {
        if (!row.isObject()) {
            throw new BadRow("not an object");
        }
        checkStorable(row);
        return switch (kind) {
            case SCORES -> score(row);
            case BIOMARKERS -> biomarker(row);
            case ARCHETYPES -> archetype(row);
        };
    }

    private static SahhaRecord score(JsonNode row) {
        Stamp stamp = Stamp.of(required(row, "scoreDateTime"));
        BigDecimal score = number(row.path("score"));
        if (score != null && (score.signum() < 0 || score.compareTo(BigDecimal.ONE) > 0)) {
            throw new BadRow("score outside 0 to 1");
        }
        return new SahhaRecord(
                Kind.SCORES,
                text(row, "id"),
                required(row, "type"),
                null,
                null,
                score == null ? null : score.toPlainString(),
                text(row, "state"),
                stamp.instant(),
                null,
                stamp.offset,
                stamp.local.toLocalDate(),
                createdAt(row),
                row);
    }

    private static SahhaRecord biomarker(JsonNode row) {
        Window window = Window.of(row);
        String category = required(row, "category");
        String periodicity = text(row, "periodicity");
        boolean byEnd = category.equals("sleep")
                || LONGER_THAN_A_DAY.contains(String.valueOf(periodicity))
                || window.start.local.toLocalTime().equals(SLEEP_DAY_BEGINS);
        return new SahhaRecord(
                Kind.BIOMARKERS,
                text(row, "id"),
                required(row, "type"),
                category,
                periodicity,
                text(row, "value"),
                null,
                window.start.instant(),
                window.end.instant(),
                window.start.offset,
                byEnd ? window.lastDay() : window.start.local.toLocalDate(),
                createdAt(row),
                row);
    }

    private static SahhaRecord archetype(JsonNode row) {
        Window window = Window.of(row);
        return new SahhaRecord(
                Kind.ARCHETYPES,
                text(row, "id"),
                required(row, "name"),
                null,
                required(row, "periodicity"),
                text(row, "value"),
                null,
                window.start.instant(),
                window.end.instant(),
                window.start.offset,
                window.start.local.toLocalDate(),
                createdAt(row),
                row);
    }

    /** Older documents and exports say {@code createdAt}. */
    private static @Nullable Instant createdAt(JsonNode row) {
        String text = text(row, row.hasNonNull("createdAtUtc") ? "createdAtUtc" : "createdAt");
        return text == null ? null : Stamp.of(text).instant();
    }

    private static @Nullable BigDecimal number(JsonNode node) {
        if (node.isNumber()) {
            return node.decimalValue();
        }
        return node.isTextual() && !node.textValue().isBlank() ? Values.number(node.textValue()) : null;
    }

    private static String required(JsonNode row, String field) {
        String text = text(row, field);
        if (text == null || text.isBlank()) {
            throw new BadRow(field + " is missing");
        }
        return text;
    }

    /** A number becomes its text: biomarker values come in both forms. */
    private static @Nullable String text(JsonNode row, String field) {
        JsonNode node = row.path(field);
        if (!node.isValueNode() || node.isNull()) {
            return null;
        }
        String text = node.isNumber() ? node.decimalValue().toPlainString() : node.asText();
        if (text.length() > MAX_TEXT) {
            throw new BadRow(field + " is too long");
        }
        return text;
    }

    /** What PostgreSQL cannot hold, or what would fill the memory when written plainly, is refused here. */
    private static void checkStorable(JsonNode node) {
        if (node.isTextual() && node.textValue().indexOf('\0') >= 0) {
            throw new BadRow("a text holds U+0000");
        }
        if (node.isNumber()) {
            BigDecimal number = node.decimalValue();
            if (Math.abs((long) number.scale()) > MAX_DIGITS || number.precision() > MAX_DIGITS) {
                throw new BadRow("a number of absurd length");
            }
        }
        for (var fields = node.fieldNames(); fields.hasNext(); ) {
            if (fields.next().indexOf('\0') >= 0) {
                throw new BadRow("a name holds U+0000");
            }
        }
        for (JsonNode child : node) {
            checkStorable(child);
        }
    }

    private static String idForLog(JsonNode row) {
        String id = row.path("id").asText("none").replaceAll("[^A-Za-z0-9-]", "?");
        return id.substring(0, Math.min(id.length(), 40));
    }

    /**
     * A time as Sahha writes it: with an offset, or in older exports without one.
     *
     * @param offset null where it had none; the time is then read as UTC
     */
    private record Stamp(LocalDateTime local, @Nullable ZoneOffset offset) {

        static Stamp of(String text) {
            TemporalAccessor parsed = Values.TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            Stamp stamp = parsed instanceof OffsetDateTime time
                    ? new Stamp(time.toLocalDateTime(), time.getOffset())
                    : new Stamp((LocalDateTime) parsed, null);
            if (stamp.local.getYear() < FIRST_YEAR || stamp.local.getYear() > LAST_YEAR) {
                throw new BadRow("a time outside " + FIRST_YEAR + " to " + LAST_YEAR);
            }
            return stamp;
        }

        /** To the microsecond, which is as fine as PostgreSQL holds it: a time read back is the time that was saved. */
        Instant instant() {
            return local.truncatedTo(ChronoUnit.MICROS).toInstant(offset == null ? ZoneOffset.UTC : offset);
        }
    }

    private record Window(Stamp start, Stamp end) {

        static Window of(JsonNode row) {
            Window window =
                    new Window(Stamp.of(required(row, "startDateTime")), Stamp.of(required(row, "endDateTime")));
            if (window.end.instant().isBefore(window.start.instant())) {
                throw new BadRow("a window that ends before it starts");
            }
            return window;
        }

        /** A window that ends at midnight does not reach into the next day. */
        LocalDate lastDay() {
            return end.local.minusSeconds(1).toLocalDate();
        }
    }

    private static final class BadRow extends RuntimeException {
        BadRow(String message) {
            super(message, null, false, false);
        }
    }
}
