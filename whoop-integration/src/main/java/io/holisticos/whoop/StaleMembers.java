package io.holisticos.whoop;

import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests a sync for members whose data a reader found stale, on one thread of its own, so that no read waits for it. The
 * queue is bounded: a member who finds it full is reported again by the next read. Thread-safe.
 */
public final class StaleMembers {

    private static final Logger log = LoggerFactory.getLogger(StaleMembers.class);

    /** Requests take milliseconds, so a longer queue means that the database does not keep up. */
    static final int MAX_WAITING = 200;

    private static final int IDLE_SECONDS = 30;
    private static final int STOP_WAITS_SECONDS = 1;

    private final Consumer<UserId> requestSync;
    private final ExecutorService thread;
    private final Set<UserId> waiting = ConcurrentHashMap.newKeySet();

    /** @param requestSync enqueues a sync of the member, unless there is one; may write to the database */
    public StaleMembers(Consumer<UserId> requestSync) {
        this(requestSync, oneThread());
    }

    StaleMembers(Consumer<UserId> requestSync, ExecutorService thread) {
        this.requestSync = requestSync;
        this.thread = thread;
    }

    private static ExecutorService oneThread() {
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, "whoop-stale-members");
                    thread.setDaemon(true);
                    return thread;
                });
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** Enqueues the request for a sync and does not wait. A member who is already in the queue is not added again. */
    void report(UserId who) {
        if (!waiting.add(who)) {
            return;
        }
        try {
            thread.execute(RequestContext.wrap(() -> request(who)));
        } catch (RejectedExecutionException full) {
            waiting.remove(who);
            log.debug("event=stale_member_not_enqueued reason=\"the queue is full, or the service is stopping\"");
        }
    }

    /** Ends the thread; requests in the queue are dropped, since the next reads report the same members. */
    public void stop() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_WAITS_SECONDS, TimeUnit.SECONDS)) {
                log.debug("event=stale_member_request_abandoned");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void request(UserId who) {
        waiting.remove(who);
        try {
            requestSync.accept(who);
        } catch (RuntimeException e) {
            log.warn("event=stale_member_sync_not_requested cause=\"{}\"", WhatFailed.inWords(e));
        }
    }
}
