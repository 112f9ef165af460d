package io.holisticos.app;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Runs a command. When an operator's mistake ends it, that is printed in one line, whatever the command. */
final class CommandLine {

    private final Bootstrap<HealthConfiguration> bootstrap;
    private final UnaryOperator<String> withoutSecrets;

    CommandLine(Bootstrap<HealthConfiguration> bootstrap, UnaryOperator<String> withoutSecrets) {
        this.bootstrap = bootstrap;
        this.withoutSecrets = withoutSecrets;
    }

    /** Returns the failure that ended the command, after it was printed. Empty when the command succeeded. */
    Optional<Throwable> run(PrintStream out, PrintStream err, String... arguments) {
        // Dropwizard would print a stack trace, or all of the help
        ByteArrayOutputStream unread = new ByteArrayOutputStream();
        Optional<Throwable> end =
                new Cli(new JarLocation(HealthApplication.class), bootstrap, out, unread).run(arguments);
        end.ifPresent(e -> say(e, err));
        return end;
    }

    private void say(Throwable e, PrintStream err) {
        Optional<String> line = OperatorMessage.of(e);
        if (line.isPresent()) {
            err.println(withoutSecrets.apply(line.get()));
        } else {
            e.printStackTrace(err);
        }
    }
}
