package io.holisticos.outbound;

import io.holisticos.health.HealthError;
import io.holisticos.health.SaidForOperators;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What one execution of a command came to, and what follows from it. */
enum Outcome {
    SUCCESS(Event.SUCCESS),
    FAILURE(Event.FAILURE),
    TIMEOUT(Event.TIMEOUT),
    THREAD_POOL_REJECTED(Event.THREAD_POOL_REJECTED),
    SEMAPHORE_REJECTED(Event.SEMAPHORE_REJECTED),
    SHORT_CIRCUITED(Event.SHORT_CIRCUITED),
    /** The caller's mistake; says nothing of the other side. */
    BAD_REQUEST(Event.BAD_REQUEST),
    /** Held back by a quota, theirs or ours, or because ours could not be read: never anybody's failure. */
    THROTTLED(null),
    /** The caller left before the end. */
    CANCELLED(null);

    /** The server's own limit ran out (PostgreSQL: query_canceled). */
    private static final String STATEMENT_TIMED_OUT = "57014";

    private final @Nullable Event event;

    Outcome(@Nullable Event event) {
        this.event = event;
    }

    @Nullable
    Event event() {
        return event;
    }

    /** Whether a fallback is asked. */
    boolean callsForFallback() {
        return switch (this) {
            case FAILURE, TIMEOUT, THREAD_POOL_REJECTED, SEMAPHORE_REJECTED, SHORT_CIRCUITED -> true;
            case SUCCESS, BAD_REQUEST, THROTTLED, CANCELLED -> false;
        };
    }

    static Outcome of(RuntimeException failure) {
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

    /** As {@link #of}, for a call to another system: trouble of our own database on the way there is not theirs. */
    static Outcome ofCall(RuntimeException failure) {
        Outcome outcome = of(failure);
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

    /** Why there is no answer although nobody failed to give one. */
    static final class NotRun extends RuntimeException implements SaidForOperators {

        private final Outcome outcome;

        NotRun(CommandKey key, Outcome outcome) {
            super(key + ": " + outcome, null, false, false);
            this.outcome = outcome;
        }

        Outcome outcome() {
            return outcome;
        }
    }
}
