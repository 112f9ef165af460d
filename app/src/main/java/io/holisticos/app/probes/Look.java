package io.holisticos.app.probes;

import io.holisticos.health.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A look at something that may hang. It is taken on another thread, at most one at a time, and what was seen holds for a
 * second: however many ask, and however badly things stand, asking costs next to nothing. Thread-safe.
 */
final class Look<T> {

    private static final Duration HOLDS = Duration.ofSeconds(1);

    /** A look that takes longer than this says that nothing can be seen; until then, what was seen before holds. */
    private static final Duration HANGS = Duration.ofMillis(2_500);

    private final Supplier<T> look;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private @Nullable CompletableFuture<T> latest;
    private long begun;
    private Optional<T> seen = Optional.empty();

    /**
     * @param look whatever it throws means that nothing can be seen
     * @param threads with one to spare for each look
     */
    Look(Supplier<T> look, Executor threads, LongSupplier nanoTime) {
        this.look = look;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    /** Begins to look, unless there is no need to. */
    void begin() {
        CompletableFuture<T> unused = ready();
    }

    /** What is seen; empty when it cannot be. Waits until the deadline at most. */
    Optional<T> read(Deadline deadline) {
        CompletableFuture<T> looking = ready();
        try {
            return Optional.of(looking.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (TimeoutException e) {
            return before();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return before();
        }
    }

    private synchronized CompletableFuture<T> ready() {
        CompletableFuture<T> looking = latest;
        if (looking == null || (looking.isDone() && age().compareTo(HOLDS) >= 0)) {
            begun = nanoTime.getAsLong();
            CompletableFuture<T> next = CompletableFuture.supplyAsync(look, threads);
            latest = next;
            CompletableFuture<T> unused = next.whenComplete((found, failure) -> remember(next, found));
            return next;
        }
        return looking;
    }

    /** Also when nobody waits for it any more. */
    private synchronized void remember(CompletableFuture<T> looked, @Nullable T found) {
        if (looked == latest) {
            seen = Optional.ofNullable(found);
        }
    }

    private synchronized Optional<T> before() {
        return age().compareTo(HANGS) < 0 ? seen : Optional.empty();
    }

    private Duration age() {
        return Duration.ofNanos(nanoTime.getAsLong() - begun);
    }
}
