package io.holisticos.app.admin.prometheus;

/** Upper bounds of latency buckets in seconds, from a read of our own store to beyond the longest deadline. */
final class Latency {

    private static final double[] BUCKETS = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 5, 10};

    private Latency() {}

    static double[] buckets() {
        return BUCKETS.clone();
    }
}
