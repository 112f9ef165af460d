package io.holisticos.sandbox.environment;

import net.sourceforge.argparse4j.helper.HelpScreenException;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.jspecify.annotations.Nullable;

/** What the command lines of all commands have in common. */
public final class CommandLine {

    private static final int REFUSED = 2;

    /** The command {@code simulate} takes more. */
    private static final int MOST_USERS = 500;

    private CommandLine() {}

    /** Prints in one line what was wrong, or nothing after {@code --help}; returns the exit status. */
    public static int explain(ArgumentParserException e) {
        if (e instanceof HelpScreenException) {
            return 0; // the parser printed it
        }
        System.err.println(e.getMessage() + "; --help lists the options");
        return REFUSED;
    }

    /** Refuses a speed that the clock does not have. */
    public static void requireSpeed(double speed) {
        if (!(speed > 0 && speed <= 10_000)) {
            throw new IllegalArgumentException("--speed must be above 0 and at most 10000, was " + speed);
        }
    }

    /** The number of extra members; 0 when the option was not given. */
    public static int users(@Nullable Integer given) {
        if (given == null) {
            return 0;
        }
        if (given < 1 || given > MOST_USERS) {
            throw new IllegalArgumentException("--users must be 1 to " + MOST_USERS + ", was " + given
                    + " (leave it out for the five named members only)");
        }
        return given;
    }
}
