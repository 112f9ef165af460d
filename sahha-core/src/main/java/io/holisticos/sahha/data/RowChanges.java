package io.holisticos.sahha.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.api.SahhaNumber;
import io.holisticos.sahha.api.SahhaRecord;
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
 * What one fetch changes in the rows of a member. Sahha's own ids may change when Sahha computes a record again, so a
 * record is identified by the member, its name and its time or window. Of two versions, the one with the newer
 * createdAtUtc wins; where that does not decide, the one of the fetch that began later. Pure.
 *
 * @param changes rows to insert or update
 * @param replaced the rows before an update that changes their value or state
 * @param overruled how many fetched records lost against the row in the database
 */
public record RowChanges(List<RowChanges.Change> changes, List<SahhaRow> replaced, int overruled) {

    /** One window may end at 23:59:59 or at midnight, at 17:59:59 or at 18:00 (Sahha, observed 2024 and 2025). */
    private static final Duration END_SLACK = Duration.ofSeconds(1);

    public RowChanges {
        changes = List.copyOf(changes);
        replaced = List.copyOf(replaced);
    }

    /**
     * A row to insert or update.
     *
     * @param id the row's id, which is the same for every version
     * @param replacesRow whether a row with this id exists
     * @param end the end of the window; of an existing row its own, which may differ from the record's by a second
     */
    public record Change(
            String id, boolean replacesRow, @Nullable Instant end, SahhaRecord to) {}

    /**
     * Decides what changes.
     *
     * @param rows the rows in the database whose times are near those of the records
     * @param begun when the fetch began
     */
    static RowChanges of(SahhaKind kind, UserId who, List<SahhaRow> rows, List<SahhaRecord> fetched, Instant begun) {
        Map<Identity, List<SahhaRow>> rowsByIdentity = new HashMap<>();
        for (SahhaRow row : rows) {
            if (row.name() != null && row.start() != null) {
                rowsByIdentity
                        .computeIfAbsent(
                                new Identity(row.name(), periodicityIn(kind, row.periodicity()), row.start()),
                                identity -> new ArrayList<>())
                        .add(row);
            }
        }
        List<Change> changes = new ArrayList<>();
        List<SahhaRow> replaced = new ArrayList<>();
        int overruled = 0;
        for (SahhaRecord record : best(kind, fetched)) {
            Identity identity = new Identity(record.name(), periodicityIn(kind, record.periodicity()), record.start());
            SahhaRow row = sameWindow(rowsByIdentity.getOrDefault(identity, List.of()), record);
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
        return new RowChanges(changes, replaced, overruled);
    }

    /** One answer may contain a metric of one window twice: as intraday and as daily, or in two versions. */
    private static Collection<SahhaRecord> best(SahhaKind kind, List<SahhaRecord> fetched) {
        Map<Object, SahhaRecord> best = new LinkedHashMap<>();
        for (SahhaRecord record : fetched) {
            Object key = List.of(
                    new Identity(record.name(), periodicityIn(kind, record.periodicity()), record.start()),
                    windowEnd(record.end()));
            best.merge(key, record, RowChanges::better);
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

    private static boolean wins(SahhaRecord record, Instant begun, SahhaRow row) {
        Instant rowCreated = row.sourceCreatedAt();
        Instant created = record.createdAt();
        if (rowCreated != null && created != null && !created.equals(rowCreated)) {
            return created.isAfter(rowCreated);
        }
        if (record.isIntraday() && "daily".equals(row.periodicity())) {
            return false; // an intraday value replaces a daily one only when Sahha says that it is newer
        }
        Instant rowBegun = row.fetchBegunAt();
        return rowBegun == null || !begun.isBefore(rowBegun);
    }

    private static @Nullable SahhaRow sameWindow(List<SahhaRow> rows, SahhaRecord record) {
        for (SahhaRow row : rows) {
            Instant rowEnd = row.end();
            Instant end = record.end();
            boolean bothOpen = rowEnd == null && end == null;
            boolean same = bothOpen
                    || (rowEnd != null
                            && end != null
                            && Duration.between(rowEnd, end).abs().compareTo(END_SLACK) <= 0);
            if (same) {
                return row;
            }
        }
        return null;
    }

    /** Compares everything but Sahha's own id, which says nothing of the member. */
    private static boolean isSame(SahhaRow row, SahhaRecord record) {
        JsonNode data = row.data();
        return data != null
                && sameText(row.value(), record.value())
                && Objects.equals(row.state(), record.state())
                && Objects.equals(row.offset(), record.offset())
                && Objects.equals(row.day(), record.day())
                && withoutId(data).equals(RowChanges::compare, withoutId(record.data()));
    }

    private static JsonNode withoutId(JsonNode data) {
        return data instanceof ObjectNode object ? object.deepCopy().without("id") : data;
    }

    /** Takes 1 and 1.0 for the same number. */
    private static int compare(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue());
        }
        return one.equals(other) ? 0 : 1;
    }

    private static boolean sameText(@Nullable String one, @Nullable String other) {
        BigDecimal number = SahhaNumber.parse(one);
        BigDecimal otherNumber = SahhaNumber.parse(other);
        return (number != null && otherNumber != null)
                ? number.compareTo(otherNumber) == 0
                : Objects.equals(one, other);
    }

    /** The periodicity of an archetype is part of its identity; that of a biomarker changes from intraday to daily. */
    private static String periodicityIn(SahhaKind kind, @Nullable String periodicity) {
        return kind == SahhaKind.ARCHETYPES && periodicity != null ? periodicity : "";
    }

    /** The same for 23:59:59 and for midnight. */
    private static Object windowEnd(@Nullable Instant end) {
        return end == null ? "none" : end.plus(END_SLACK).getEpochSecond() / 60;
    }

    /** Our own id: computed from the identity, so it stays the same when Sahha's id changes. */
    private static String idOf(SahhaKind kind, UserId who, SahhaRecord record) {
        String identity = String.join(
                "\n",
                kind.key(),
                who.value(),
                record.name(),
                periodicityIn(kind, record.periodicity()),
                record.start().toString(),
                String.valueOf(record.end()));
        return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private record Identity(String name, String periodicity, Instant start) {}
}
