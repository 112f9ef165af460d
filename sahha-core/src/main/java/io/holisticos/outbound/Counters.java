package io.holisticos.outbound;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts events since the start and over the rolling window, and how many are inside. Without locks: a writer adds to the
 * part of the window that its moment belongs to; a part that is too old is replaced by whoever comes first.
 */
final class Counters {

    /** Behind the events: what a quota held back. */
    static final int THROTTLED = Event.values().length;

    /** Behind those: executions that reached a thread of the pool. */
    static final int EXECUTED = THROTTLED + 1;

    private static final int KINDS = EXECUTED + 1;

    /** The complete parts, the one being filled, and one to spare for late readers. */
    private static final int RING = CommandConfiguration.ROLLING_BUCKETS + 2;

    private final LongSupplier nanoTime;
    private final long origin;
    private final long bucketNanos;
    private final AtomicReferenceArray<Bucket> ring = new AtomicReferenceArray<>(RING);
    private final AtomicLongArray cumulative = new AtomicLongArray(KINDS);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicLong healthFrom = new AtomicLong(Long.MIN_VALUE);

    Counters(Duration window, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
        this.bucketNanos = window.toNanos() / CommandConfiguration.ROLLING_BUCKETS;
    }

    private record Bucket(long number, AtomicLongArray counts, AtomicInteger mostInside) {
        Bucket(long number) {
            this(number, new AtomicLongArray(KINDS), new AtomicInteger());
        }
    }

    void add(Event event) {
        add(event.place());
    }

    void add(int kind) {
        cumulative.incrementAndGet(kind);
        current().counts.incrementAndGet(kind);
    }

    void enter() {
        int now = inside.incrementAndGet();
        AtomicInteger most = current().mostInside;
        for (int seen = most.get(); now > seen; seen = most.get()) {
            if (most.compareAndSet(seen, now)) {
                return;
            }
        }
    }

    void leave() {
        inside.decrementAndGet();
    }

    /** The breaker closed: what was before says nothing of the health from here on. */
    void clearHealth() {
        healthFrom.set(number());
    }

    int inside() {
        return inside.get();
    }

    int rollingMostInside() {
        int most = 0;
        for (Bucket bucket : complete()) {
            if (bucket != null) {
                most = Math.max(most, bucket.mostInside.get());
            }
        }
        return most;
    }

    long cumulative(int kind) {
        return cumulative.get(kind);
    }

    long rolling(int kind) {
        long sum = 0;
        for (Bucket bucket : complete()) {
            if (bucket != null) {
                sum += bucket.counts.get(kind);
            }
        }
        return sum;
    }

    CommandSnapshot.Counts counts() {
        long[] rolling = new long[KINDS];
        long[] all = new long[KINDS];
        for (Bucket bucket : complete()) {
            for (int kind = 0; bucket != null && kind < KINDS; kind++) {
                rolling[kind] += bucket.counts.get(kind);
            }
        }
        for (int kind = 0; kind < KINDS; kind++) {
            all[kind] = cumulative.get(kind);
        }
        return new CommandSnapshot.Counts(rolling, all);
    }

    CommandSnapshot.Health health() {
        long from = healthFrom.get();
        long errors = 0;
        long successes = 0;
        for (Bucket bucket : complete()) {
            if (bucket != null && bucket.number >= from) {
                errors += bucket.counts.get(Event.FAILURE.place())
                        + bucket.counts.get(Event.TIMEOUT.place())
                        + bucket.counts.get(Event.THREAD_POOL_REJECTED.place())
                        + bucket.counts.get(Event.SEMAPHORE_REJECTED.place());
                successes += bucket.counts.get(Event.SUCCESS.place());
            }
        }
        return new CommandSnapshot.Health(errors + successes, errors);
    }

    private long number() {
        return (nanoTime.getAsLong() - origin) / bucketNanos;
    }

    private Bucket current() {
        long number = number();
        int index = (int) (number % RING);
        while (true) {
            Bucket held = ring.get(index);
            if (held != null && held.number >= number) {
                return held;
            }
            Bucket fresh = new Bucket(number);
            if (ring.compareAndSet(index, held, fresh)) {
                return fresh;
            }
        }
    }

    /** The parts before the current one; null where nothing happened. */
    private @Nullable Bucket[] complete() {
        long number = number();
        @Nullable Bucket[] complete = new @Nullable Bucket[CommandConfiguration.ROLLING_BUCKETS];
        for (int back = 1; back <= complete.length; back++) {
            long wanted = number - back;
            Bucket held = wanted < 0 ? null : ring.get((int) (wanted % RING));
            if (held != null && held.number == wanted) {
                complete[back - 1] = held;
            }
        }
        return complete;
    }
}
