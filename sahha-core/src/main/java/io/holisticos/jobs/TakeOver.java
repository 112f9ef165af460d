package io.holisticos.jobs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has another process run a job whose process sends no more heartbeats. Two checks have to find the same old heartbeat. One
 * check is not enough: after a lock or a slow database has delayed every process, the heartbeats of living processes are old,
 * too. Thread-safe.
 */
public final class TakeOver<T> implements DeadExecutionHandler<T> {

    private static final Logger log = LoggerFactory.getLogger(TakeOver.class);

    private static final long MOST_REMEMBERED = 10_000;
    private static final Duration REMEMBERED_FOR = Duration.ofHours(1);

    private final Clock clock;
    private final Cache<String, Instant> silentSince = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED_FOR)
            .build();

    /** @param clock decides what is due */
    public TakeOver(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void deadExecution(ExecutionComplete complete, ExecutionOperations<T> operations) {
        Execution execution = complete.getExecution();
        String job = execution.getTaskName() + ' ' + execution.getId();
        Instant heartbeat = execution.lastHeartbeat;
        if (heartbeat == null || !heartbeat.equals(silentSince.getIfPresent(job))) {
            if (heartbeat != null) {
                silentSince.put(job, heartbeat);
            }
            return;
        }
        silentSince.invalidate(job);
        log.warn("event=job_dead task={}", execution.getTaskName());
        operations.reschedule(complete, clock.instant());
    }
}
