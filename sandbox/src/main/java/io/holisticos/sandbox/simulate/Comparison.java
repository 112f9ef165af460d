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
 * Holds a member's rows against what WHOOP's twin knows, record by record and field by field.
 *
 * <p>Whatever happened before the quiet days must be held as it is now. What happened in them, with loss still on, may
 * not have been read yet: such a record must be held as it was when it was last read in them, or as it was when they
 * began, and a running cycle as of its last read. Anything else is a difference; so is a row that WHOOP does not have.
 * Thread-safe.
 */
final class Comparison {

    private static final Map<String, String> KEYS = keys();

    private final WhoopTwin whoop;
    private final HeldStore store;
    private final Instant quietSince;
    private final Collection<Difference> differences = new ConcurrentLinkedQueue<>();
    private final LongAdder records = new LongAdder();
    private final LongAdder asOfLastRead = new LongAdder();
    private final LongAdder notRead = new LongAdder();

    Comparison(WhoopTwin whoop, HeldStore store, Instant quietSince) {
        this.whoop = whoop;
        this.store = store;
        this.quietSince = quietSince;
    }

    /**
     * Compares a member.
     *
     * @return WHOOP's records, in the version that ours were found equal to, by kind; what a reader must now be told
     */
    Map<String, List<JsonNode>> compare(String userId) {
        JsonNode truth = Wire.written(whoop.truth(userId));
        Map<String, List<JsonNode>> rows = store.rows(userId);
        Map<String, List<JsonNode>> readable = new TreeMap<>();
        KEYS.forEach((kind, key) -> {
            Map<String, JsonNode> held = new LinkedHashMap<>();
            rows.getOrDefault(kind, List.of())
                    .forEach(row -> held.put(row.path(key).asText(), row));
            List<JsonNode> accepted = new ArrayList<>();
            for (JsonNode record : truth.path(kind)) {
                records.increment();
                String id = record.path(key).asText();
                compare(new Subject(userId, kind, id), record, Optional.ofNullable(held.remove(id)))
                        .ifPresent(accepted::add);
            }
            held.keySet().forEach(id -> differ(new Subject(userId, kind, id), "extra"));
            readable.put(kind, accepted);
        });
        compareBody(userId, truth.path("body_measurement"), rows.getOrDefault("body_measurement", List.of()));
        return readable;
    }

    /** What was found so far, in the order of its subjects. */
    List<Difference> differences() {
        return differences.stream().sorted().toList();
    }

    /** A difference that was found elsewhere. */
    void add(Difference difference) {
        differences.add(difference);
    }

    /** What was looked at, in words. */
    String summary() {
        return records + " records compared, " + asOfLastRead + " of them changed in the quiet days and were held as of"
                + " their last read, " + notRead + " appeared in the quiet days and were not read yet";
    }

    private Optional<JsonNode> compare(Subject subject, JsonNode record, Optional<JsonNode> row) {
        boolean appearedLately = moment(record, "created_at").isAfter(quietSince);
        if (row.isEmpty()) {
            if (appearedLately) {
                notRead.increment();
            } else {
                differ(subject, "missing");
            }
            return Optional.empty();
        }
        List<String> different = Fields.differences(record, row.get());
        if (different.isEmpty()) {
            return Optional.of(record);
        }
        Optional<JsonNode> earlier = earlier(subject, record, row.get());
        if (earlier.isPresent() && Fields.differences(earlier.get(), row.get()).isEmpty()) {
            asOfLastRead.increment();
            return earlier;
        }
        different.forEach(field -> differ(subject, field));
        return Optional.of(record);
    }

    /** The version that may be held in place of the last one. */
    private Optional<JsonNode> earlier(Subject subject, JsonNode record, JsonNode row) {
        Instant lastRead = moment(row, "last_fetch_begun_at");
        if (subject.kind().equals("cycles")) {
            Instant since = running(subject) ? lastRead : later(lastRead, quietSince);
            return asOf(subject, since);
        }
        return moment(record, "updated_at").isAfter(quietSince)
                ? asOf(subject, later(lastRead, quietSince))
                : Optional.empty();
    }

    /** Whether the cycle was running when the quiet days began, or began in them. */
    private boolean running(Subject cycle) {
        return asOf(cycle, quietSince).map(then -> then.path("end").isNull()).orElse(true);
    }

    private Optional<JsonNode> asOf(Subject subject, Instant moment) {
        return whoop.record(subject.userId(), subject.kind(), subject.id(), moment)
                .map(Wire::written);
    }

    private void compareBody(String userId, JsonNode body, List<JsonNode> rows) {
        Subject subject = new Subject(userId, "body_measurement", "");
        if (body.isNull() != rows.isEmpty()) {
            differ(subject, body.isNull() ? "extra" : "missing");
        } else if (!body.isNull()) {
            Fields.differences(body, rows.get(0)).forEach(field -> differ(subject, field));
        }
    }

    private void differ(Subject subject, String what) {
        differences.add(new Difference(subject.toString(), what));
    }

    private static Instant moment(JsonNode record, String field) {
        return Wire.moment(record.path(field));
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

    private record Subject(String userId, String kind, String id) {
        @Override
        public String toString() {
            return (userId + " " + kind + " " + id).strip();
        }
    }
}
