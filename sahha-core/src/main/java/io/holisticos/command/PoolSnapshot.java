package io.holisticos.command;

import java.time.Instant;

/**
 * The thread pool of a command at one moment.
 *
 * @param at by the service's clock
 */
public record PoolSnapshot(CommandKey key, Instant at, CommandConfiguration.Pool bounds, Threads threads, Work work) {

    /** Numbers of threads. */
    public record Threads(int active, int size, int largest, int rollingMaxActive) {}

    /**
     * The work of those threads.
     *
     * @param tasks begun or waiting, since the start
     * @param completed since the start
     */
    public record Work(long tasks, long completed, int queued, Executed executed) {}

    /**
     * Executions that were given a thread, and that were refused one.
     *
     * @param count given a thread since the start
     * @param rolling given a thread in the rolling window
     * @param rollingRejected refused in the rolling window
     */
    public record Executed(long count, long rolling, long rollingRejected) {}
}
