package io.holisticos.app;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import java.io.FileNotFoundException;
import java.net.BindException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;

/** {@code server}, with one clear line for what an operator can mend. */
final class StartUp extends ServerCommand<HealthConfiguration> {

    StartUp(Application<HealthConfiguration> application) {
        super(application);
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable e) {
        List<Throwable> chain =
                Stream.iterate(e, t -> t != null, Throwable::getCause).toList();
        String line = chain.stream()
                .filter(StartUp::isForTheOperator)
                .findFirst()
                .map(StartUp::line)
                .orElse("");
        if (line.isEmpty()) {
            super.onError(cli, namespace, e);
        } else {
            cli.getStdErr().println(line);
        }
    }

    private static boolean isForTheOperator(Throwable t) {
        return t instanceof ConfigurationException
                || t instanceof FileNotFoundException
                || isTakenPort(t)
                || isMissingVariable(t);
    }

    /** Jetty's exception, which names the port, around the system's, which does not. */
    private static boolean isTakenPort(Throwable t) {
        return t.getCause() instanceof BindException;
    }

    private static boolean isMissingVariable(Throwable t) {
        return t instanceof IllegalArgumentException
                && String.valueOf(t.getMessage()).startsWith("Cannot resolve variable");
    }

    private static String line(Throwable t) {
        if (t.getCause() instanceof BindException why) {
            return t.getMessage() + ": " + why.getMessage();
        }
        if (isMissingVariable(t)) {
            String name = String.valueOf(t.getMessage()).replaceAll("[^']*'([^']*)'.*", "$1");
            return "the configuration needs the environment variable " + name + ", which is not set (see .env.example)";
        }
        return String.valueOf(t.getMessage())
                .lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
