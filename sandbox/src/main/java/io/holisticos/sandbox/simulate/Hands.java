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
 * Runs WHOOP's jobs when told to, on several threads: what is due at one moment is due for different members. Most of a
 * job is waiting for answers, so there are more hands than cores.
 */
final class Hands implements Jobs.Maker, AutoCloseable {

    private static final int HANDS = 8;

    /** So many jobs are looked for at once. */
    private static final int AT_ONCE = 64;

    private final ExecutorService threads = Executors.newFixedThreadPool(HANDS - 1, work -> {
        Thread thread = new Thread(work, "simulated-jobs");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Jobs> hands = new ArrayList<>();

    @Override
    public Jobs make(
            DataSource database,
            JobsConfiguration configuration,
            Clock clock,
            List<Task<?>> onDemand,
            List<RecurringTask<?>> recurring) {
        for (int hand = 0; hand < HANDS; hand++) {
            hands.add(Jobs.byHand(database, clock, onDemand, recurring));
        }
        return first();
    }

    /** When the next jobs are due, soonest first, up to some dozens. */
    List<Instant> nextDue() {
        return first().nextDue(AT_ONCE);
    }

    /** Runs those of them that are due at this moment; what becomes due by it is left. */
    void runDue(List<Instant> next, Instant now) {
        int due = due(next, now);
        run(due, due - 1, () -> {});
    }

    /** The same, while something else is done. */
    void runDueBeside(Runnable other, List<Instant> next, Instant now) {
        int due = due(next, now);
        run(due, due, other);
    }

    private static int due(List<Instant> next, Instant now) {
        return (int) next.stream().filter(moment -> !moment.isAfter(now)).count();
    }

    private void run(int due, int helpers, Runnable first) {
        AtomicInteger left = new AtomicInteger(due);
        List<CompletableFuture<Void>> others = hands.subList(1, 1 + Math.min(helpers, HANDS - 1)).stream()
                .map(hand -> CompletableFuture.runAsync(() -> runSome(hand, left), threads))
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

    private static void runSome(Jobs hand, AtomicInteger left) {
        while (left.getAndDecrement() > 0) {
            hand.runDue();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private Jobs first() {
        if (hands.isEmpty()) {
            throw new IllegalStateException("the app has not made its jobs yet");
        }
        return hands.get(0);
    }
}
