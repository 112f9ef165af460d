package io.holisticos.health;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The moment by which a piece of work must have answered, on the monotonic clock. Immutable, safe to share. */
public final class Deadline {

    private final LongSupplier nanoTime;
    private final long endNanos;

    private Deadline(LongSupplier nanoTime, long endNanos) {
        this.nanoTime = nanoTime;
        this.endNanos = endNanos;
    }

    public static Deadline after(Duration duration) {
        return after(duration, System::nanoTime);
    }

    /** As {@link #after(Duration)}, by another monotonic clock: {@code nanoTime} must never go backwards. */
    public static Deadline after(Duration duration, LongSupplier nanoTime) {
        return new Deadline(nanoTime, nanoTime.getAsLong() + duration.toNanos());
    }

    /** The time that is left; zero once expired, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, endNanos - nanoTime.getAsLong()));
    }

    public boolean isExpired() {
        return remaining().isZero();
    }

    /** The deadline of a part of the work: after the given time, but not later than this deadline. */
    public Deadline atMost(Duration share) {
        long shareEnd = nanoTime.getAsLong() + share.toNanos();
        return new Deadline(nanoTime, shareEnd - endNanos < 0 ? shareEnd : endNanos);
    }

    /**
     * Waits for a result, at most until this deadline. Throws what the work threw, if that is unchecked.
     *
     * @throws NotInTime when the deadline passed first, or this thread was interrupted
     */
    public <T> T await(Future<T> result) throws NotInTime {
        try {
            return result.get(remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        } catch (TimeoutException e) {
            throw new NotInTime(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotInTime(e);
        }
    }

    /** The current time of the clock that decides when this deadline has passed. */
    long nanoTime() {
        return nanoTime.getAsLong();
    }

    private static RuntimeException unchecked(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException exception
                ? exception
                : new IllegalStateException("the work failed", failure);
    }
}
