package io.holisticos.sahha.existing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.api.SahhaNumber;
import io.holisticos.sahha.data.SahhaRow;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The {@code data} of a row as callers read it: Sahha's own JSON object with unknown keys, and {@code sahha_id}. Rows that
 * earlier versions saved lack some of the object's keys, which are filled in from the columns.
 */
final class RowData {

    /** Sahha writes times at the record's own offset. */
    private static final DateTimeFormatter LOCAL_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendOffset("+HH:MM", "+00:00")
            .toFormatter();

    private RowData() {}

    /** Null when the row has no data. */
    static @Nullable JsonNode of(SahhaKind kind, SahhaRow row) {
        if (!(row.data() instanceof ObjectNode stored)) {
            return row.data();
        }
        ObjectNode data = JsonNodeFactory.instance.objectNode().setAll(stored);
        copy(data, "sahha_id", "id");
        switch (kind) {
            case SCORES -> {
                put(data, "type", row.name());
                putNumber(data, "score", row.value());
                put(data, "state", row.state());
                putTime(data, "scoreDateTime", row, row.start());
            }
            case BIOMARKERS -> {
                put(data, "type", row.name());
                put(data, "category", row.category());
                putTime(data, "startDateTime", row, row.start());
                putTime(data, "endDateTime", row, row.end());
            }
            case ARCHETYPES -> {
                put(data, "name", row.name());
                put(data, "value", row.value());
                put(data, "periodicity", row.periodicity());
                putTime(data, "startDateTime", row, row.start());
                putTime(data, "endDateTime", row, row.end());
            }
        }
        copy(data, "id", "sahha_id");
        return data;
    }

    private static void copy(ObjectNode data, String from, String to) {
        if (data.has(from) && !data.has(to)) {
            data.set(to, data.get(from));
        }
    }

    private static void put(ObjectNode data, String key, @Nullable String text) {
        if (text != null && !data.has(key)) {
            data.put(key, text);
        }
    }

    private static void putNumber(ObjectNode data, String key, @Nullable String text) {
        BigDecimal number = SahhaNumber.parse(text);
        if (number != null && !data.has(key)) {
            data.put(key, number);
        }
    }

    private static void putTime(ObjectNode data, String key, SahhaRow row, @Nullable Instant time) {
        if (time != null) {
            put(data, key, row.at(time).format(LOCAL_TIME));
        }
    }
}
