package io.holisticos.command;

import io.holisticos.health.HealthError;
import io.holisticos.health.MessageForOperators;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How one execution of a command ended, and what follows from that. */
public enum ExecutionOutcome {
    SUCCESS(Event.SUCCESS),
    FAILURE(Event.FAILURE),
    TIMEOUT(Event.TIMEOUT),
    THREAD_POOL_REJECTED(Event.THREAD_POOL_REJECTED),
    SEMAPHORE_REJECTED(Event.SEMAPHORE_REJECTED),
    SHORT_CIRCUITED(Event.SHORT_CIRCUITED),
    /** The caller's mistake; it says nothing about the other side. */
    BAD_REQUEST(Event.BAD_REQUEST),
    /** Held back by a quota, theirs or ours, or because ours could not be read. It never counts as a failure. */
    THROTTLED(null),
    /** The caller was interrupted before the end. */
    CANCELLED(null);

    /** The server's own time limit ended the statement (PostgreSQL: query_canceled). */
    private static final String STATEMENT_TIMED_OUT = "57014";

    private final @Nullable Event event;

    ExecutionOutcome(@Nullable Event event) {
        this.event = event;
    }

    @Nullable
    Event event() {
        return event;
    }

    /** Whether a fallback may stand in for the answer. */
    public boolean callsForFallback() {
        return switch (this) {
            case FAILURE, TIMEOUT, THREAD_POOL_REJECTED, SEMAPHORE_REJECTED, SHORT_CIRCUITED -> true;
            case SUCCESS, BAD_REQUEST, THROTTLED, CANCELLED -> false;
        };
    }

    /** Classifies what the work threw. */
    static ExecutionOutcome of(RuntimeException failure) {
        if (failure instanceof NotRun notRun) {
            return notRun.outcome();
        }
        if (failure instanceof HealthError error) {
            if (error.getCause() instanceof NotRun notRun && notRun.outcome() == CANCELLED) {
                return CANCELLED;
            }
            return switch (error.kind()) {
                case SOURCE_UNAVAILABLE, BAD_SOURCE_REPLY -> isTimeout(error) ? TIMEOUT : FAILURE;
                case SOURCE_THROTTLED -> THROTTLED;
                case INVALID_REQUEST,
                        UNAUTHENTICATED,
                        FORBIDDEN,
                        MEMBER_NOT_FOUND,
                        CONNECTION_NOT_FOUND,
                        REAUTHORIZATION_REQUIRED,
                        CONFLICT,
                        INTEGRATION_DISABLED -> BAD_REQUEST;
            };
        }
        return isTimeout(failure) ? TIMEOUT : FAILURE;
    }

    /** Classifies what a call to another system threw. A failure of our own database on the way there is not theirs. */
    public static ExecutionOutcome ofCall(RuntimeException failure) {
        ExecutionOutcome outcome = of(failure);
        boolean theirs = (outcome != FAILURE && outcome != TIMEOUT) || !hasCause(failure, SQLException.class);
        return theirs ? outcome : THROTTLED;
    }

    private static boolean isTimeout(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof InterruptedIOException // sockets, and the wait for one of the HTTP client's connections
                    || t instanceof TimeoutException
                    || t instanceof SQLTimeoutException
                    || (t instanceof SQLException sql && STATEMENT_TIMED_OUT.equals(sql.getSQLState()))
                    || (t instanceof NotRun notRun && notRun.outcome() == TIMEOUT)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    /** Why a call has no answer although the other side did not fail: it was not run, or not waited for. */
    public static final class NotRun extends RuntimeException implements MessageForOperators {

        private final ExecutionOutcome outcome;

        public NotRun(CommandKey key, ExecutionOutcome outcome) {
            super(key + ": " + outcome, null, false, false);
            this.outcome = outcome;
        }

        public ExecutionOutcome outcome() {
            return outcome;
        }
    }
}
