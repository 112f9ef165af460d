package io.holisticos.whoop.sync;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Keeps members' records current. Asking is cheap and safe from any thread: a member has at most one open run, and asking
 * again returns it. Runs are worked on by the jobs of {@link #tasks}.
 */
public final class Synchronizer {

    /** What a first sync reads. */
    static final Duration FIRST_WINDOW = Duration.ofDays(30);

    /** WHOOP changes records for some days after, and tells nobody (fact sheet §7.2). */
    static final Duration TRAILING_WINDOW = Duration.ofDays(3);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(30);
    private static final Duration ARCHIVE_KEEPS = Duration.ofDays(400);
    private static final Duration RUNS_ARE_KEPT = Duration.ofDays(30);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);

    private final SyncStore runs;
    private final ChangeStore changes = new ChangeStore();
    private final WhoopStore records;
    private final SyncJob job;
    private final Supplier<SchedulerClient> jobs;
    private final Clock clock;
    private final CustomTask<Void> task;

    /**
     * Keeps the members of one database.
     *
     * @param jobs asked for when the first run is put on the list: the jobs are built after their {@link #tasks}
     */
    public Synchronizer(
            Jdbi database, WhoopApi api, WhoopStore records, SyncTerms terms, Supplier<SchedulerClient> jobs) {
        this.runs = new SyncStore(database);
        this.records = records;
        this.job = new SyncJob(api, records, runs, terms);
        this.jobs = jobs;
        this.clock = terms.clock();
        this.task = Tasks.custom("whoop-sync", Void.class)
                .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(FIRST_RETRY))
                .execute((instance, context) -> {
                    UUID jobId = UUID.fromString(instance.getId());
                    return job.work(jobId, () -> context.getSchedulerState().isShuttingDown())
                            .<CompletionHandler<Void>>map(Synchronizer::again)
                            .orElseGet(CompletionHandler.OnCompleteRemove::new);
                });
    }

    /** The kinds of jobs that do the work; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<Task<?>> tasks() {
        return List.of(task);
    }

    /** What is done by the clock; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        return List.of(Tasks.recurring("whoop-purge", FixedDelay.ofHours(24)).execute((instance, context) -> {
            records.purgeArchive(clock.instant().minus(ARCHIVE_KEEPS));
            runs.purge(clock.instant().minus(RUNS_ARE_KEPT));
        }));
    }

    /**
     * Puts a change on the member's list, in the caller's transaction. {@link #wake} the member once it is committed; a
     * kill in between loses nothing, for members with something on their list are looked for.
     */
    public void note(Handle handle, UserId who, Change change) {
        changes.tell(handle, who, change);
    }

    /** Sees to it that the member's job runs when the first thing on their list is due. Safe to repeat. */
    public void wake(UserId who) {
        requestSync(who);
    }

    /** Reads the member's last days for the first time: on connect. Returns the id of the job. */
    public UUID firstSync(UserId who) {
        Instant now = clock.instant();
        Window window = new Window(now.minus(FIRST_WINDOW), now);
        UUID jobId = put(who, Kind.FIRST_SYNC, window, now);
        runs.widen(jobId, window, now); // the open run may be a smaller one, from before
        return jobId;
    }

    /**
     * Reads what may have changed since the last run. A member never synced gets a first sync.
     *
     * @return the id of the job, the same one as long as it is open
     */
    public UUID requestSync(UserId who) {
        Optional<SyncRun> open = runs.findOpen(who);
        if (open.isPresent()) {
            return scheduled(open.get().jobId());
        }
        Instant now = clock.instant();
        return runs.findFreshness(who)
                .map(freshness -> put(who, Kind.SYNC, new Window(trailing(freshness, now), now), now))
                .orElseGet(() -> put(who, Kind.FIRST_SYNC, new Window(now.minus(FIRST_WINDOW), now), now));
    }

    /**
     * Asks for a sync on behalf of a reader who found old records. After a failed run it waits a while: readers must not
     * spend the quota on a member whose syncs cannot succeed.
     */
    public void catchUp(UserId who) {
        Instant now = clock.instant();
        boolean failedLately = runs.findLatest(who)
                .filter(run -> run.state() == State.FAILED)
                .map(SyncRun::finishedAt)
                .filter(failed -> failed.plus(PAUSE_AFTER_FAILURE).isAfter(now))
                .isPresent();
        if (!failedLately) {
            requestSync(who);
        }
    }

    /** How a run stands; empty when this member has none of this id. */
    public Optional<SyncRun> findRun(UserId who, UUID jobId) {
        return runs.find(jobId).filter(run -> run.who().equals(who));
    }

    /** The member's run that was asked for last. */
    public Optional<SyncRun> findLatestRun(UserId who) {
        return runs.findLatest(who);
    }

    /** Empty before the first sync is done. */
    public Optional<Freshness> findFreshness(UserId who) {
        return runs.findFreshness(who);
    }

    private UUID put(UserId who, Kind kind, Window window, Instant now) {
        UUID fresh = UUID.randomUUID();
        if (runs.saveIfNoneOpen(fresh, who, kind, window, now)) {
            return scheduled(fresh);
        }
        // another thread or process was first: its run counts, unless it is over already
        return scheduled(
                runs.findOpen(who).or(() -> runs.findLatest(who)).orElseThrow().jobId());
    }

    /** Also for a run that is there already: a kill may have come between the run and its job. */
    private UUID scheduled(UUID jobId) {
        try {
            jobs.get().scheduleIfNotExists(task.instance(jobId.toString()), clock.instant());
        } catch (SQLRuntimeException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, FIRST_RETRY, e);
        }
        return jobId;
    }

    /** No gap, even when the last run was long ago. */
    private static Instant trailing(Freshness freshness, Instant now) {
        Instant last = freshness.lastSyncedAt().isBefore(now) ? freshness.lastSyncedAt() : now;
        return last.minus(TRAILING_WINDOW);
    }

    private static CompletionHandler<Void> again(Instant when) {
        return (complete, operations) -> operations.reschedule(complete, when);
    }
}
