package io.holisticos.app.probes;

import io.holisticos.health.Deadline;
import io.holisticos.health.NotInTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A probe of something that may hang. It runs on another thread, at most once at a time, and its result is reused for a
 * second. So reading the result is cheap, however many callers there are and whatever hangs. Thread-safe.
 */
final class BoundedProbe<T> {

    private static final Duration LASTS = Duration.ofSeconds(1);

    /** A probe that takes longer has no result; until then, the previous result is valid. */
    private static final Duration HANGS = Duration.ofMillis(2_500);

    private final Supplier<T> probe;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private @Nullable CompletableFuture<T> latest;
    private long start;
    private Optional<T> result = Optional.empty();

    /**
     * Creates the probe; it first runs when it is begun or read.
     *
     * @param probe has no result when it throws
     * @param threads must have a free thread for each probe
     */
    BoundedProbe(Supplier<T> probe, Executor threads, LongSupplier nanoTime) {
        this.probe = probe;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    /** Starts the probe unless it is running or its result can be reused. */
    void begin() {
        CompletableFuture<T> unused = current();
    }

    /** The result, empty when there is none. Waits at most until the deadline. */
    Optional<T> read(Deadline deadline) {
        try {
            return deadline.await(current().handle((found, failure) -> Optional.ofNullable(found)));
        } catch (NotInTime e) {
            return previous();
        }
    }

    private synchronized CompletableFuture<T> current() {
        CompletableFuture<T> running = latest;
        if (running == null || (running.isDone() && age().compareTo(LASTS) >= 0)) {
            start = nanoTime.getAsLong();
            CompletableFuture<T> next = CompletableFuture.supplyAsync(probe, threads);
            latest = next;
            CompletableFuture<T> unused = next.whenComplete((found, failure) -> remember(next, found));
            return next;
        }
        return running;
    }

    /** Runs also when no caller waits any more. */
    private synchronized void remember(CompletableFuture<T> finished, @Nullable T found) {
        if (finished == latest) {
            result = Optional.ofNullable(found);
        }
    }

    private synchronized Optional<T> previous() {
        return age().compareTo(HANGS) < 0 ? result : Optional.empty();
    }

    private Duration age() {
        return Duration.ofNanos(nanoTime.getAsLong() - start);
    }
}
