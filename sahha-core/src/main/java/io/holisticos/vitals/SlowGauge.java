package io.holisticos.vitals;

import com.codahale.metrics.Gauge;
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
 * A gauge whose value is asked of something that may be slow or hang, such as a database. However many read it, it asks once in
 * a while, on a thread of its own, and never twice at a time. Its readers wait for a moment, and then get what it knew before.
 * Empty while nothing is known. Thread-safe.
 */
public final class SlowGauge<T> implements Gauge<Optional<T>> {

    /** A page has some of these gauges, and somebody waits for it. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** How long the last value is shown while asking for the next one hangs. */
    private static final Duration SHOWN_WHILE_IT_HANGS = Duration.ofSeconds(30);

    private final Duration lasts;
    private final Supplier<T> look;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private @Nullable CompletableFuture<Optional<T>> latest;
    private long begun;
    private Optional<T> known = Optional.empty();

    /**
     * Asks when it is first read.
     *
     * @param lasts how long a value is good for
     * @param look asks; nothing is known when it throws
     */
    public SlowGauge(Duration lasts, Supplier<T> look) {
        this(lasts, look, SlowGauge::onThreadOfItsOwn, System::nanoTime);
    }

    SlowGauge(Duration lasts, Supplier<T> look, Executor threads, LongSupplier nanoTime) {
        this.lasts = lasts;
        this.look = look;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    private static void onThreadOfItsOwn(Runnable work) {
        Thread thread = new Thread(work, "slow-gauge");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public Optional<T> getValue() {
        CompletableFuture<Optional<T>> asked = current();
        try {
            return asked.get(Math.max(0, patienceLeft().toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return known();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return known();
        }
    }

    private synchronized CompletableFuture<Optional<T>> current() {
        CompletableFuture<Optional<T>> running = latest;
        if (running == null || (running.isDone() && age().compareTo(lasts) >= 0)) {
            begun = nanoTime.getAsLong();
            running = CompletableFuture.supplyAsync(this::ask, threads);
            latest = running;
        }
        return running;
    }

    private Optional<T> ask() {
        Optional<T> found;
        try {
            found = Optional.of(look.get());
        } catch (RuntimeException unknown) {
            found = Optional.empty();
        }
        remember(found);
        return found;
    }

    private synchronized void remember(Optional<T> found) {
        known = found;
    }

    private synchronized Optional<T> known() {
        return age().compareTo(lasts.plus(SHOWN_WHILE_IT_HANGS)) < 0 ? known : Optional.empty();
    }

    /** All readers of one look together wait no longer than one. */
    private synchronized Duration patienceLeft() {
        return PATIENCE.minus(age());
    }

    private Duration age() {
        return Duration.ofNanos(nanoTime.getAsLong() - begun);
    }
}
