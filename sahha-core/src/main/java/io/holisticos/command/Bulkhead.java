package io.holisticos.command;

import io.holisticos.command.ExecutionOutcome.NotRun;
import io.holisticos.health.Deadline;
import io.holisticos.health.NotInTime;
import io.holisticos.trace.RequestContext;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Keeps one command from taking more than its share of the process. */
sealed interface Bulkhead {

    /**
     * Runs the work, or refuses it at once.
     *
     * @throws NotRun when there is no room, no time, or the caller was interrupted
     */
    <T> T run(Deadline within, Supplier<T> work);

    /** A bounded number of callers, on their own threads. */
    final class OfCallers implements Bulkhead {

        private final CommandKey key;
        private final Semaphore permits;
        private final int max;

        OfCallers(CommandKey key, int max) {
            this.key = key;
            this.max = max;
            this.permits = new Semaphore(max);
        }

        @Override
        public <T> T run(Deadline within, Supplier<T> work) {
            if (!permits.tryAcquire()) {
                throw new NotRun(key, ExecutionOutcome.SEMAPHORE_REJECTED);
            }
            try {
                return work.get();
            } finally {
                permits.release();
            }
        }

        int inUse() {
            return max - permits.availablePermits();
        }
    }

    /** A bounded pool of threads. The caller stops waiting at the time limit, and the work is interrupted then. */
    final class OfThreads implements Bulkhead {

        private final CommandKey key;
        private final CommandConfiguration.Pool bounds;
        private final ThreadPoolExecutor pool;

        OfThreads(CommandKey key, CommandConfiguration.Pool bounds) {
            this.key = key;
            this.bounds = bounds;
            AtomicInteger count = new AtomicInteger();
            this.pool = new ThreadPoolExecutor(
                    bounds.core(),
                    bounds.max(),
                    bounds.keepAlive().toNanos(),
                    TimeUnit.NANOSECONDS,
                    bounds.queue() < 1 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(bounds.queue()),
                    task -> {
                        Thread thread = new Thread(task, key + "-" + count.incrementAndGet());
                        thread.setDaemon(true);
                        return thread;
                    });
            pool.allowCoreThreadTimeOut(true);
        }

        @Override
        public <T> T run(Deadline within, Supplier<T> work) {
            Future<T> running = begin(work);
            try {
                return within.await(running);
            } catch (NotInTime e) {
                running.cancel(true);
                throw new NotRun(key, e.isInterrupted() ? ExecutionOutcome.CANCELLED : ExecutionOutcome.TIMEOUT);
            }
        }

        private <T> Future<T> begin(Supplier<T> work) {
            if (bounds.queue() > 0 && pool.getQueue().size() >= bounds.rejectionThreshold()) {
                throw new NotRun(key, ExecutionOutcome.THREAD_POOL_REJECTED);
            }
            try {
                return pool.submit(RequestContext.wrapCallable(work::get)); // the work logs with the request's ids
            } catch (RejectedExecutionException e) {
                throw new NotRun(key, ExecutionOutcome.THREAD_POOL_REJECTED);
            }
        }

        ThreadPoolExecutor pool() {
            return pool;
        }
    }
}
