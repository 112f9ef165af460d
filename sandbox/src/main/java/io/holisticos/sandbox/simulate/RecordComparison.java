package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.whoop.WhoopTwin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Compares a member's stored rows with what WHOOP's twin knows, record by record and field by field.
 *
 * <p>A record that last changed before the final days must be stored as it is now. A record that changed during the final
 * days may not have been read since, because webhooks still get lost: it must be stored as of its last read in the final
 * days, or as it was when they began. An open cycle must be stored as of its last read. Everything else is a difference,
 * and so is a row that WHOOP does not have. Thread-safe.
 */
final class RecordComparison {

    private static final Map<String, String> KEYS = keys();

    private final WhoopTwin whoop;
    private final StoredRecords store;
    private final Instant finalSince;
    private final Collection<Difference> differences = new ConcurrentLinkedQueue<>();
    private final LongAdder records = new LongAdder();
    private final LongAdder asOfLastRead = new LongAdder();
    private final LongAdder notRead = new LongAdder();

    RecordComparison(WhoopTwin whoop, StoredRecords store, Instant finalSince) {
        this.whoop = whoop;
        this.store = store;
        this.finalSince = finalSince;
    }

    /**
     * Compares one member's records.
     *
     * @return WHOOP's records by kind, in the version that equals the stored one: what the API must answer now
     */
    Map<String, List<JsonNode>> compare(String userId) {
        JsonNode truth = WireJson.written(whoop.truth(userId));
        Map<String, List<JsonNode>> rows = store.rows(userId);
        Map<String, List<JsonNode>> readable = new TreeMap<>();
        KEYS.forEach((kind, key) -> {
            Map<String, JsonNode> stored = new LinkedHashMap<>();
            rows.getOrDefault(kind, List.of())
                    .forEach(row -> stored.put(row.path(key).asText(), row));
            List<JsonNode> accepted = new ArrayList<>();
            for (JsonNode record : truth.path(kind)) {
                records.increment();
                String id = record.path(key).asText();
                compare(new RecordId(userId, kind, id), record, Optional.ofNullable(stored.remove(id)))
                        .ifPresent(accepted::add);
            }
            stored.keySet().forEach(id -> differ(new RecordId(userId, kind, id), "extra"));
            readable.put(kind, accepted);
        });
        compareBody(userId, truth.path("body_measurement"), rows.getOrDefault("body_measurement", List.of()));
        return readable;
    }

    /** The differences found so far, in order of member and record. */
    List<Difference> differences() {
        return differences.stream().sorted().toList();
    }

    /** Adds a difference that was found elsewhere. */
    void add(Difference difference) {
        differences.add(difference);
    }

    /** What was compared, in words. */
    String summary() {
        return records + " records compared, " + asOfLastRead
                + " of them changed in the final days and are stored as of" + " their last read, " + notRead
                + " appeared in the final days and were not read yet";
    }

    private Optional<JsonNode> compare(RecordId id, JsonNode record, Optional<JsonNode> row) {
        boolean isNew = moment(record, "created_at").isAfter(finalSince);
        if (row.isEmpty()) {
            if (isNew) {
                notRead.increment();
            } else {
                differ(id, "missing");
            }
            return Optional.empty();
        }
        List<String> different = FieldComparison.differences(record, row.get());
        if (different.isEmpty()) {
            return Optional.of(record);
        }
        Optional<JsonNode> earlier = earlier(id, record, row.get());
        if (earlier.isPresent()
                && FieldComparison.differences(earlier.get(), row.get()).isEmpty()) {
            asOfLastRead.increment();
            return earlier;
        }
        different.forEach(field -> differ(id, field));
        return Optional.of(record);
    }

    /** The earlier version that may be stored instead of the latest one. */
    private Optional<JsonNode> earlier(RecordId id, JsonNode record, JsonNode row) {
        Instant lastRead = moment(row, "last_fetch_begun_at");
        if (id.kind().equals("cycles")) {
            Instant since = isOpen(id) ? lastRead : later(lastRead, finalSince);
            return asOf(id, since);
        }
        return moment(record, "updated_at").isAfter(finalSince)
                ? asOf(id, later(lastRead, finalSince))
                : Optional.empty();
    }

    /** Whether the cycle was open when the final days began, or began in them. */
    private boolean isOpen(RecordId cycle) {
        return asOf(cycle, finalSince).map(then -> then.path("end").isNull()).orElse(true);
    }

    private Optional<JsonNode> asOf(RecordId id, Instant moment) {
        return whoop.record(id.userId(), id.kind(), id.id(), moment).map(WireJson::written);
    }

    private void compareBody(String userId, JsonNode body, List<JsonNode> rows) {
        RecordId id = new RecordId(userId, "body_measurement", "");
        if (body.isNull() != rows.isEmpty()) {
            differ(id, body.isNull() ? "extra" : "missing");
        } else if (!body.isNull()) {
            FieldComparison.differences(body, rows.get(0)).forEach(field -> differ(id, field));
        }
    }

    private void differ(RecordId id, String what) {
        differences.add(new Difference(id.toString(), what));
    }

    private static Instant moment(JsonNode record, String field) {
        return WireJson.moment(record.path(field));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("cycles", "id");
        keys.put("recoveries", "cycle_id");
        keys.put("sleeps", "id");
        keys.put("workouts", "id");
        return keys;
    }

    private record RecordId(String userId, String kind, String id) {
        @Override
        public String toString() {
            return (userId + " " + kind + " " + id).strip();
        }
    }
}
