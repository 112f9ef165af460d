package io.holisticos.command;

/** Receives every execution that was let through, on the thread that waited for it. Must be quick and must not throw. */
@FunctionalInterface
public interface ExecutionListener {

    /** @param totalNanos the duration including the wait before the work */
    void executed(CommandKey key, long totalNanos);
}
