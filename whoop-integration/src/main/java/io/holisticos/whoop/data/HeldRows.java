package io.holisticos.whoop.data;

import io.holisticos.health.Observation;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.HeldMember.HeldConnection;
import io.holisticos.whoop.data.HeldMember.Listing;
import io.holisticos.whoop.data.RecordColumn.Type;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sorts the rows of the one query by their kind. Of one reading. */
final class HeldRows {

    private static final List<RecordColumn> RECORDED_AT = RecordColumn.at("", Type.TIMESTAMPTZ, "recorded_at");

    private static final Map<String, List<RecordColumn>> KINDS = Stream.concat(
                    Stream.of(RecordKind.CYCLE, RecordKind.RECOVERY, RecordKind.SLEEP, RecordKind.WORKOUT)
                            .map(kind -> Map.entry(kind.collection(), RecordColumn.all(kind.columns(), RECORDED_AT))),
                    Stream.of(
                            Map.entry(
                                    "member",
                                    RecordColumn.all(
                                            RecordColumn.at("", Type.TEXT, "state"),
                                            RecordColumn.at("", Type.BIGINT, "whoop_user_id", "revision"),
                                            RecordColumn.at(
                                                    "",
                                                    Type.TIMESTAMPTZ,
                                                    "connected_at",
                                                    "covered_from",
                                                    "cycles_listed_at",
                                                    "sleeps_listed_at",
                                                    "recoveries_listed_at",
                                                    "workouts_listed_at"))),
                            Map.entry(
                                    "newest",
                                    RecordColumn.all(
                                            RecordColumn.at("", Type.TIMESTAMPTZ, "at", "changes_at"),
                                            RecordColumn.at("", Type.TEXT, "timezone_offset")))))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    /** All kinds of rows of the query. */
    static final UnionRow UNION = new UnionRow(KINDS);

    private static final Map<String, Map<String, Integer>> PLACES =
            KINDS.keySet().stream().collect(Collectors.toUnmodifiableMap(kind -> kind, UNION::placesOf));

    private final Map<String, RecordRow> rows;
    private final List<Cycle> cycles = new ArrayList<>();
    private final List<Recovery> recoveries = new ArrayList<>();
    private final List<Sleep> sleeps = new ArrayList<>();
    private final List<Workout> workouts = new ArrayList<>();
    private final Map<Long, Instant> recordedCycles = new HashMap<>();
    private final Map<Long, Instant> recordedRecoveries = new HashMap<>();
    private final Map<UUID, Instant> recordedSleeps = new HashMap<>();
    private @Nullable HeldConnection connection;
    private Listing listing = Listing.NONE;
    private @Nullable Observation newest;
    private @Nullable Instant changesAt;
    private long revision;

    /** @param result whose current row is added each time */
    HeldRows(ResultSet result) {
        this.rows = PLACES.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, kind -> new RecordRow(result, kind.getValue(), HeldRows::nothingIsSealed)));
    }

    private static String nothingIsSealed(String purpose, byte[] sealed) {
        throw new IllegalStateException("no record of days has sealed columns");
    }

    /** @throws UnreadableRow when the row does not form what it was made from; nothing is added then */
    void add(String kind) {
        RecordRow row = RecordRow.required(kind, rows.get(kind));
        switch (kind) {
            case "cycle" -> {
                Cycle cycle = RecordKind.CYCLE.fromRow(row);
                recordedCycles.put(cycle.id(), row.time("recorded_at"));
                cycles.add(cycle);
            }
            case "recovery" -> {
                Recovery recovery = RecordKind.RECOVERY.fromRow(row);
                recordedRecoveries.put(recovery.cycleId(), row.time("recorded_at"));
                recoveries.add(recovery);
            }
            case "sleep" -> {
                Sleep sleep = RecordKind.SLEEP.fromRow(row);
                recordedSleeps.put(sleep.id(), row.time("recorded_at"));
                sleeps.add(sleep);
            }
            case "workout" -> workouts.add(RecordKind.WORKOUT.fromRow(row));
            case "member" -> addMember(row);
            default -> addNewest(row);
        }
    }

    /** Without the member nothing can be said: that is no record that can be left out. */
    private void addMember(RecordRow row) {
        try {
            readMember(row);
        } catch (UnreadableRow e) {
            throw new IllegalStateException("the connection or the listing of a member cannot be read", e);
        }
    }

    private void readMember(RecordRow row) {
        String state = row.textOrNull("state");
        if (state != null) {
            connection = new HeldConnection(state, row.numberOrNull("whoop_user_id"), row.time("connected_at"));
        }
        revision = row.number("revision");
        listing = new Listing(
                row.timeOrNull("covered_from"),
                row.timeOrNull("cycles_listed_at"),
                row.timeOrNull("sleeps_listed_at"),
                row.timeOrNull("recoveries_listed_at"),
                row.timeOrNull("workouts_listed_at"));
    }

    private void addNewest(RecordRow row) {
        Instant at = row.timeOrNull("at");
        if (at != null && (newest == null || at.isAfter(newest.at()))) {
            newest = new Observation(at, row.offset("timezone_offset"));
        }
        Instant next = row.timeOrNull("changes_at");
        if (next != null && (changesAt == null || next.isBefore(changesAt))) {
            changesAt = next;
        }
    }

    HeldMember member() {
        return new HeldMember(
                connection,
                listing,
                new HeldRecords(
                        cycles,
                        recoveries,
                        sleeps,
                        workouts,
                        new RecordedTimes(recordedCycles, recordedRecoveries, recordedSleeps),
                        newest,
                        revision),
                changesAt);
    }
}
