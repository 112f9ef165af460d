package io.holisticos.app;

import io.dropwizard.configuration.ConfigurationException;
import java.io.FileNotFoundException;
import java.net.BindException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One clear line for what an operator can mend; what is left needs its stack trace. */
final class OperatorLine {

    private OperatorLine() {}

    /** What ended a command, in words that say what to do. */
    static final class Mendable extends RuntimeException {

        Mendable(String line) {
            super(line);
        }

        Mendable(String line, Throwable cause) {
            super(line, cause);
        }
    }

    static Optional<String> of(Throwable e) {
        return Stream.iterate(e, t -> t != null, Throwable::getCause)
                .filter(OperatorLine::isForTheOperator)
                .findFirst()
                .map(OperatorLine::line);
    }

    private static boolean isForTheOperator(Throwable t) {
        return t instanceof ConfigurationException
                || t instanceof FileNotFoundException
                || t instanceof Mendable
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
