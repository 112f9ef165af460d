package io.holisticos.whoop.sync;

import com.codahale.metrics.MetricRegistry;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.jobs.TakeOver;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.MemberJob.MemberTables;
import io.holisticos.whoop.sync.MemberJob.Result;
import io.holisticos.whoop.sync.MemberStore.Forsaken;
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
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps members' records current. Telling and asking are cheap and safe from any thread; the work is done by one job for
 * each member, which {@link #tasks} defines: at most one execution at a time, always on the list for the next moment
 * something is due.
 */
public final class Synchronizer {

    /** The job that looks for members who are connected and not kept current. */
    public static final String SWEEP_TASK = "whoop-sweep";

    private static final Logger log = LoggerFactory.getLogger(Synchronizer.class);

    /** What a backfill reads. */
    private static final Duration HISTORY = Duration.ofDays(730);

    /** A reader who finds old records is content with what events kept current for so long; cycles are read anew. */
    private static final Duration KEPT_BY_EVENTS = Duration.ofHours(24);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(30);
    private static final Duration ARCHIVE_KEEPS = Duration.ofDays(400);
    private static final Duration RUNS_ARE_KEPT = Duration.ofDays(30);
    private static final Duration CHANGES_ARE_KEPT = Duration.ofDays(7);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);

    /** A kill between telling and waking is rare; it costs a member so much at most. */
    private static final Duration SWEEP = Duration.ofMinutes(10);

    private final Jdbi database;
    private final MemberTables tables;
    private final WhoopStore records;
    private final MemberJob job;
    private final Supplier<SchedulerClient> jobs;
    private final Clock clock;
    private final Function<UserId, String> inLogs;
    private final CustomTask<Void> task;

    /**
     * Keeps the members of one database.
     *
     * @param jobs asked for when the first job is put on the list: the jobs are built after their {@link #tasks}
     */
    public Synchronizer(
            Jdbi database, WhoopApi api, WhoopStore records, SyncTerms terms, Supplier<SchedulerClient> jobs) {
        this.database = database;
        this.tables = MemberTables.in(database);
        this.records = records;
        this.job = new MemberJob(tables, api, records, terms, this::wake);
        this.jobs = jobs;
        this.clock = terms.clock();
        this.inLogs = terms.inLogs();
        this.task = Tasks.custom("whoop-member", Void.class)
                .onDeadExecution(new TakeOver<>(clock))
                .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(FIRST_RETRY))
                .execute((instance, context) -> {
                    UserId who = new UserId(instance.getId());
                    Result result =
                            job.work(who, () -> context.getSchedulerState().isShuttingDown());
                    return completion(who, result);
                });
    }

    /** Gauges of what is to be done; to be asked of one whose limits are those of whoever reads them. */
    public void register(MetricRegistry metrics) {
        SyncMeters.count(metrics, tables.changes());
    }

    /** The kinds of jobs that do the work; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<Task<?>> tasks() {
        return List.of(task);
    }

    /** What is done by the clock; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        RecurringTask<Void> purge = Tasks.recurring("whoop-purge", FixedDelay.ofHours(24))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) -> {
                    Instant now = clock.instant();
                    records.purgeArchive(now.minus(ARCHIVE_KEEPS));
                    tables.runs().purge(now.minus(RUNS_ARE_KEPT));
                    tables.changes().purge(now.minus(CHANGES_ARE_KEPT));
                });
        RecurringTask<Void> sweep = Tasks.recurring(SWEEP_TASK, FixedDelay.of(SWEEP))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) -> sweep());
        return List.of(purge, sweep);
    }

    /**
     * Puts a change on the member's list if it is news, all in one statement, which may be part of a transaction. Unless
     * {@link Noted#isAwake} says that there is no need, {@link #wake} the member once it is committed; a kill in between
     * loses nothing, for members with something on their list are looked for.
     */
    public Noted note(Handle handle, UserId who, Change change, News news) {
        return tables.changes().tell(handle, who, change, news, task.getName());
    }

    /** Sees to it that the member's job runs when the first thing on their list is due. Safe to repeat. */
    public void wake(UserId who) {
        try {
            tables.changes().findListed(who, task.getName()).ifPresent(listed -> {
                Instant due = listed.dueAt();
                Instant scheduled = listed.scheduledAt();
                if (scheduled == null) {
                    jobs.get().scheduleIfNotExists(instance(who), due == null ? clock.instant() : due);
                } else if (due != null && !listed.picked() && scheduled.isAfter(due)) {
                    advance(who, due);
                }
            });
        } catch (SQLRuntimeException | JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, FIRST_RETRY, e);
        }
    }

    /**
     * Permits are to be had again, earlier than members were told: whoever waits for one tries anew. Returns how many.
     *
     * @throws SourceUnavailable when the database cannot be asked
     */
    public int resume() {
        return answered(() -> tables.members().resume(task.getName(), now()));
    }

    /** Looks after members whom a kill left with something to do and no job for it. Returns how many. */
    public int sweep() {
        try {
            List<Forsaken> forsaken = tables.members().forsaken();
            forsaken.forEach(member -> connected(member.who(), member.whoopUserId()));
            List<UserId> forgotten = tables.changes().forgotten(task.getName(), clock.instant());
            forgotten.forEach(this::wake);
            tables.runs().backfills(MemberJob.BACKFILLS_AT_ONCE, now()).forEach(this::wake);
            int woken = forsaken.size() + forgotten.size();
            if (woken > 0) {
                log.info("event=members_woken count={} forsaken={}", woken, forsaken.size());
            }
            return woken;
        } catch (JdbiException | SourceUnavailable e) {
            log.atLevel(WhatFailed.isNotMigrated(e) ? Level.DEBUG : Level.WARN)
                    .log("event=sweep_failed cause=\"{}\"", WhatFailed.inWords(e)); // the next one comes in minutes
            return 0;
        }
    }

    /**
     * The member gave consent: their last days are read, then the years before. Who comes back with another WHOOP account
     * begins anew.
     */
    public UUID connected(UserId who, long whoopUserId) {
        UUID jobId = allOrNothing(() -> {
            startOver(who, whoopUserId, connect(who));
            tables.failures().forget(who);
            return begin(who);
        });
        wake(who);
        return jobId;
    }

    /** What was read of the member was never theirs: it leaves their days. */
    public void disowned(UserId who) {
        allOrNothing(() -> {
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
            if (hadOne) { // else what was told, and asked for, waited for the consent
                tables.changes().drop(who, now);
                tables.failures().forget(who);
                int ended = tables.runs().end(who, SyncError.ACCOUNT_CHANGED, now);
                if (ended > 0) {
                    log.info("event=syncs_ended member={} runs={} because=account_changed", inLogs.apply(who), ended);
                }
            }
        }
    }

    /**
     * Reads the member's last days. What is held of them already is not read again. Then a backfill reads the
     * years before, while nobody waits. Returns the id of the job.
     */
    public UUID firstSync(UserId who) {
        UUID jobId = allOrNothing(() -> {
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

    /** In one transaction, which the stores join: a kill in between must not leave a member without a backfill. */
    private <T> T allOrNothing(Supplier<T> work) {
        return answered(() -> database.inTransaction(handle -> work.get()));
    }

    private static <T> T answered(Supplier<T> work) {
        try {
            return work.get();
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, FIRST_RETRY, e);
        }
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
            retry(who, now);
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
     * Asks for a sync on behalf of a reader who found old records. After a failed run it waits a while, and lists that
     * fail have their own times: readers must not spend the quota on a member whose syncs cannot succeed.
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
    public Optional<Freshness> findFreshness(UserId who) {
        return answered(() -> tables.members().findFreshness(who));
    }

    /** When anything of any member was last read; empty before the first sync is done. */
    public Optional<Instant> lastSyncedAt() {
        return answered(() -> tables.members().lastListedAt());
    }

    /** What fails again and again, the most frequent first. */
    public List<Failing> failing() {
        return answered(() -> tables.failures().failing(task.getName(), Failing.TIMES));
    }

    /** How many members have something that fails again and again. */
    public int failingMembers() {
        return answered(() -> tables.failures().members(Failing.TIMES));
    }

    /** What fails is tried once more, however often it has failed. */
    private void retry(UserId who, Instant now) {
        int failing = answered(() -> tables.failures().retry(who, now));
        log.debug("event=failing_tried_again member={} count={}", inLogs.apply(who), failing);
    }

    private UUID request(UserId who, Instant now, Instant freshSince) {
        Optional<SyncRun> open = findOpenRun(who);
        if (open.isPresent()) {
            wake(who);
            return open.get().jobId();
        }
        Optional<Freshness> freshness = findFreshness(who);
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

    private CompletionHandler<Void> completion(UserId who, Result result) {
        return (complete, operations) -> {
            Instant next = result.next();
            if (next == null) {
                operations.remove();
            } else {
                operations.reschedule(complete, next);
            }
            // whoever told or asked while the job was being worked on could not move it
            tables.changes()
                    .firstDueUnseen(who, result.heard(), result.seenUpTo())
                    .filter(due -> next == null || due.isBefore(next))
                    .ifPresent(due -> wake(who));
        };
    }

    private void advance(UserId who, Instant due) {
        try {
            jobs.get().reschedule(instance(who), due);
        } catch (TaskInstanceException e) {
            log.debug("event=member_busy member={}", inLogs.apply(who)); // it looks again itself when it is done
        }
    }

    private TaskInstance<Void> instance(UserId who) {
        return task.instance(who.value());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
