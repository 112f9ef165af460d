package io.holisticos.outbound;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is in force for one command.
 *
 * @param timeout the longest one execution may take, queueing included
 * @param pool also there for {@link Isolation#SEMAPHORE}, but then without effect
 */
public record CommandConfiguration(
        Isolation isolation, Duration timeout, Semaphores semaphores, Pool pool, Breaker breaker) {

    /** What keeps a command from taking more than its part. */
    public enum Isolation {
        /** A bounded pool of its own: the caller leaves at the time limit, whatever the work does. */
        THREAD,
        /** A bounded number of callers' own threads: nothing is interrupted, the work has limits of its own. */
        SEMAPHORE
    }

    /**
     * How many may be inside at a time; more are refused at once.
     *
     * @param execution of effect with {@link Isolation#SEMAPHORE} only
     * @param fallback 0 switches the fallback off
     */
    public record Semaphores(int execution, int fallback) {}

    /**
     * A pool's bounds.
     *
     * @param queue -1 hands work over to a free thread or refuses it
     * @param rejectionThreshold the length of the queue from which on work is refused; without effect when handed over
     * @param keepAlive after which an idle thread ends
     */
    public record Pool(int core, int max, int queue, int rejectionThreshold, Duration keepAlive) {}

    /**
     * When calls are stopped.
     *
     * @param requestVolume executions in the window below which the breaker never opens
     * @param errorPercentage share of failures from which on it opens
     * @param sleep after which an open breaker lets one call through
     * @param window over which executions are counted, for the breaker and for the rolling counters
     * @param forced the state at start; null for none
     */
    public record Breaker(
            int requestVolume, int errorPercentage, Duration sleep, Duration window, Command.@Nullable Force forced) {}

    /** The rolling window has this many parts; the one being filled is not counted. */
    public static final int ROLLING_BUCKETS = 10;

    /** Over which latencies are kept. */
    public static final Duration PERCENTILE_WINDOW = Duration.ofSeconds(60);

    public static final int PERCENTILE_BUCKETS = 6;

    /** Of each part of the percentile window, the newest. */
    public static final int PERCENTILE_BUCKET_SAMPLES = 100;

    /** Hystrix's defaults (1.5), but for the timeout, which no two systems share. */
    static CommandConfiguration defaults(Isolation isolation, Duration timeout) {
        return new CommandConfiguration(
                isolation,
                timeout,
                new Semaphores(10, 10),
                new Pool(10, 10, -1, 5, Duration.ofMinutes(1)),
                new Breaker(20, 50, Duration.ofSeconds(5), Duration.ofSeconds(10), null));
    }

    /**
     * For reading a store of ours: on the caller's thread, as many at a time as there may be callers. What bounds it in
     * earnest is its pool of connections; see {@code sahhaDatabase} and {@code whoopDatabase}.
     *
     * @param timeout what the pool's limits add up to
     */
    public static CommandConfiguration ofStore(Duration timeout) {
        CommandConfiguration base = defaults(Isolation.SEMAPHORE, timeout);
        return new CommandConfiguration(base.isolation, timeout, new Semaphores(256, 256), base.pool, base.breaker);
    }

    /** The same, but never interrupted. */
    public CommandConfiguration onCallersThread() {
        return new CommandConfiguration(Isolation.SEMAPHORE, timeout, semaphores, pool, breaker);
    }
}
