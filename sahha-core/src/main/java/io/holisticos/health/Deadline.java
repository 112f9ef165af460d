package io.holisticos.health;

import java.time.Duration;
import java.util.function.LongSupplier;

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

    /** For tests that move time by hand; {@code nanoTime} must never go backwards. */
    public static Deadline after(Duration duration, LongSupplier nanoTime) {
        return new Deadline(nanoTime, nanoTime.getAsLong() + duration.toNanos());
    }

    /** What is left; zero once expired, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, endNanos - nanoTime.getAsLong()));
    }

    public boolean isExpired() {
        return remaining().isZero();
    }

    /** The share of this deadline that a part of the work may use: the earlier of the two ends. */
    public Deadline atMost(Duration share) {
        long shareEnd = nanoTime.getAsLong() + share.toNanos();
        return new Deadline(nanoTime, shareEnd - endNanos < 0 ? shareEnd : endNanos);
    }
}
