package io.holisticos.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a fetch changes. Sahha's ids may change when a record is computed anew, so identity is the member, the
 * name and the time or window. The newer createdAtUtc wins; where it does not decide, the fetch begun later. Pure.
 */
final class Merge {

    /** The same window ends at 23:59:59 or at midnight, at 17:59:59 or at 18:00 (Sahha, observed 2024 and 2025). */
    private static final Duration END_SLACK = Duration.ofSeconds(1);

    private Merge() {}

    /**
     * @param changes rows to insert or update
     * @param replaced what was held before, where value or state changed
     * @param overruled fetched records that lost against what is held
     */
    record Outcome(List<Change> changes, List<Row> replaced, int overruled) {
        Outcome {
            changes = List.copyOf(changes);
            replaced = List.copyOf(replaced);
        }
    }

    /**
     * @param id the row's, the same for every version
     * @param replacesRow whether a row by this id is held
     * @param end as it is held already, where the window is the same but for a second
     */
    record Change(String id, boolean replacesRow, @Nullable Instant end, SahhaRecord to) {}

    static Outcome of(Kind kind, UserId who, List<Row> held, List<SahhaRecord> fetched, Instant begun) {
        Map<Identity, List<Row>> heldBy = new HashMap<>();
        for (Row row : held) {
            if (row.name() != null && row.start() != null) {
                heldBy.computeIfAbsent(
                                new Identity(row.name(), periodicityIn(kind, row.periodicity()), row.start()),
                                identity -> new ArrayList<>())
                        .add(row);
            }
        }
        List<Change> changes = new ArrayList<>();
        List<Row> replaced = new ArrayList<>();
        int overruled = 0;
        for (SahhaRecord record : best(kind, fetched)) {
            Identity identity = new Identity(record.name(), periodicityIn(kind, record.periodicity()), record.start());
            Row row = sameWindow(heldBy.getOrDefault(identity, List.of()), record);
            if (row == null) {
                changes.add(new Change(idOf(kind, who, record), false, record.end(), record));
            } else if (!isSame(row, record)) {
                if (wins(record, begun, row)) {
                    changes.add(new Change(row.id(), true, row.end(), record));
                    if (!sameText(row.value(), record.value()) || !Objects.equals(row.state(), record.state())) {
                        replaced.add(row);
                    }
                } else {
                    overruled++;
                }
            }
        }
        return new Outcome(changes, replaced, overruled);
    }

    /** One answer may hold a metric of one window twice: intraday and daily, or older and newer. */
    private static Collection<SahhaRecord> best(Kind kind, List<SahhaRecord> fetched) {
        Map<Object, SahhaRecord> best = new LinkedHashMap<>();
        for (SahhaRecord record : fetched) {
            Object key = List.of(
                    new Identity(record.name(), periodicityIn(kind, record.periodicity()), record.start()),
                    windowEnd(record.end()));
            best.merge(key, record, Merge::better);
        }
        return best.values();
    }

    private static SahhaRecord better(SahhaRecord one, SahhaRecord other) {
        Instant first = one.createdAt();
        Instant second = other.createdAt();
        if (first != null && second != null && !first.equals(second)) {
            return first.isAfter(second) ? one : other;
        }
        return one.isIntraday() || !other.isIntraday() ? other : one;
    }

    private static boolean wins(SahhaRecord record, Instant begun, Row row) {
        Instant heldCreated = row.sourceCreatedAt();
        Instant created = record.createdAt();
        if (heldCreated != null && created != null && !created.equals(heldCreated)) {
            return created.isAfter(heldCreated);
        }
        if (record.isIntraday() && "daily".equals(row.periodicity())) {
            return false; // a closed day is not opened again without Sahha saying when
        }
        Instant heldBegun = row.fetchBegunAt();
        return heldBegun == null || !begun.isBefore(heldBegun);
    }

    private static @Nullable Row sameWindow(List<Row> held, SahhaRecord record) {
        for (Row row : held) {
            Instant heldEnd = row.end();
            Instant end = record.end();
            boolean bothOpen = heldEnd == null && end == null;
            boolean same = bothOpen
                    || (heldEnd != null
                            && end != null
                            && Duration.between(heldEnd, end).abs().compareTo(END_SLACK) <= 0);
            if (same) {
                return row;
            }
        }
        return null;
    }

    /** Sahha's own id left aside: it says nothing of the member. */
    private static boolean isSame(Row row, SahhaRecord record) {
        JsonNode data = row.data();
        return data != null
                && sameText(row.value(), record.value())
                && Objects.equals(row.state(), record.state())
                && Objects.equals(row.offset(), record.offset())
                && Objects.equals(row.day(), record.day())
                && withoutId(data).equals(Merge::compare, withoutId(record.data()));
    }

    private static JsonNode withoutId(JsonNode data) {
        return data instanceof ObjectNode object ? object.deepCopy().without("id") : data;
    }

    /** 1 and 1.0 are one number. */
    private static int compare(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue());
        }
        return one.equals(other) ? 0 : 1;
    }

    private static boolean sameText(@Nullable String one, @Nullable String other) {
        BigDecimal number = Values.number(one);
        BigDecimal otherNumber = Values.number(other);
        return (number != null && otherNumber != null)
                ? number.compareTo(otherNumber) == 0
                : Objects.equals(one, other);
    }

    /** Of a biomarker it is a label that changes (intraday becomes daily), of an archetype a part of its identity. */
    private static String periodicityIn(Kind kind, @Nullable String periodicity) {
        return kind == Kind.ARCHETYPES && periodicity != null ? periodicity : "";
    }

    /** 23:59:59 and midnight alike. */
    private static Object windowEnd(@Nullable Instant end) {
        return end == null ? "none" : end.plus(END_SLACK).getEpochSecond() / 60;
    }

    /** Ours, so that it stays when Sahha's changes: the same for the same identity wherever it is computed. */
    private static String idOf(Kind kind, UserId who, SahhaRecord record) {
        String identity = String.join(
                "\n",
                kind.word(),
                who.value(),
                record.name(),
                periodicityIn(kind, record.periodicity()),
                record.start().toString(),
                String.valueOf(record.end()));
        return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private record Identity(String name, String periodicity, Instant start) {}
}
