package io.holisticos.app;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Runs a command; one that ends by a mistake of the operator's says so in one line, whichever it is. */
final class CommandLine {

    private final Bootstrap<HealthConfiguration> bootstrap;
    private final UnaryOperator<String> withoutSecrets;

    CommandLine(Bootstrap<HealthConfiguration> bootstrap, UnaryOperator<String> withoutSecrets) {
        this.bootstrap = bootstrap;
        this.withoutSecrets = withoutSecrets;
    }

    /** Returns what ended it, after it was said; empty when it went well. */
    Optional<Throwable> run(PrintStream out, PrintStream err, String... arguments) {
        // Dropwizard would print a stack trace, or the whole help
        ByteArrayOutputStream unread = new ByteArrayOutputStream();
        Optional<Throwable> end =
                new Cli(new JarLocation(HealthApplication.class), bootstrap, out, unread).run(arguments);
        end.ifPresent(e -> say(e, err));
        return end;
    }

    private void say(Throwable e, PrintStream err) {
        Optional<String> line = OperatorLine.of(e);
        if (line.isPresent()) {
            err.println(withoutSecrets.apply(line.get()));
        } else {
            e.printStackTrace(err);
        }
    }
}
