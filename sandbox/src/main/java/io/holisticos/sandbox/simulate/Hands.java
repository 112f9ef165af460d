package io.holisticos.sandbox.simulate;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.holisticos.jobs.Jobs;
import io.holisticos.jobs.JobsConfiguration;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs WHOOP's jobs when told to, on two threads: what is due at one moment is due for different members. */
final class Hands implements Jobs.Maker, AutoCloseable {

    private final ExecutorService secondThread = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "simulated-jobs");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Jobs left;
    private @Nullable Jobs right;
    private List<Instant> next = List.of();

    @Override
    public Jobs make(
            DataSource database,
            JobsConfiguration configuration,
            Clock clock,
            List<Task<?>> onDemand,
            List<RecurringTask<?>> recurring) {
        Jobs made = Jobs.byHand(database, clock, onDemand, recurring);
        left = made;
        right = Jobs.byHand(database, clock, onDemand, recurring);
        return made;
    }

    /** When the next job is due. */
    Optional<Instant> nextDue() {
        next = made(left).nextDue(2);
        return next.stream().findFirst();
    }

    /** Runs what is due at this moment, and leaves what becomes due by it. */
    void runDue(Instant now) {
        if (next.size() < 2 || next.get(1).isAfter(now)) {
            made(left).runDue();
            return;
        }
        CompletableFuture<Void> other =
                CompletableFuture.runAsync(() -> made(right).runDue(), secondThread);
        made(left).runDue();
        try {
            other.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public void close() {
        secondThread.shutdownNow();
    }

    private static Jobs made(@Nullable Jobs jobs) {
        if (jobs == null) {
            throw new IllegalStateException("the app has not made its jobs yet");
        }
        return jobs;
    }
}
