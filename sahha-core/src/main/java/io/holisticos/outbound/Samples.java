package io.holisticos.outbound;

import io.holisticos.outbound.CommandSnapshot.Distribution;
import io.holisticos.outbound.CommandSnapshot.Latencies;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

/**
 * How long the last minute's executions took: the newest hundred of each ten seconds. Sorting is what costs here, so it is
 * done at most twice a second, and only when something was added.
 */
final class Samples {

    private static final long RESULT_HOLDS_NANOS = Duration.ofMillis(400).toNanos(); // below a reader's 500 ms

    private static final int BUCKETS = CommandConfiguration.PERCENTILE_BUCKETS;
    private static final int SIZE = CommandConfiguration.PERCENTILE_BUCKET_SAMPLES;
    private static final long BUCKET_NANOS = CommandConfiguration.PERCENTILE_WINDOW.toNanos() / BUCKETS;

    private final LongSupplier nanoTime;
    private final long origin;
    private final AtomicReferenceArray<Bucket> ring = new AtomicReferenceArray<>(BUCKETS);
    private final AtomicLong added = new AtomicLong();
    private volatile Result result;

    Samples(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
        this.result = new Result(
                0, 0, Long.MIN_VALUE, new Latencies(new Distribution(new int[0]), new Distribution(new int[0])));
    }

    /** Both durations of one execution share a slot: execute in the upper half, total in the lower. */
    private record Bucket(long number, AtomicLongArray slots, AtomicInteger written) {
        Bucket(long number) {
            this(number, new AtomicLongArray(SIZE), new AtomicInteger());
        }

        void add(int execute, int total) {
            int slot = Math.floorMod(written.getAndIncrement(), SIZE);
            slots.set(slot, ((long) execute << 32) | total);
        }

        int size() {
            int count = written.get();
            return count < 0 || count > SIZE ? SIZE : count;
        }
    }

    private record Result(long added, long bucket, long at, Latencies latencies) {}

    void add(long executeNanos, long totalNanos) {
        current().add(millis(executeNanos), millis(totalNanos));
        added.incrementAndGet();
    }

    Latencies latencies() {
        long now = nanoTime.getAsLong() - origin;
        long number = now / BUCKET_NANOS;
        Result held = result;
        long count = added.get();
        boolean same = held.added == count && held.bucket == number;
        if (same || (held.at != Long.MIN_VALUE && now - held.at < RESULT_HOLDS_NANOS)) {
            return held.latencies;
        }
        Latencies latencies = compute(number);
        result = new Result(count, number, now, latencies);
        return latencies;
    }

    private Latencies compute(long number) {
        int[] execute = new int[BUCKETS * SIZE];
        int[] total = new int[BUCKETS * SIZE];
        int count = 0;
        for (int i = 0; i < BUCKETS; i++) {
            Bucket bucket = ring.get(i);
            if (bucket != null && bucket.number > number - BUCKETS) {
                int size = bucket.size();
                for (int slot = 0; slot < size; slot++) {
                    long both = bucket.slots.get(slot);
                    execute[count] = (int) (both >>> 32);
                    total[count] = (int) both;
                    count++;
                }
            }
        }
        return new Latencies(sorted(execute, count), sorted(total, count));
    }

    private static Distribution sorted(int[] values, int count) {
        int[] exact = Arrays.copyOf(values, count);
        Arrays.sort(exact);
        return new Distribution(exact);
    }

    private Bucket current() {
        long number = (nanoTime.getAsLong() - origin) / BUCKET_NANOS;
        int index = (int) (number % BUCKETS);
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

    private static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, nanos / 1_000_000));
    }
}
