package io.holisticos.app;

import io.holisticos.app.OperatorMessage.WrongUsage;
import io.holisticos.health.UserId;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/** The option {@code --user ID} of a command. */
final class UserOption {

    private static final String USER = "user";

    private UserOption() {}

    static void addTo(Subparser subparser, String what) {
        subparser
                .addArgument("--user")
                .dest(USER)
                .metavar("ID")
                .help("only this member's " + what + ", by the id that callers of the service use");
    }

    /** Null when the option is not given: the command is for all members. */
    static @Nullable UserId in(Namespace namespace) {
        String user = namespace.getString(USER);
        try {
            return user == null ? null : new UserId(user);
        } catch (IllegalArgumentException e) {
            throw new WrongUsage("--user: " + e.getMessage(), e);
        }
    }
}
