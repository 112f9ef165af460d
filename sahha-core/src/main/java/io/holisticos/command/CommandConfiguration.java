package io.holisticos.command;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings in force for one command.
 *
 * @param timeout the longest one execution may take, queueing included
 * @param pool unused with {@link Isolation#SEMAPHORE}
 */
public record CommandConfiguration(
        Isolation isolation, Duration timeout, Semaphores semaphores, Pool pool, Breaker breaker) {

    /** How a command is kept from taking more than its share of the process. */
    public enum Isolation {
        /** A bounded pool of its own: the caller stops waiting at the time limit, whatever the work does. */
        THREAD,
        /** A bounded number of callers' own threads: work is never interrupted and has time limits of its own. */
        SEMAPHORE
    }

    /**
     * How many may run at a time; more are refused at once.
     *
     * @param execution used with {@link Isolation#SEMAPHORE} only
     * @param fallback 0 switches the fallback off
     */
    public record Semaphores(int execution, int fallback) {}

    /**
     * The bounds of a thread pool.
     *
     * @param queue -1 hands work over to a free thread or refuses it
     * @param rejectionThreshold the queue length at which work is refused; unused when {@code queue} is -1
     * @param keepAlive the time after which an idle thread ends
     */
    public record Pool(int core, int max, int queue, int rejectionThreshold, Duration keepAlive) {}

    /**
     * When the breaker stops calls.
     *
     * @param requestVolume executions in the window below which the breaker never opens
     * @param errorPercentage the share of failures at which it opens
     * @param sleep the time after which an open breaker lets one call through
     * @param window the time over which executions are counted, for the breaker and for the rolling counters
     * @param forced the state at start; null for none
     */
    public record Breaker(
            int requestVolume, int errorPercentage, Duration sleep, Duration window, Command.@Nullable Force forced) {}

    /** The number of buckets of the rolling window; the bucket being filled is not counted. */
    public static final int ROLLING_BUCKETS = 10;

    /** The time for which latencies are kept. */
    public static final Duration PERCENTILE_WINDOW = Duration.ofSeconds(60);

    public static final int PERCENTILE_BUCKETS = 6;

    /** How many of the newest latencies each bucket of the percentile window keeps. */
    public static final int PERCENTILE_BUCKET_SAMPLES = 100;

    /** Hystrix's defaults (1.5), except for the timeout, which differs for each system. */
    public static CommandConfiguration defaults(Isolation isolation, Duration timeout) {
        return new CommandConfiguration(
                isolation,
                timeout,
                new Semaphores(10, 10),
                new Pool(10, 10, -1, 5, Duration.ofMinutes(1)),
                new Breaker(20, 50, Duration.ofSeconds(5), Duration.ofSeconds(10), null));
    }

    /**
     * For reading one of our own stores on the caller's thread. It admits as many readers as there may be callers: the real
     * bound is the pool of connections, see {@code sahhaDatabase} and {@code whoopDatabase}.
     *
     * @param timeout the sum of the time limits of that pool
     */
    public static CommandConfiguration ofStore(Duration timeout) {
        CommandConfiguration base = defaults(Isolation.SEMAPHORE, timeout);
        return new CommandConfiguration(base.isolation, timeout, new Semaphores(256, 256), base.pool, base.breaker);
    }

    /** The same settings for work that is never interrupted. */
    public CommandConfiguration onCallersThread() {
        return new CommandConfiguration(Isolation.SEMAPHORE, timeout, semaphores, pool, breaker);
    }
}
