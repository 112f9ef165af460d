package io.holisticos.whoop.sync;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Tables {@code whoop_sync}, one row for each run, and {@code whoop_freshness}, one for each member. */
final class SyncStore {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private static final String COLUMNS = """
            job_id, user_id, kind, state, collection, next_token, window_start, window_end, records, pages, failures,
            requested_at, started_at, finished_at""";
    private static final String OPEN =
            "select " + COLUMNS + " from whoop_sync where user_id = :who and state in ('queued', 'running')";
    private static final String BY_ID = "select " + COLUMNS + " from whoop_sync where job_id = :job";
    private static final String LATEST =
            "select " + COLUMNS + " from whoop_sync where user_id = :who order by requested_at desc limit 1";
    private static final String INSERT = """
            insert into whoop_sync (job_id, user_id, kind, state, collection, next_token, window_start, window_end,
                records, pages, failures, requested_at, recorded_at)
            values (:job, :who, :kind, 'queued', :stage, null, :start, :end, 0, 0, 0, :now, :now)
            on conflict (user_id) where state in ('queued', 'running') do nothing""";
    private static final String WIDEN = """
            update whoop_sync
            set kind = 'first-sync', collection = :stage, next_token = null, window_start = :start, window_end = :end,
                failures = 0, recorded_at = :now
            where job_id = :job and kind = 'sync' and state in ('queued', 'running')""";
    private static final String START = """
            update whoop_sync set state = 'running', started_at = coalesce(started_at, :now), recorded_at = :now
            where job_id = :job and state in ('queued', 'running')""";
    private static final String PROGRESS = """
            update whoop_sync
            set collection = :stage, next_token = :nextToken, records = :records, pages = :pages, failures = :failures,
                recorded_at = :now
            where job_id = :job and kind = :kind and state = 'running'""";
    private static final String FINISH = """
            update whoop_sync
            set state = :state, next_token = null, records = :records, pages = :pages, failures = :failures,
                finished_at = :now, recorded_at = :now
            where job_id = :job and kind = :kind and state = 'running'""";
    private static final String COVER = """
            insert into whoop_freshness as held (user_id, covered_from, last_synced_at, recorded_at)
            values (:who, :start, :end, :now)
            on conflict (user_id) do update
            set covered_from = case
                    when excluded.covered_from > held.last_synced_at then excluded.covered_from -- a gap between them
                    else least(held.covered_from, excluded.covered_from) end,
                last_synced_at = greatest(held.last_synced_at, excluded.last_synced_at),
                recorded_at = excluded.recorded_at""";
    private static final String FRESHNESS =
            "select covered_from, last_synced_at from whoop_freshness where user_id = :who";
    private static final String NEWEST = "select max(last_synced_at) as newest from whoop_freshness";
    private static final String PURGE = """
            delete from whoop_sync
            where state in ('done', 'failed') and finished_at < :before""";

    private final Jdbi jdbi;

    SyncStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    Optional<SyncRun> findOpen(UserId who) {
        return answered(handle -> handle.createQuery(OPEN)
                .bind("who", who.value())
                .map((row, context) -> run(row))
                .findOne());
    }

    Optional<SyncRun> find(UUID jobId) {
        return answered(handle -> handle.createQuery(BY_ID)
                .bind("job", jobId)
                .map((row, context) -> run(row))
                .findOne());
    }

    /** The run asked for last, whatever its state. */
    Optional<SyncRun> findLatest(UserId who) {
        return answered(handle -> handle.createQuery(LATEST)
                .bind("who", who.value())
                .map((row, context) -> run(row))
                .findOne());
    }

    /** Adds a run unless one is open for the member. */
    boolean saveIfNoneOpen(UUID jobId, UserId who, Kind kind, Window window, Instant now) {
        return answered(handle -> handle.createUpdate(INSERT)
                        .bind("job", jobId)
                        .bind("who", who.value())
                        .bind("kind", kind.word())
                        .bind("stage", kind.firstStage().word())
                        .bind("start", utc(window.start()))
                        .bind("end", utc(window.end()))
                        .bind("now", utc(now))
                        .execute()
                == 1);
    }

