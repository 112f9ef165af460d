package io.holisticos.sahha.api;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Sahha's lists tolerantly and builds strict records. A record that breaks a rule is skipped, counted and logged by
 * its id; the others are decoded.
 */
public final class RecordDecoder {

    private static final Logger log = LoggerFactory.getLogger(RecordDecoder.class);

    /** Sahha's sleep day begins at 18:00 of the evening before (observed 2025-07). */
    private static final LocalTime SLEEP_DAY_BEGINS = LocalTime.of(18, 0);

    private static final Set<String> LONGER_THAN_A_DAY = Set.of("weekly", "monthly");
    private static final int MAX_TEXT = 200;
    private static final int MAX_DIGITS = 40;

    private final MetricRegistry metrics;

    public RecordDecoder(MetricRegistry metrics) {
        this.metrics = metrics;
    }

    /** The records of a list, without those that break a rule. */
    public List<SahhaRecord> decode(SahhaKind kind, JsonNode rows) {
        List<SahhaRecord> records = new ArrayList<>(rows.size());
        for (JsonNode row : rows) {
            try {
                records.add(decodeRow(kind, row));
            } catch (RuntimeException e) { // whatever broke, the other records are decoded
                String reason =
                        e instanceof InvalidRecord ? String.valueOf(e.getMessage()) : "a time or number is not one";
                skip(kind, row.path("id").asText("none"), reason);
            }
        }
        return records;
    }

    /** Counts a record that is left out, and logs its id without characters that could forge a log line. */
    void skip(SahhaKind kind, String id, String reason) {
        metrics.meter(MetricRegistry.name("sahha", "rows", "skipped", kind.key()))
                .mark();
        log.warn("event=sahha_row_skipped kind={} id={} reason=\"{}\"", kind.key(), idForLog(id), reason);
    }

    private static SahhaRecord decodeRow(SahhaKind kind, JsonNode row) {
        if (!row.isObject()) {
            throw new InvalidRecord("not an object");
        }
        checkStorable(row);
        checkId(row);
        return switch (kind) {
            case SCORES -> score(row);
            case BIOMARKERS -> biomarker(row);
            case ARCHETYPES -> archetype(row);
        };
    }

    private static SahhaRecord score(JsonNode row) {
        SahhaTime time = time(required(row, "scoreDateTime"));
        BigDecimal score = number(row.path("score"));
        if (score != null && (score.signum() < 0 || score.compareTo(BigDecimal.ONE) > 0)) {
            throw new InvalidRecord("score outside 0 to 1");
        }
        return new SahhaRecord(
                SahhaKind.SCORES,
                required(row, "type"),
                null,
                null,
                score == null ? null : score.toPlainString(),
                text(row, "state"),
                instant(time),
                null,
                time.offset(),
                time.local().toLocalDate(),
                createdAt(row),
                row);
    }

    private static SahhaRecord biomarker(JsonNode row) {
        RecordWindow window = RecordWindow.of(row);
        String category = required(row, "category");
        String periodicity = text(row, "periodicity");
        boolean byEnd = category.equals("sleep")
                || LONGER_THAN_A_DAY.contains(String.valueOf(periodicity))
                || window.start.local().toLocalTime().equals(SLEEP_DAY_BEGINS);
        return new SahhaRecord(
                SahhaKind.BIOMARKERS,
                required(row, "type"),
                category,
                periodicity,
                text(row, "value"),
                null,
                instant(window.start),
                instant(window.end),
                window.start.offset(),
                byEnd ? window.lastDay() : window.start.local().toLocalDate(),
                createdAt(row),
                row);
    }

    private static SahhaRecord archetype(JsonNode row) {
        RecordWindow window = RecordWindow.of(row);
        return new SahhaRecord(
                SahhaKind.ARCHETYPES,
                required(row, "name"),
                null,
                required(row, "periodicity"),
                text(row, "value"),
                null,
                instant(window.start),
                instant(window.end),
                window.start.offset(),
                window.start.local().toLocalDate(),
                createdAt(row),
                row);
    }

    /** Older documents and exports name the field {@code createdAt}. */
    private static @Nullable Instant createdAt(JsonNode row) {
        String text = text(row, row.hasNonNull("createdAtUtc") ? "createdAtUtc" : "createdAt");
        return text == null ? null : instant(time(text));
    }

    private static SahhaTime time(String text) {
        SahhaTime time = SahhaTime.of(text);
        if (!time.isPossible()) {
            throw new InvalidRecord("a time outside " + SahhaTime.FIRST_YEAR + " to " + SahhaTime.LAST_YEAR);
        }
        return time;
    }

    /** Older exports have times without an offset, which are read as UTC. */
    private static Instant instant(SahhaTime time) {
        return time.instant(ZoneOffset.UTC);
    }

    private static @Nullable BigDecimal number(JsonNode node) {
        if (node.isNumber()) {
            return node.decimalValue();
        }
        return node.isTextual() && !node.textValue().isBlank() ? SahhaNumber.parse(node.textValue()) : null;
    }

    private static String required(JsonNode row, String field) {
        String text = text(row, field);
        if (text == null || text.isBlank()) {
            throw new InvalidRecord(field + " is missing");
        }
        return text;
    }

    /** Returns numbers as text, because Sahha sends biomarker values in both forms. */
    private static @Nullable String text(JsonNode row, String field) {
        JsonNode node = row.path(field);
        if (!node.isValueNode() || node.isNull()) {
            return null;
        }
        String text = node.isNumber() ? node.decimalValue().toPlainString() : node.asText();
        if (text.length() > MAX_TEXT) {
            throw new InvalidRecord(field + " is too long");
        }
        return text;
    }

    /** Refuses an id of absurd length. The id is kept with the row's data only. */
    private static void checkId(JsonNode row) {
        if (row.path("id").asText("").length() > MAX_TEXT) {
            throw new InvalidRecord("id is too long");
        }
    }

    /** Refuses what PostgreSQL cannot store, and numbers that would fill the memory when written without an exponent. */
    private static void checkStorable(JsonNode node) {
        if (node.isTextual()) {
            checkStorable(node.textValue());
        }
        if (node.isNumber()) {
            BigDecimal number = node.decimalValue();
            if (Math.abs((long) number.scale()) > MAX_DIGITS || number.precision() > MAX_DIGITS) {
                throw new InvalidRecord("a number of more than 40 digits");
            }
        }
        for (var fields = node.fieldNames(); fields.hasNext(); ) {
            checkStorable(fields.next());
        }
        for (JsonNode child : node) {
            checkStorable(child);
        }
    }

    private static void checkStorable(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidRecord("a text holds U+0000");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new InvalidRecord("a text holds half of a surrogate pair");
        }
    }

    private static String idForLog(String raw) {
        String id = raw.isBlank() ? "none" : raw.replace("\"", "").replaceAll("[^A-Za-z0-9-]", "?");
        return id.substring(0, Math.min(id.length(), 40));
    }

    private record RecordWindow(SahhaTime start, SahhaTime end) {

        static RecordWindow of(JsonNode row) {
            RecordWindow window =
                    new RecordWindow(time(required(row, "startDateTime")), time(required(row, "endDateTime")));
            if (instant(window.end).isBefore(instant(window.start))) {
                throw new InvalidRecord("a window that ends before it starts");
            }
            return window;
        }

        /** A window that ends at midnight does not reach into the next day. */
        LocalDate lastDay() {
            return end.local().minusSeconds(1).toLocalDate();
        }
    }

    private static final class InvalidRecord extends RuntimeException {
        InvalidRecord(String message) {
            super(message, null, false, false);
        }
    }
}
