package io.holisticos.outbound;

import java.time.Instant;

/**
 * A command's thread pool at a moment. Its bounds are in {@link CommandConfiguration.Pool}.
 *
 * @param at by the service's clock
 */
public record PoolSnapshot(CommandKey key, Instant at, CommandConfiguration.Pool bounds, Threads threads, Work work) {

    /** How many threads there are, of how many there may be. */
    public record Threads(int active, int size, int largest, int rollingMaxActive) {}

    /**
     * What they did.
     *
     * @param tasks begun or waiting, since the start
     * @param executed since the start; {@code rollingExecuted} and {@code rollingRejected} in the rolling window
     */
    public record Work(long tasks, long completed, int queued, Executed executed) {}

    /** Executions that reached a thread, and that were refused one. */
    public record Executed(long count, long rolling, long rollingRejected) {}
}
