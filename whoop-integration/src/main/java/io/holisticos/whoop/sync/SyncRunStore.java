package io.holisticos.whoop.sync;

import io.holisticos.database.Database;
import io.holisticos.database.SmallBatches;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Table {@code whoop_sync}, one row for each run that was asked for. */
final class SyncRunStore {

    private static final String COLUMNS = """
            job_id, user_id, kind, state, collection, window_start, window_end, fresh_since, percent, records, pages,
            requested_at, started_at, finished_at, error""";
    private static final String OPEN =
            "select " + COLUMNS + " from whoop_sync where user_id = :who and state in ('queued', 'running')";
    private static final String BY_ID = "select " + COLUMNS + " from whoop_sync where job_id = :job";
    private static final String LATEST = "select " + COLUMNS + """
             from whoop_sync where user_id = :who and (kind = 'backfill') = :backfill
            order by requested_at desc limit 1""";
    private static final String INSERT = """
            insert into whoop_sync (job_id, user_id, kind, state, collection, window_start, window_end, fresh_since,
                records, pages, failures, requested_at, recorded_at)
            values (:job, :who, :kind, 'queued', :stage, :start, :end, :freshSince, 0, 0, 0, :now, :now)
            on conflict (user_id, (kind = 'backfill')) where state in ('queued', 'running') do nothing""";
    private static final String WIDEN = """
            update whoop_sync
            set kind = 'first-sync', collection = :stage, window_start = :start, window_end = :end, recorded_at = :now
            where job_id = :job and kind = 'sync' and state in ('queued', 'running')""";
    private static final String PROGRESS = """
            update whoop_sync
            set state = :state, collection = :stage, percent = :percent, records = :records, pages = :pages,
                started_at = coalesce(started_at, :now), finished_at = :finishedAt, error = :error, recorded_at = :now
            where job_id = :job and kind = :kind and state in ('queued', 'running')""";
    private static final String BACKFILLS = """
            select s.user_id from whoop_sync s join whoop_member_status m on m.user_id = s.user_id
            where s.kind = 'backfill' and s.state in ('queued', 'running') and m.stopped_at is null
              and (m.failures = 0 or m.paused_until <= :now)
              and (m.is_listed or not exists (select from whoop_failing_read f
                  where f.user_id = s.user_id and not f.further_back and f.retry_at > :now))
            order by s.requested_at, s.user_id limit :count""";
    private static final String END = """
            update whoop_sync set state = 'failed', error = :error, finished_at = :now, recorded_at = :now
            where user_id = :who and state in ('queued', 'running')""";
    private static final String PURGE = """
            delete from whoop_sync where ctid = any (array(
                select ctid from whoop_sync where state in ('done', 'failed') and finished_at < :before limit :most))""";

    private final Database database;

    SyncRunStore(Database database) {
        this.database = database;
    }

    /** The member's open runs: at most one that somebody waits for, and at most one backfill. */
    List<SyncRun> findOpen(UserId who) {
        return database.withHandle(handle -> handle.createQuery(OPEN)
                .bind("who", who.value())
                .map((row, context) -> run(row))
                .list());
    }

    Optional<SyncRun> find(UUID jobId) {
        return database.withHandle(handle -> handle.createQuery(BY_ID)
                .bind("job", jobId)
                .map((row, context) -> run(row))
                .findOne());
    }

    /** The latest run that was requested, whatever its state. */
    Optional<SyncRun> findLatest(UserId who) {
        return findLatest(who, false);
    }

    /** The backfill begun last, whatever its state. */
    Optional<SyncRun> findLatestBackfill(UserId who) {
        return findLatest(who, true);
    }

    private Optional<SyncRun> findLatest(UserId who, Boolean backfill) {
        return database.withHandle(handle -> handle.createQuery(LATEST)
                .bind("who", who.value())
                .bind("backfill", backfill)
                .map((row, context) -> run(row))
                .findOne());
    }

    /** Members whose backfill is open and may be tried now, those who have waited longest first. */
    List<UserId> backfills(int count, Instant now) {
        return database.withHandle(handle -> handle.createQuery(BACKFILLS)
                .bind("count", count)
                .bind("now", utc(now))
                .map((row, context) -> new UserId(row.getString(1)))
                .list());
    }

    /** Adds a run unless the member has an open one of its sort. */
    boolean saveIfNoneOpen(SyncRun run) {
        return database.withHandle(handle -> handle.createUpdate(INSERT)
                        .bind("job", run.jobId())
                        .bind("who", run.who().value())
                        .bind("kind", run.kind().word())
                        .bind("stage", run.stage().word())
                        .bind("start", utc(run.window().start()))
                        .bind("end", utc(run.window().end()))
                        .bind("freshSince", utc(run.freshSince()))
                        .bind("now", utc(run.requestedAt()))
                        .execute()
                == 1);
    }

    /** Makes an open run a first sync; what it has read already is read again. */
    void widen(UUID jobId, Window window, Instant now) {
        database.useHandle(handle -> handle.createUpdate(WIDEN)
                .bind("job", jobId)
                .bind("stage", Kind.FIRST_SYNC.firstStage().word())
                .bind("start", utc(window.start()))
                .bind("end", utc(window.end()))
                .bind("now", utc(now))
                .execute());
    }

    /** Saves how far the run is. Returns false when it became another kind of run meanwhile. */
    boolean saveProgress(SyncRun run, Instant now) {
        return save(run, State.RUNNING, now);
    }

    /** Closes the run. Returns false as {@link #saveProgress} does. */
    boolean finish(SyncRun run, State state, Instant now) {
        return save(run, state, now);
    }

    private boolean save(SyncRun run, State state, Instant now) {
        return database.withHandle(handle -> handle.createUpdate(PROGRESS)
                        .bind("job", run.jobId())
                        .bind("kind", run.kind().word())
                        .bind("state", state.word())
                        .bind("stage", run.stage().word())
                        .bind("percent", run.percent())
                        .bind("records", run.records())
                        .bind("pages", run.pages())
                        .bind("error", run.error() == null ? null : run.error().word())
                        .bind("now", utc(now))
                        .bind("finishedAt", state == State.RUNNING ? null : utc(now))
                        .execute()
                == 1);
    }

    /** Fails the member's open runs. Returns how many. */
    int end(UserId who, SyncError why, Instant now) {
        return database.withHandle(handle -> handle.createUpdate(END)
                .bind("who", who.value())
                .bind("error", why.word())
                .bind("now", utc(now))
                .execute());
    }

    /** Removes runs that ended before this moment. Returns how many. */
    int purge(Instant before) {
        return SmallBatches.work(most -> database.withHandle(handle -> handle.createUpdate(PURGE)
                .bind("before", utc(before))
                .bind("most", most)
                .execute()));
    }

    private static SyncRun run(ResultSet row) throws SQLException {
        return new SyncRun(
                row.getObject("job_id", UUID.class),
                new UserId(row.getString("user_id")),
                Kind.of(row.getString("kind")),
                State.of(row.getString("state")),
                Stage.of(row.getString("collection")),
                new Window(instant(row, "window_start"), instant(row, "window_end")),
                Optional.ofNullable(instantOrNull(row, "fresh_since")).orElse(instant(row, "requested_at")),
                row.getInt("percent"),
                row.getInt("records"),
                row.getInt("pages"),
                instant(row, "requested_at"),
                instantOrNull(row, "started_at"),
                instantOrNull(row, "finished_at"),
                row.getString("error") == null ? null : SyncError.of(row.getString("error")));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }
}
