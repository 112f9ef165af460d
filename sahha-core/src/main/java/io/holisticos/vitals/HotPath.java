package io.holisticos.vitals;

/**
 * Something that callers will ask of a replica all the time, as the warm-up runs it before there are callers.
 *
 * @param name for the log
 * @param work runs it once; it leaves nothing behind
 */
public record HotPath(String name, Work work) {

    /** One run. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }
}
