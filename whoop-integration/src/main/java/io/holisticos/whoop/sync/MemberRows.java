package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.Failure;
import io.holisticos.whoop.sync.MemberState.NewestCycle;
import io.holisticos.whoop.sync.MemberState.Night;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.ReadState;
import io.holisticos.whoop.sync.MemberStore.MemberFlags;
import io.holisticos.whoop.sync.MemberStore.MemberRow;
import io.holisticos.whoop.sync.PendingEvent.Hints;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import io.holisticos.whoop.sync.Step.Listing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Members as rows of {@link MemberStore}, in both directions. */
final class MemberRows {

    private MemberRows() {}

    /** There is a row for each pending event, or one row without any. Empty for a member who never connected. */
    static Optional<MemberRow> read(ResultSet rows) throws SQLException {
        return rows.next() ? Optional.of(row(rows)) : Optional.empty();
    }

    /** The same after saving; empty also when the member was not saved. */
    static Optional<MemberRow> readSaved(ResultSet rows) throws SQLException {
        return rows.next() && rows.getBoolean("is_saved") ? Optional.of(row(rows)) : Optional.empty();
    }

    private static MemberRow row(ResultSet row) throws SQLException {
        Night night = night(row);
        NewestCycle newest = row.getObject("cycle_start") == null
                ? null
                : new NewestCycle(row.getLong("cycle_id"), instant(row, "cycle_start"));
        boolean atSleep = night != null && (newest == null || !night.start().isBefore(newest.start()));
        String offset = row.getString(atSleep ? "night_offset" : "cycle_offset");
        Instant lastEvent = instantOrNull(row, "last_event_at");
        Instant lastAt = lastEvent == null ? instant(row, "connected_at") : lastEvent;
        ReadState read = new ReadState(
                row.getObject("whoop_user_id", Long.class),
                listedAt(row),
                listing(row, "walk_", row.getString("walk_lane")),
                instantOrNull(row, "relist_before"),
                pause(row));
        Listing backfill = listing(row, "backfill_", Lane.BACKFILL.name());
        MemberFlags flags = new MemberFlags(
                row.getObject("stopped_at") != null,
                row.getBoolean("asked"),
                row.getBoolean("absent"),
                row.getBoolean("failing"));
        List<PendingEvent> pending = new ArrayList<>();
        do { // one row for each pending event, or one without any
            if (row.getString("collection") != null) {
                pending.add(event(row));
            }
        } while (row.next());
        return new MemberRow(
                new MemberState.ReceivedEvents(pending, lastAt),
                read,
                night,
                newest,
                offset == null ? ZoneOffset.UTC : ZoneOffset.of(offset),
                backfill,
                flags);
    }

    private static @Nullable Night night(ResultSet row) throws SQLException {
        if (row.getObject("night_id") == null) {
            return null;
        }
        String cycleState = row.getString("night_cycle_state");
        return new Night(
                row.getLong("night_cycle_id"),
                instant(row, "night_start"),
                instant(row, "night_end"),
                cycleState != null && !cycleState.equals("PENDING_SCORE"));
    }

    private static PendingEvent event(ResultSet row) throws SQLException {
        long cycleId = row.getLong("record_cycle_id");
        Hints hints = new Hints(
                row.getBoolean("is_partner_settled"),
                row.getBoolean("is_deleted"),
                instantOrNull(row, "record_start"),
                row.getObject("record_cycle_id") == null ? null : cycleId);
        return new PendingEvent(
                RecordCollection.of(row.getString("collection")),
                row.getObject("record_id", UUID.class),
                Happened.of(row.getString("happened")),
                instant(row, "first_told_at"),
                instant(row, "told_at"),
                instant(row, "due_at"),
                row.getInt("rung"),
                hints);
    }

    /** An earlier version of the service paused for any failure; such a pause is over. */
    private static @Nullable Pause pause(ResultSet row) throws SQLException {
        String lane = row.getString("pause_lane");
        String error = row.getString("failure");
        String collection = row.getString("failure_collection");
        boolean outage = error != null && SyncError.of(error).isOutage();
        boolean throttled = row.getBoolean("throttled");
        if (lane == null || (error != null && !outage && !throttled)) {
            return null;
        }
        Failure failure = outage
                ? new Failure(SyncError.UNAVAILABLE, collection == null ? null : RecordCollection.of(collection))
                : null;
        int failures = outage ? row.getInt("failures") : 0;
        return new Pause(lane(lane), instant(row, "paused_until"), failures, failure, throttled);
    }

