package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares a record as WHOOP writes it with a row or an answer, field by field. Null and absent are the same. */
final class FieldComparison {

    /** Columns that cannot have the name of their field. */
    private static final Map<String, String> COLUMNS =
            Map.of("user_id", "whoop_user_id", "start", "start_at", "end", "end_at");

    /** Columns that describe the row, not the member. */
    private static final Set<String> BOOKKEEPING =
            Set.of("user_id", "recorded_at", "fetch_begun_at", "last_fetch_begun_at", "archive_hash", "deleted_at");

    private FieldComparison() {}

    /** The fields that differ between a record and a row; all fields and all columns are compared. */
    static List<String> differences(JsonNode wire, JsonNode row) {
        List<String> different = new ArrayList<>();
        Set<String> unseen = new TreeSet<>();
        row.fieldNames().forEachRemaining(unseen::add);
        unseen.removeAll(BOOKKEEPING);
        leaves(wire).forEach((path, value) -> {
            String name = path.substring(path.lastIndexOf('.') + 1);
            String column = COLUMNS.getOrDefault(name, name);
            boolean known = unseen.remove(column);
            if (value.isNull() ? known && !row.path(column).isNull() : !same(value, row.path(column))) {
                different.add(path);
            }
        });
        for (String column : unseen) { // a column without a field must be empty
            if (!row.path(column).isNull()) {
                different.add(column);
            }
        }
        return different;
    }

    /** The fields that differ between a record and an API answer that has WHOOP's own field names. */
    static List<String> differencesFromAnswer(JsonNode wire, JsonNode answer) {
        Map<String, JsonNode> answered = leaves(answer);
        List<String> different = new ArrayList<>();
        leaves(wire).forEach((path, value) -> {
            JsonNode shown = answered.remove(path);
            if (value.isNull() ? shown != null && !shown.isNull() : shown == null || !same(value, shown)) {
                different.add(path);
            }
        });
        answered.forEach((path, value) -> {
            if (!value.isNull()) {
                different.add(path);
            }
        });
        return different;
    }

    /** Numbers are compared by value, times by the moment they name, everything else exactly. */
    static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        if (one.isTextual() && other.isTextual()) {
            return one.textValue().equals(other.textValue()) || sameMoment(one.textValue(), other.textValue());
        }
        return one.equals(other);
    }

    private static boolean sameMoment(String one, String other) {
        if (one.length() < 20 || other.length() < 20) {
            return false; // too short for a time with an offset
        }
        if (one.endsWith("Z") && other.equals(one.substring(0, one.length() - 1) + "+00:00")) {
            return true; // as the database writes it
        }
        try {
            return OffsetDateTime.parse(one)
                    .toInstant()
                    .equals(OffsetDateTime.parse(other).toInstant());
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static Map<String, JsonNode> leaves(JsonNode record) {
        Map<String, JsonNode> leaves = new LinkedHashMap<>();
        collect("", record, leaves);
        return leaves;
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
        node.properties().forEach(field -> {
            String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (field.getValue().isObject()) {
                collect(name, field.getValue(), leaves);
            } else {
                leaves.put(name, field.getValue());
            }
        });
    }
}
