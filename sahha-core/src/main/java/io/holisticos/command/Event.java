package io.holisticos.command;

/** The events that Hystrix counts for a command. */
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

    /** The event's name in Hystrix's metrics, after {@code count} and {@code rollingCount}. */
    public String suffix() {
        return suffix;
    }

    /** The index of the event in an array of counters. */
    @SuppressWarnings("EnumOrdinal") // the index is never stored
    int place() {
        return ordinal();
    }
}
