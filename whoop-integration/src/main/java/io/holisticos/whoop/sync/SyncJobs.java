package io.holisticos.whoop.sync;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.jobs.TakeOver;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.MemberJob.JobResult;
import io.holisticos.whoop.sync.MemberStore.NotSynced;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The jobs that keep members' records current. Each member has one job: at most one execution at a time, always on the list
 * for the next moment something is due.
 */
public final class SyncJobs {

    /** The job of a member. */
    static final String MEMBER_TASK = "whoop-member";

    /** The job that looks for members who are connected and not kept current. */
    public static final String SWEEP_TASK = "whoop-sweep";

    private static final Logger log = LoggerFactory.getLogger(SyncJobs.class);

    private static final Duration ARCHIVE_KEEPS = Duration.ofDays(400);
    private static final Duration RUNS_ARE_KEPT = Duration.ofDays(30);
    private static final Duration EVENTS_ARE_KEPT = Duration.ofDays(7);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);

    /** A job is rarely lost; this is how long its member may wait then. */
    private static final Duration SWEEP = Duration.ofMinutes(10);

    private final SyncRequests requests;
    private final SyncTables tables;
    private final WhoopStore records;
    private final Clock clock;
    private final CustomTask<Void> task;

    /** @param requests of the same database, with time limits that suit jobs */
    public SyncJobs(SyncRequests requests, WhoopApi api, SyncContext terms) {
        this.requests = requests;
        this.tables = requests.tables();
        this.records = requests.records();
        this.clock = terms.clock();
        MemberJob job = new MemberJob(tables, api, records, terms, requests::wake);
        this.task = Tasks.custom(MEMBER_TASK, Void.class)
                .onDeadExecution(new TakeOver<>(clock))
                .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(FIRST_RETRY))
                .execute((instance, context) -> {
                    UserId who = new UserId(instance.getId());
                    JobResult result =
                            job.work(who, () -> context.getSchedulerState().isShuttingDown());
                    return completion(who, result);
                });
    }

    /** The kinds of jobs that do the work; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<Task<?>> tasks() {
        return List.of(task);
    }

    /** The jobs that run by the clock; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        RecurringTask<Void> purge = Tasks.recurring("whoop-purge", FixedDelay.ofHours(24))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) -> {
                    Instant now = clock.instant();
                    records.purgeArchive(now.minus(ARCHIVE_KEEPS));
                    tables.runs().purge(now.minus(RUNS_ARE_KEPT));
                    tables.events().purge(now.minus(EVENTS_ARE_KEPT));
                    records.makePartitions(now);
                });
        RecurringTask<Void> sweep = Tasks.recurring(SWEEP_TASK, FixedDelay.of(SWEEP))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) -> sweep());
        return List.of(purge, sweep);
    }

    /** Looks after members whom a kill left with something to do and no job for it. Returns how many. */
    public int sweep() {
        try {
            List<NotSynced> notSynced = tables.members().findNotSynced();
            notSynced.forEach(member -> requests.connected(member.who(), member.whoopUserId()));
            List<UserId> withoutJob = tables.members().findWithoutJob(clock.instant());
            withoutJob.forEach(requests::wake);
            tables.runs().backfills(MemberStates.BACKFILLS_AT_ONCE, now()).forEach(requests::wake);
            int woken = notSynced.size() + withoutJob.size();
            if (woken > 0) {
                log.info("event=members_woken count={} forsaken={}", woken, notSynced.size());
            }
            return woken;
        } catch (JdbiException | SourceUnavailable e) {
            log.atLevel(WhatFailed.isNotMigrated(e) ? Level.DEBUG : Level.WARN)
                    .log("event=sweep_failed cause=\"{}\"", WhatFailed.inWords(e)); // the next one comes in minutes
            return 0;
        }
    }

    private CompletionHandler<Void> completion(UserId who, JobResult result) {
        return (complete, operations) -> {
            Instant next = result.next();
            if (next == null) {
                operations.remove();
            } else {
                operations.reschedule(complete, next);
            }
            // events and requests that came during the execution could not move the job
            tables.members()
                    .firstDueUnseen(who, result.lastEventAt(), result.seenUpTo())
                    .filter(due -> next == null || due.isBefore(next))
                    .ifPresent(due -> requests.wake(who));
        };
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