    static Map<RecordCollection, Instant> listedAt(ResultSet row) throws SQLException {
        Map<RecordCollection, Instant> listed = new EnumMap<>(RecordCollection.class);
        put(listed, RecordCollection.CYCLE, instantOrNull(row, "cycles_listed_at"));
        put(listed, RecordCollection.SLEEP, instantOrNull(row, "sleeps_listed_at"));
        put(listed, RecordCollection.RECOVERY, instantOrNull(row, "recoveries_listed_at"));
        put(listed, RecordCollection.WORKOUT, instantOrNull(row, "workouts_listed_at"));
        return listed;
    }

    private static void put(Map<RecordCollection, Instant> listed, RecordCollection collection, @Nullable Instant at) {
        if (at != null) {
            listed.put(collection, at);
        }
    }

    private static @Nullable Listing listing(ResultSet row, String prefix, @Nullable String lane) throws SQLException {
        String collection = row.getString(prefix + "collection");
        if (collection == null || lane == null) {
            return null;
        }
        Instant start = instant(row, prefix + "start");
        String token = row.getString(prefix + "token");
        return new Listing(
                RecordCollection.of(collection),
                new Window(start, instant(row, prefix + "end")),
                new Window(start, instant(row, prefix + "unread_end")),
                token,
                row.getInt(prefix + "pages"),
                instant(row, prefix + "begun_at"),
                lane(lane),
                TokensSeen.of(row.getBytes(prefix + "tokens"), token));
    }

    private static Lane lane(String word) {
        return Lane.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }

    static <S extends SqlStatement<S>> S bind(S statement, UserId who, ReadState read, Instant now) {
        Pause pause = read.pause();
        Failure failure = pause == null ? null : pause.failure();
        RecordCollection collection = failure == null ? null : failure.collection();
        return bindListing(statement, read.listing())
                .bind("who", who.value())
                .bindByType("account", read.account(), Long.class)
                .bind("cycles", utcOrNull(read.listedAt().get(RecordCollection.CYCLE)))
                .bind("sleeps", utcOrNull(read.listedAt().get(RecordCollection.SLEEP)))
                .bind("recoveries", utcOrNull(read.listedAt().get(RecordCollection.RECOVERY)))
                .bind("workouts", utcOrNull(read.listedAt().get(RecordCollection.WORKOUT)))
                .bind("relistBefore", utcOrNull(read.relistBefore()))
                .bind("pauseLane", pause == null ? null : word(pause.lane()))
                .bind("pausedUntil", pause == null ? null : utc(pause.until()))
                .bind("failures", pause == null ? 0 : pause.failures())
                .bind("throttled", pause != null && pause.throttled())
                .bind("failure", failure == null ? null : failure.error().word())
                .bind("failureCollection", collection == null ? null : collection.word())
                .bind("now", utc(now));
    }

    static <S extends SqlStatement<S>> S bindListing(S statement, @Nullable Listing listing) {
        return statement
                .bind(
                        "walkCollection",
                        listing == null ? null : listing.collection().word())
                .bind("walkStart", listing == null ? null : utc(listing.window().start()))
                .bind("walkEnd", listing == null ? null : utc(listing.window().end()))
                .bind(
                        "walkUnreadEnd",
                        listing == null ? null : utc(listing.unread().end()))
                .bind("walkToken", listing == null ? null : listing.token())
                .bind("walkPages", listing == null ? null : listing.pages())
                .bind("walkBegunAt", listing == null ? null : utc(listing.begunAt()))
                .bind("walkLane", listing == null ? null : word(listing.lane()))
                .bind("walkTokens", listing == null ? null : listing.seen().bytes());
    }

    private static String word(Lane lane) {
        return lane.name().toLowerCase(Locale.ROOT);
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable OffsetDateTime utcOrNull(@Nullable Instant moment) {
        return moment == null ? null : utc(moment);
    }
}
