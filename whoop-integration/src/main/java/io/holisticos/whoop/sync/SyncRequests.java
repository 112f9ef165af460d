package io.holisticos.whoop.sync;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others may ask of the sync: that a member is read, and how that stands. Every call is short; the work is done by
 * {@link SyncJobs}, in this process or another one. Every method throws {@link
 * io.holisticos.health.HealthError.SourceUnavailable} while the database is away or read-only. Thread-safe.
 */
public final class SyncRequests {

    private static final Logger log = LoggerFactory.getLogger(SyncRequests.class);

    /** What a backfill reads. */
    private static final Duration HISTORY = Duration.ofDays(730);

    /** Stale records are read again only if events have not kept them current for so long; cycles are always read. */
    private static final Duration KEPT_BY_EVENTS = Duration.ofHours(24);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(30);

    private final Database database;
    private final SyncTables tables;
    private final WhoopStore records;
    private final Runnable lookForDueJobs;
    private final Clock clock;
    private final Function<UserId, String> inLogs;

    /**
     * For the members of one database.
     *
     * @param lookForDueJobs has this process look for due jobs now instead of at its next poll
     */
    public SyncRequests(Jdbi jdbi, WhoopStore records, SyncContext terms, Runnable lookForDueJobs) {
        this.database = new Database(jdbi, WhoopApi.WHOOP);
        this.tables = SyncTables.in(database);
        this.records = records;
        this.lookForDueJobs = lookForDueJobs;
        this.clock = terms.clock();
        this.inLogs = terms.inLogs();
    }

    /** The events of WHOOP: where webhooks are kept. */
    public RecordEventStore events() {
        return tables.events();
    }

    SyncTables tables() {
        return tables;
    }

    WhoopStore records() {
        return records;
    }

    /** Gauges of pending events and of how fresh members are. They are read with the time limits of this database. */
    public void register(MetricRegistry metrics) {
        SyncMetrics.count(metrics, tables, clock);
    }

    /** Sees to it that the member's job runs when the first thing is due. Safe to repeat. */
    void wake(UserId who) {
        Instant now = now();
        if (tables.members().wake(who, now).filter(due -> !due.isAfter(now)).isPresent()) {
            lookForDueJobs.run();
        }
    }

    /** Permits are available earlier than members were told: all who wait for one try again. Returns how many. */
    public int resume() {
        return tables.members().resume(now());
    }

    /**
     * The member gave consent: their last days are read, then the years before. A member who comes back with another WHOOP
     * account begins anew.
     */
    public UUID connected(UserId who, long whoopUserId) {
        UUID jobId = database.inTransaction(handle -> {
            startOver(who, whoopUserId, connect(who));
            tables.failures().forget(who);
            return begin(who);
        });
        wake(who);
        return jobId;
    }

    /** The records of the account that was read were never the member's: they leave the member's days. */
    public void disowned(UserId who) {
        database.inTransaction(handle -> {
            startOver(who, null, now());
            return true;
        });
    }

    /** Records of another account than this one leave the days; nothing counts as read. */
    private void startOver(UserId who, @Nullable Long whoopUserId, Instant now) {
        boolean hadOne = tables.members().account(who).isPresent();
        if (tables.members().isAnotherAccount(who, whoopUserId, now)) {
            records.forgetCoverage(who);
            records.retire(who, whoopUserId, now);
            if (hadOne) { // else the events and runs were waiting for this consent
                tables.events().drop(who, now);
                tables.failures().forget(who);
                int ended = tables.runs().end(who, SyncError.ACCOUNT_CHANGED, now);
                if (ended > 0) {
                    log.info("event=syncs_ended member={} runs={} because=account_changed", inLogs.apply(who), ended);
                }
            }
        }
    }

    /**
     * Reads the member's last days. What is stored of them already is not read again. Then a backfill reads the years
     * before, while nobody waits. Returns the id of the job.
     */
    public UUID firstSync(UserId who) {
        UUID jobId = database.inTransaction(handle -> {
            connect(who);
            return begin(who);
        });
        wake(who);
        return jobId;
    }

    private Instant connect(UserId who) {
        Instant now = now();
        tables.members().connect(who, now);
        return now;
    }

