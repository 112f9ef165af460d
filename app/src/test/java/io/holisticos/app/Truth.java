package io.holisticos.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.twins.whoop.WhoopTwin;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;

/** What WHOOP's twin knows of a member, held against the rows of our tables: record by record, field by field. */
final class Truth {

    private static final String ROWS = """
            select 'cycles', cast(row_to_json(held) as text) from whoop_cycle held
            where user_id = :who and deleted_at is null
            union all
            select 'recoveries', cast(row_to_json(held) as text) from whoop_recovery held
            where user_id = :who and deleted_at is null
            union all
            select 'sleeps', cast(row_to_json(held) as text) from whoop_sleep held
            where user_id = :who and deleted_at is null
            union all
            select 'workouts', cast(row_to_json(held) as text) from whoop_workout held
            where user_id = :who and deleted_at is null""";

    private static final Map<String, String> KEYS =
            Map.of("cycles", "id", "recoveries", "cycle_id", "sleeps", "id", "workouts", "id");

    private static final Set<String> KEPT_WHILE_RUNNING = Set.of("user_id", "start", "end", "timezone_offset");

    /** Where our tables cannot use the field's own name. */
    private static final Map<String, String> COLUMNS =
            Map.of("user_id", "whoop_user_id", "start", "start_at", "end", "end_at");

    /** Columns that are about the row and not about the member. */
    private static final Set<String> BOOKKEEPING =
            Set.of("user_id", "recorded_at", "fetch_begun_at", "last_fetch_begun_at", "archive_hash", "deleted_at");

    private final ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final WhoopTwin whoop;
    private final Jdbi ours;

    Truth(WhoopTwin whoop, Jdbi ours) {
        this.whoop = whoop;
        this.ours = ours;
    }

    /** In words without values; empty when both are the same. A running cycle changes all the time: its score is left out. */
    List<String> differences(String userId) {
        JsonNode truth = read(write(whoop.truth(userId)));
        Map<String, Map<String, JsonNode>> rows = rows(userId);
        List<String> differences = new ArrayList<>();
        KEYS.forEach((kind, key) -> {
            Map<String, JsonNode> held = rows.getOrDefault(kind, new HashMap<>());
            for (JsonNode record : truth.path(kind)) {
                String id = record.path(key).asText();
                String name = userId + " " + kind + " " + id;
                JsonNode row = held.remove(id);
                if (row == null) {
                    differences.add(name + ": missing");
                } else {
                    boolean running =
                            kind.equals("cycles") && record.path("end").isNull();
                    differences(record, row).stream()
                            .filter(field -> !running || KEPT_WHILE_RUNNING.contains(field))
                            .forEach(field -> differences.add(name + ": " + field));
                }
            }
            held.keySet().forEach(id -> differences.add(userId + " " + kind + " " + id + ": extra"));
        });
        return differences;
    }

    /** How many records WHOOP has of the member. */
    int records(String userId) {
        JsonNode truth = read(write(whoop.truth(userId)));
        return KEYS.keySet().stream().mapToInt(kind -> truth.path(kind).size()).sum();
    }

    private Map<String, Map<String, JsonNode>> rows(String userId) {
        Map<String, Map<String, JsonNode>> rows = new HashMap<>();
        ours.useHandle(handle -> handle.createQuery(ROWS)
                .bind("who", userId)
                .map((row, context) -> Map.entry(row.getString(1), read(row.getString(2))))
                .forEach(row -> rows.computeIfAbsent(row.getKey(), any -> new HashMap<>())
                        .put(row.getValue().path(KEYS.get(row.getKey())).asText(), row.getValue())));
        return rows;
    }

    private static List<String> differences(JsonNode record, JsonNode row) {
        List<String> different = new ArrayList<>();
        Set<String> unseen = new TreeSet<>();
        row.fieldNames().forEachRemaining(unseen::add);
        unseen.removeAll(BOOKKEEPING);
        Map<String, JsonNode> leaves = new HashMap<>();
        collect("", record, leaves);
        leaves.forEach((path, value) -> {
            String name = path.substring(path.lastIndexOf('.') + 1);
            String column = COLUMNS.getOrDefault(name, name);
            boolean known = unseen.remove(column);
            if (value.isNull() ? known && !row.path(column).isNull() : !same(value, row.path(column))) {
                different.add(path);
            }
        });
        unseen.stream().filter(column -> !row.path(column).isNull()).forEach(different::add);
        return different;
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
        node.fields().forEachRemaining(field -> {
            String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (field.getValue().isObject()) {
                collect(name, field.getValue(), leaves);
            } else {
                leaves.put(name, field.getValue());
            }
        });
    }

    /** Numbers by value, times by moment, everything else to the letter. */
    private static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        return one.equals(other) || (one.isTextual() && other.isTextual() && sameMoment(one.asText(), other.asText()));
    }

    private static boolean sameMoment(String one, String other) {
        try {
            return OffsetDateTime.parse(one).isEqual(OffsetDateTime.parse(other));
        } catch (DateTimeException e) {
            return false;
        }
    }

    private String write(Object truth) {
        try {
            return json.writeValueAsString(truth);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode read(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
