package io.holisticos.sandbox.environment;

/** Why a command cannot go on: one line that says what is wrong. */
public final class SandboxFailure extends RuntimeException {

    public SandboxFailure(String line) {
        super(line);
    }

    public SandboxFailure(String line, Throwable cause) {
        super(line, cause);
    }
}
