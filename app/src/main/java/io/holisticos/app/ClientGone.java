package io.holisticos.app;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;

/** Tells a client that went away before its answer was written from faults of ours. */
final class ClientGone {

    /** How the systems that we run on word it; Java has no type for it. */
    private static final Set<String> WORDS = Set.of(
            "broken pipe", "connection reset", "connection reset by peer", "an established connection was aborted");

    /** Causes can go round in circles. */
    private static final int DEEPEST = 20;

    private ClientGone() {}

    /** Whether the failure was caused by a connection that its client had ended. */
    static boolean causes(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (isIt(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isIt(Throwable cause) {
        if (cause instanceof EOFException || cause instanceof ClosedChannelException) {
            return true;
        }
        String words = cause instanceof IOException ? cause.getMessage() : null;
        return words != null && WORDS.stream().anyMatch(words.toLowerCase(Locale.ROOT)::startsWith);
    }
}
