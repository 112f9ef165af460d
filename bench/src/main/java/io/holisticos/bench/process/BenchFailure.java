package io.holisticos.bench.process;

import org.jspecify.annotations.Nullable;

/** The bench cannot go on. The message says why, and what to do. */
public final class BenchFailure extends RuntimeException {

    public BenchFailure(String message) {
        super(message);
    }

    public BenchFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
