package io.holisticos.bench.drive;

import java.util.Arrays;

/** How long each of some requests took, and how many were not answered well. */
public final class Latencies {

    private final long[] sorted;
    private final long errors;

    public Latencies(long[] nanos, long errors) {
        sorted = nanos.clone();
        Arrays.sort(sorted);
        this.errors = errors;
    }

    public int count() {
        return sorted.length;
    }

    public long errors() {
        return errors;
    }

    /** In milliseconds; of 0.99, the time that 99 % took at most. */
    public double millis(double share) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, (int) Math.ceil(sorted.length * share) - 1)] / 1e6;
    }

    public double maxMillis() {
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length - 1] / 1e6;
    }
}
