package io.holisticos.sandbox;

import net.sourceforge.argparse4j.helper.HelpScreenException;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.jspecify.annotations.Nullable;

/** What the commands of this program have in common. */
public final class CommandLine {

    private static final int REFUSED = 2;

    /** For more people there is {@code simulate}. */
    private static final int MOST_USERS = 500;

    private CommandLine() {}

    /** Says in one line what was wrong, unless the help was asked for; returns the exit status. */
    public static int explain(ArgumentParserException e) {
        if (e instanceof HelpScreenException) {
            return 0; // printed already
        }
        System.err.println(e.getMessage() + "; --help lists the options");
        return REFUSED;
    }

    /** Which speeds the clock has. */
    static void requireSpeed(double speed) {
        if (!(speed > 0 && speed <= 10_000)) {
            throw new IllegalArgumentException("--speed must be above 0 and at most 10000, was " + speed);
        }
    }

    /** How many are asked for; 0 where nobody asked. */
    static int users(@Nullable Integer given) {
        if (given == null) {
            return 0;
        }
        if (given < 1 || given > MOST_USERS) {
            throw new IllegalArgumentException("--users must be 1 to " + MOST_USERS + ", was " + given
                    + " (leave it out for the five of the story)");
        }
        return given;
    }
}
