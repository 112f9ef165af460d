package io.holisticos.sandbox;

/** Why the sandbox cannot start: one line that says what to do. */
final class SandboxFailure extends RuntimeException {

    SandboxFailure(String line) {
        super(line);
    }

    SandboxFailure(String line, Throwable cause) {
        super(line, cause);
    }
}
