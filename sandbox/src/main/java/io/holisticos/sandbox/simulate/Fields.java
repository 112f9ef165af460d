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

/** Compares a record as WHOOP writes it with a form of ours, field by field; null and absent are the same. */
final class Fields {

    /** Where our tables cannot use the field's own name. */
    private static final Map<String, String> COLUMNS =
            Map.of("user_id", "whoop_user_id", "start", "start_at", "end", "end_at");

    /** Columns that are about the row and not about the member. */
    private static final Set<String> BOOKKEEPING =
            Set.of("user_id", "recorded_at", "fetch_begun_at", "last_fetch_begun_at", "archive_hash", "deleted_at");

    private Fields() {}

    /** The fields in which a row differs; every field of the record and every column of the row is looked at. */
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
        for (String column : unseen) { // what WHOOP does not say must be empty here
            if (!row.path(column).isNull()) {
                different.add(column);
            }
        }
        return different;
    }

    /** The fields in which an answer of the API that uses WHOOP's own words differs. */
    static List<String> differencesInWords(JsonNode wire, JsonNode answer) {
        Map<String, JsonNode> ours = leaves(answer);
        List<String> different = new ArrayList<>();
        leaves(wire).forEach((path, value) -> {
            JsonNode held = ours.remove(path);
            if (value.isNull() ? held != null && !held.isNull() : held == null || !same(value, held)) {
                different.add(path);
            }
        });
        ours.forEach((path, value) -> {
            if (!value.isNull()) {
                different.add(path);
            }
        });
        return different;
    }

    /** Numbers by value, times by moment, everything else to the letter. */
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
            return false; // shorter than any date with time and offset
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
