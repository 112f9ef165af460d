package io.holisticos.sandbox.simulate;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.holisticos.jobs.Jobs;
import io.holisticos.jobs.JobsConfiguration;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Runs WHOOP's jobs only when {@link ClockDriver} says so, on several threads. Jobs that are due at the same moment concern
 * different members. A job mostly waits for answers, so there are more workers than processors.
 */
final class ManualJobs implements Jobs.Maker, AutoCloseable {

    private static final int WORKERS = 8;

    /** How many due jobs are looked up at a time. */
    private static final int LOOKUP_SIZE = 64;

    private final ExecutorService threads = Executors.newFixedThreadPool(WORKERS - 1, work -> {
        Thread thread = new Thread(work, "simulated-jobs");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Jobs> workers = new ArrayList<>();

    @Override
    public Jobs make(
            DataSource database,
            JobsConfiguration configuration,
            Clock clock,
            List<Task<?>> onDemand,
            List<RecurringTask<?>> recurring) {
        for (int worker = 0; worker < WORKERS; worker++) {
            workers.add(Jobs.byHand(database, clock, onDemand, recurring));
        }
        return first();
    }

    /** When the next jobs are due, soonest first; at most {@value #LOOKUP_SIZE}. */
    List<Instant> nextDue() {
        return first().nextDue(LOOKUP_SIZE);
    }

    /** Runs the jobs that are due now. Jobs that these enqueue are left for the next call. */
    void runDue(List<Instant> next, Instant now) {
        int due = due(next, now);
        run(due, due - 1, () -> {});
    }

    /** Runs the jobs that are due now, in parallel with the other work. */
    void runDueBeside(Runnable other, List<Instant> next, Instant now) {
        int due = due(next, now);
        run(due, due, other);
    }

    private static int due(List<Instant> next, Instant now) {
        return (int) next.stream().filter(moment -> !moment.isAfter(now)).count();
    }

    private void run(int due, int helpers, Runnable first) {
        AtomicInteger left = new AtomicInteger(due);
        List<CompletableFuture<Void>> others = workers.subList(1, 1 + Math.min(helpers, WORKERS - 1)).stream()
                .map(worker -> CompletableFuture.runAsync(() -> runSome(worker, left), threads))
                .toList();
        try {
            first.run();
            runSome(first(), left);
        } finally {
            join(others);
        }
    }

    private static void join(List<CompletableFuture<Void>> others) {
        try {
            CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static void runSome(Jobs worker, AtomicInteger left) {
        while (left.getAndDecrement() > 0) {
            worker.runDue();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Jobs first() {
        if (workers.isEmpty()) {
            throw new IllegalStateException("the app has not made its jobs yet");
        }
        return workers.get(0);
    }
}