    /** Makes a first sync of an open run that is none; what it has read already is read again. */
    void widen(UUID jobId, Window window, Instant now) {
        answered(handle -> handle.createUpdate(WIDEN)
                .bind("job", jobId)
                .bind("stage", Kind.FIRST_SYNC.firstStage().word())
                .bind("start", utc(window.start()))
                .bind("end", utc(window.end()))
                .bind("now", utc(now))
                .execute());
    }

    /** The run, now marked as running; empty when it is over or never was. */
    Optional<SyncRun> start(UUID jobId, Instant now) {
        int started = answered(handle -> handle.createUpdate(START)
                .bind("job", jobId)
                .bind("now", utc(now))
                .execute());
        return started == 1 ? find(jobId) : Optional.empty();
    }

    /** Notes how far the run is. Returns false when it became another kind of run meanwhile. */
    boolean saveProgress(SyncRun run, Instant now) {
        return answered(handle -> handle.createUpdate(PROGRESS)
                        .bind("job", run.jobId())
                        .bind("kind", run.kind().word())
                        .bind("stage", run.stage().word())
                        .bind("nextToken", run.nextToken())
                        .bind("records", run.records())
                        .bind("pages", run.pages())
                        .bind("failures", run.failures())
                        .bind("now", utc(now))
                        .execute()
                == 1);
    }

    /** Closes the run; a run that is done moves the member's freshness. Returns false as {@link #saveProgress} does. */
    boolean finish(SyncRun run, State state, Instant now) {
        return answered(handle -> handle.inTransaction(transaction -> {
            int finished = transaction
                    .createUpdate(FINISH)
                    .bind("job", run.jobId())
                    .bind("kind", run.kind().word())
                    .bind("state", state.word())
                    .bind("records", run.records())
                    .bind("pages", run.pages())
                    .bind("failures", run.failures())
                    .bind("now", utc(now))
                    .execute();
            if (finished == 1 && state == State.DONE) {
                transaction
                        .createUpdate(COVER)
                        .bind("who", run.who().value())
                        .bind("start", utc(run.window().start()))
                        .bind("end", utc(run.window().end()))
                        .bind("now", utc(now))
                        .execute();
            }
            return finished == 1;
        }));
    }

    /** Empty before the first sync is done. */
    Optional<Freshness> findFreshness(UserId who) {
        return answered(handle -> handle.createQuery(FRESHNESS)
                .bind("who", who.value())
                .map((row, context) -> new Freshness(instant(row, "covered_from"), instant(row, "last_synced_at")))
                .findOne());
    }

    /** The newest of all members; empty before the first sync is done. */
    Optional<Instant> lastSyncedAt() {
        return answered(handle -> handle.createQuery(NEWEST)
                .map((row, context) -> instantOrNull(row, "newest"))
                .findOne());
    }

    /** Removes runs that ended before this moment. Returns how many. */
    int purge(Instant before) {
        return answered(
                handle -> handle.createUpdate(PURGE).bind("before", utc(before)).execute());
    }

    private <T> T answered(Function<Handle, T> work) {
        try {
            return jdbi.withHandle(work::apply);
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    private static SyncRun run(ResultSet row) throws SQLException {
        return new SyncRun(
                row.getObject("job_id", UUID.class),
                new UserId(row.getString("user_id")),
                Kind.of(row.getString("kind")),
                State.of(row.getString("state")),
                Stage.of(row.getString("collection")),
                row.getString("next_token"),
                new Window(instant(row, "window_start"), instant(row, "window_end")),
                row.getInt("records"),
                row.getInt("pages"),
                row.getInt("failures"),
                instant(row, "requested_at"),
                instantOrNull(row, "started_at"),
                instantOrNull(row, "finished_at"));
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
