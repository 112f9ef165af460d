package io.holisticos.outbound;

/** What Hystrix counts of a command's executions. */
public enum Event {
    BAD_REQUEST("BadRequests"),
    COLLAPSED("CollapsedRequests"),
    EMIT("Emit"),
    EXCEPTION_THROWN("ExceptionsThrown"),
    FAILURE("Failure"),
    FALLBACK_EMIT("FallbackEmit"),
    FALLBACK_FAILURE("FallbackFailure"),
    FALLBACK_DISABLED("FallbackDisabled"),
    FALLBACK_MISSING("FallbackMissing"),
    FALLBACK_REJECTION("FallbackRejection"),
    FALLBACK_SUCCESS("FallbackSuccess"),
    RESPONSE_FROM_CACHE("ResponsesFromCache"),
    SEMAPHORE_REJECTED("SemaphoreRejected"),
    SHORT_CIRCUITED("ShortCircuited"),
    SUCCESS("Success"),
    THREAD_POOL_REJECTED("ThreadPoolRejected"),
    TIMEOUT("Timeout");

    private final String suffix;

    Event(String suffix) {
        this.suffix = suffix;
    }

    /** Its word in Hystrix's names, behind {@code count} and {@code rollingCount}. */
    public String suffix() {
        return suffix;
    }

    /** Its place in an array of counters. */
    @SuppressWarnings("EnumOrdinal") // nothing outlives the process
    int place() {
        return ordinal();
    }
}
