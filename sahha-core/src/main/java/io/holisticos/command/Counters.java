package io.holisticos.command;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts events since the start and over the rolling window, and how many executions are running. It works without locks:
 * a writer adds to the bucket of its moment, and the first writer to find a bucket too old replaces it.
 */
final class Counters {

    /** The index after those of the events: executions held back by a quota. */
    static final int THROTTLED = Event.values().length;

    /** The index after that: executions that were given a thread of the pool. */
    static final int EXECUTED = THROTTLED + 1;

    private static final int KINDS = EXECUTED + 1;

    /** The complete buckets, the one being filled, and a spare one for late readers. */
    private static final int RING = CommandConfiguration.ROLLING_BUCKETS + 2;

    private final LongSupplier nanoTime;
    private final long origin;
    private final long bucketNanos;
    private final AtomicReferenceArray<Bucket> ring = new AtomicReferenceArray<>(RING);
    private final AtomicLongArray cumulative = new AtomicLongArray(KINDS);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong healthFrom = new AtomicLong(Long.MIN_VALUE);

    Counters(Duration window, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
        this.bucketNanos = window.toNanos() / CommandConfiguration.ROLLING_BUCKETS;
    }

    private record Bucket(long number, AtomicLongArray counts, AtomicInteger maxRunning) {
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

    void begin() {
        int now = running.incrementAndGet();
        AtomicInteger max = current().maxRunning;
        for (int known = max.get(); now > known; known = max.get()) {
            if (max.compareAndSet(known, now)) {
                return;
            }
        }
    }

    void end() {
        running.decrementAndGet();
    }

    /** Called when the breaker closes: earlier executions no longer count for the health. */
    void clearHealth() {
        healthFrom.set(number());
    }

    int running() {
        return running.get();
    }

    int rollingMaxRunning() {
        int max = 0;
        for (Bucket bucket : complete()) {
            if (bucket != null) {
                max = Math.max(max, bucket.maxRunning.get());
            }
        }
        return max;
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
            Bucket bucket = ring.get(index);
            if (bucket != null && bucket.number >= number) {
                return bucket;
            }
            Bucket fresh = new Bucket(number);
            if (ring.compareAndSet(index, bucket, fresh)) {
                return fresh;
            }
        }
    }

    /** The buckets before the current one, newest first; null where nothing was counted. */
    private @Nullable Bucket[] complete() {
        long number = number();
        @Nullable Bucket[] complete = new @Nullable Bucket[CommandConfiguration.ROLLING_BUCKETS];
        for (int back = 1; back <= complete.length; back++) {
            long wanted = number - back;
            Bucket bucket = wanted < 0 ? null : ring.get((int) (wanted % RING));
            if (bucket != null && bucket.number == wanted) {
                complete[back - 1] = bucket;
            }
        }
        return complete;
    }
}
