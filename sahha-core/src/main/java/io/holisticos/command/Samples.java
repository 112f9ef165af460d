package io.holisticos.command;

import io.holisticos.command.CommandSnapshot.Distribution;
import io.holisticos.command.CommandSnapshot.Latencies;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

/**
 * Keeps how long the executions of the last minute took: the newest hundred of each ten seconds. Sorting is expensive, so it
 * is done at most twice a second, and only when something was added.
 */
final class Samples {

    private static final long RESULT_LASTS_NANOS =
            Duration.ofMillis(400).toNanos(); // less than the 500 ms of a gauge's snapshot

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

    /** Both durations of an execution share a slot: execute is the upper half, total the lower. */
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
        Result last = result;
        long count = added.get();
        boolean same = last.added == count && last.bucket == number;
        if (same || (last.at != Long.MIN_VALUE && now - last.at < RESULT_LASTS_NANOS)) {
            return last.latencies;
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

    private static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, nanos / 1_000_000));
    }
}