    private UUID begin(UserId who) {
        Instant now = now();
        Window window = new Window(now.minus(Planner.SPAN), now);
        UUID jobId = put(SyncRun.queued(who, Kind.FIRST_SYNC, window, now, now));
        tables.runs().widen(jobId, window, now); // the open run may be a smaller one, from before
        tables.runs().saveIfNoneOpen(SyncRun.queued(who, Kind.BACKFILL, new Window(now.minus(HISTORY), now), now, now));
        return jobId;
    }

    /**
     * Reads what may have changed since the last run. A member never synced gets a first sync, and one whose past could
     * not be read has it tried again.
     *
     * @return the id of the job, the same one as long as it is open
     */
    public UUID requestSync(UserId who) {
        Instant now = now();
        if (findOpenRun(who).isEmpty()) {
            int failing = tables.failures().retry(who, now);
            log.debug("event=failing_tried_again member={} count={}", inLogs.apply(who), failing);
        }
        tables.runs()
                .findLatestBackfill(who)
                .filter(run -> run.state() == State.FAILED)
                .ifPresent(failed -> tables.runs()
                        .saveIfNoneOpen(SyncRun.queued(
                                who, Kind.BACKFILL, new Window(failed.window().start(), now), now, now)));
        return request(who, now, now);
    }

    /**
     * Asks for a sync for a reader who found stale records. After a failed run this waits a while, and lists that fail have
     * their own times: readers must not spend the quota on a member whose syncs cannot succeed.
     */
    public void catchUp(UserId who) {
        Instant now = now();
        boolean failedLately = tables.runs()
                .findLatest(who)
                .filter(run -> run.state() == State.FAILED)
                .map(SyncRun::finishedAt)
                .filter(failed -> failed.plus(PAUSE_AFTER_FAILURE).isAfter(now))
                .isPresent();
        if (!failedLately) {
            request(who, now, now.minus(KEPT_BY_EVENTS));
        }
    }

    /** How a run stands; empty when this member has none of this id. */
    public Optional<SyncRun> findRun(UserId who, UUID jobId) {
        return tables.runs().find(jobId).filter(run -> run.who().equals(who));
    }

    /** The member's run that somebody asked for last. */
    public Optional<SyncRun> findLatestRun(UserId who) {
        return tables.runs().findLatest(who);
    }

    /** The reading of the member's past that was begun last, done or not. */
    public Optional<SyncRun> findBackfill(UserId who) {
        return tables.runs().findLatestBackfill(who);
    }

    /** Empty before the first sync is done. */
    public Optional<SyncFreshness> findFreshness(UserId who) {
        return tables.members().findFreshness(who);
    }

    /** When anything of any member was last read; empty before the first sync is done. */
    public Optional<Instant> lastSyncedAt() {
        return tables.members().lastListedAt();
    }

    /** What fails again and again, the most frequent first. */
    public List<RepeatedFailure> failing() {
        return tables.failures().failing(SyncJobs.MEMBER_TASK, RepeatedFailure.TIMES);
    }

    /** How many members have something that fails again and again. */
    public int failingMembers() {
        return tables.failures().members(RepeatedFailure.TIMES);
    }

    private UUID request(UserId who, Instant now, Instant freshSince) {
        Optional<SyncRun> open = findOpenRun(who);
        if (open.isPresent()) {
            wake(who);
            return open.get().jobId();
        }
        Optional<SyncFreshness> freshness = findFreshness(who);
        if (freshness.isEmpty()) {
            return firstSync(who);
        }
        tables.members().admit(who, now);
        Instant since = freshness.get().lastSyncedAt();
        Window window = new Window((since.isBefore(now) ? since : now).minus(Planner.SPAN), now);
        UUID jobId = put(SyncRun.queued(who, Kind.SYNC, window, freshSince, now));
        wake(who);
        return jobId;
    }

    private UUID put(SyncRun run) {
        if (tables.runs().saveIfNoneOpen(run)) {
            return run.jobId();
        }
        // another thread or process was first: its run counts, unless it is over already
        return findOpenRun(run.who())
                .or(() -> tables.runs().findLatest(run.who()))
                .orElseThrow()
                .jobId();
    }

    private Optional<SyncRun> findOpenRun(UserId who) {
        return tables.runs().findOpen(who).stream()
                .filter(run -> run.kind() != Kind.BACKFILL)
                .findFirst();
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
