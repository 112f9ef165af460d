package io.holisticos.app;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A command as an operator runs it, in this JVM: how it ended, what it printed, and what it said on the side.
 *
 * @param status its exit status
 * @param out its answer
 * @param err log lines, and the line that says what to mend
 */
record CommandRun(int status, String out, String err) {

    static CommandRun of(HealthApplication application, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        int status;
        try {
            status = application
                    .endOf(arguments)
                    .map(OperatorMessage::exitStatus)
                    .orElse(0);
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
        return new CommandRun(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The last line on the side: what to mend. */
    String lastLine() {
        return err.strip().lines().reduce("", (before, line) -> line);
    }
}
