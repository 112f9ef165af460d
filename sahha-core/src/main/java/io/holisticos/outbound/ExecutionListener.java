package io.holisticos.outbound;

/** Told of every execution that was let through, on the thread that waited for it: must be quick and throw nothing. */
@FunctionalInterface
public interface ExecutionListener {

    /** @param totalNanos with the wait in front of the work */
    void executed(CommandKey key, long totalNanos);
}
