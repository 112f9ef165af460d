package io.holisticos.app;

import io.holisticos.app.OperatorMessage.WrongUsage;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** The option {@code --limit N} of a command that lists members. */
final class LimitOption {

    private static final String LIMIT = "limit";

    private LimitOption() {}

    static void addTo(Subparser subparser, int usual, int most) {
        subparser
                .addArgument("--limit")
                .dest(LIMIT)
                .metavar("N")
                .type(Integer.class)
                .setDefault(usual)
                .help("how many members to list at most, up to " + most);
    }

    static int in(Namespace namespace, int most) {
        int limit = namespace.getInt(LIMIT);
        if (limit < 1 || limit > most) {
            throw new WrongUsage("--limit must be 1 to " + most + ", was " + limit);
        }
        return limit;
    }
}
