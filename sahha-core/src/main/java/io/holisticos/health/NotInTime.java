package io.holisticos.health;

/**
 * A result did not come while its caller could wait: the deadline passed, or the caller's thread was interrupted. Its cause
 * is a {@link java.util.concurrent.TimeoutException} or an {@link InterruptedException}.
 */
public final class NotInTime extends Exception {

    NotInTime(Exception cause) {
        super("no result in time", cause);
    }

    /** Whether the caller's thread was interrupted. Its interrupt flag is then set again. */
    public boolean isInterrupted() {
        return getCause() instanceof InterruptedException;
    }
}
