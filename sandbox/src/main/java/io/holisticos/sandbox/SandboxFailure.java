package io.holisticos.sandbox;

/** Why the sandbox cannot start: one line that says what to do. */
public final class SandboxFailure extends RuntimeException {

    public SandboxFailure(String line) {
        super(line);
    }

    public SandboxFailure(String line, Throwable cause) {
        super(line, cause);
    }
}
