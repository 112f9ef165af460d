package io.holisticos.command;

import java.time.Instant;

/**
 * The numbers of a command at one moment.
 *
 * @param at by the service's clock
 */
public record CommandSnapshot(
        Instant at, Circuit circuit, Counts counts, Concurrency concurrency, Latencies latencies) {

    /** The breaker. The configuration may set both forced flags; forced open then takes precedence. */
    public record Circuit(Command.State state, Health health) {

        /** Whether calls are refused, or only one is tried. */
        public boolean isOpen() {
            return switch (state) {
                case OPEN, HALF_OPEN, FORCED_OPEN -> true;
                case CLOSED, FORCED_CLOSED -> false;
            };
        }

        public boolean isForcedOpen() {
            return state == Command.State.FORCED_OPEN;
        }

        public boolean isForcedClosed() {
            return state == Command.State.FORCED_CLOSED;
        }
    }

    /** Counts of the rolling window since the breaker last closed; Hystrix computes the error percentage from them. */
    public record Health(long requestCount, long errorCount) {

        /** Whole, rounded down; 0 without traffic. */
        public int errorPercentage() {
            return requestCount == 0 ? 0 : (int) (errorCount * 100 / requestCount);
        }
    }

    /** How many executions run now, and the most that ran at a time in the rolling window. */
    public record Concurrency(int current, int rollingMax, int permitsInUse) {}

    /** Latencies of the percentile window: of the work alone, and with the wait before it. */
    public record Latencies(Distribution execute, Distribution total) {}

    /** Counts in the rolling window (without the bucket being filled) and since the start. */
    public static final class Counts {

        private final long[] rolling;
        private final long[] cumulative;

        /** Both are indexed by {@link Event#place}; the count of throttled executions follows. */
        Counts(long[] rolling, long[] cumulative) {
            this.rolling = rolling;
            this.cumulative = cumulative;
        }

        public long rolling(Event event) {
            return rolling[event.place()];
        }

        public long cumulative(Event event) {
            return cumulative[event.place()];
        }

        /** Executions held back by a quota, theirs (429) or ours: neither a failure nor one of Hystrix's events. */
        public long rollingThrottled() {
            return rolling[Counters.THROTTLED];
        }

        public long throttled() {
            return cumulative[Counters.THROTTLED];
        }
    }

    /** Durations in whole milliseconds. */
    public static final class Distribution {

        private final int[] sorted;
        private final int mean;

        Distribution(int[] sorted) {
            this.sorted = sorted;
            long sum = 0;
            for (int value : sorted) {
                sum += value;
            }
            this.mean = sorted.length == 0 ? 0 : (int) (sum / sorted.length);
        }

        /** 0 when nothing was measured. */
        public int mean() {
            return mean;
        }

        /**
         * The percentile by nearest rank; 0 when nothing was measured.
         *
         * @param percent 0 to 100; 0 is the least, 100 the most
         */
        public int percentile(double percent) {
            if (sorted.length == 0) {
                return 0;
            }
            int rank = (int) Math.ceil(percent / 100 * sorted.length);
            return sorted[Math.max(1, Math.min(sorted.length, rank)) - 1];
        }
    }
}
