package io.holisticos.app;

import io.dropwizard.configuration.ConfigurationException;
import io.holisticos.health.WhatFailed;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import liquibase.exception.LiquibaseException;
import liquibase.exception.MigrationFailedException;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.jspecify.annotations.Nullable;

/** One clear line for a failure that an operator can mend. Other failures need their stack trace. */
final class OperatorMessage {

    private static final Pattern MALFORMED = Pattern.compile("(\\S+) has an error:.*Malformed YAML at line: (\\d+).*");
    private static final Pattern CHANGE_SET = Pattern.compile("changeset (\\S+)");

    private OperatorMessage() {}

    /** The failure that ended a command, in words that say what to do. */
    static class Mendable extends RuntimeException {

        Mendable(String line) {
            super(line);
        }

        Mendable(String line, Throwable cause) {
            super(line, cause);
        }
    }

    /** The value of an option that the command cannot take. The command did nothing. */
    static final class WrongUsage extends Mendable {

        WrongUsage(String line) {
            super(line);
        }

        WrongUsage(String line, Throwable cause) {
            super(line, cause);
        }
    }

    /** 2 when the command line itself is wrong, so that nothing was done; 1 for everything else. */
    static int exitStatus(Throwable e) {
        return Stream.iterate(e, t -> t != null, Throwable::getCause)
                        .limit(50)
                        .anyMatch(t -> t instanceof ArgumentParserException || t instanceof WrongUsage)
                ? 2
                : 1;
    }

    static Optional<String> of(Throwable e) {
        List<Throwable> chain =
                Stream.iterate(e, t -> t != null, Throwable::getCause).limit(50).toList();
        return chain.stream()
                .map(OperatorMessage::line)
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> ofDatabase(e, chain))
                .or(() -> chain.stream()
                        .filter(LiquibaseException.class::isInstance)
                        .reduce((outer, inner) -> inner)
                        .map(deepest -> inOneLine(deepest.getMessage())));
    }

    private static Optional<String> line(Throwable t) {
        if (t instanceof Mendable) {
            return Optional.of(inOneLine(t.getMessage()));
        }
        if (t instanceof ArgumentParserException wrong) {
            return Optional.of(inOneLine(wrong.getMessage()) + " (--help lists what there is)");
        }
        if (t instanceof ConfigurationException) {
            return Optional.of(ofConfiguration(t));
        }
        if (t instanceof FileNotFoundException || t instanceof NoSuchFileException) {
            return Optional.of("no such file: " + inOneLine(t.getMessage()));
        }
        if (t instanceof AccessDeniedException) {
            return Optional.of("not readable: " + inOneLine(t.getMessage()));
        }
        if (t.getCause() instanceof BindException why) { // Jetty's exception, which names the port, around the system's
            return Optional.of(t.getMessage() + ": " + why.getMessage());
        }
        if (t instanceof IOException && String.valueOf(t.getMessage()).startsWith("Failed to bind")) {
            return Optional.of(inOneLine(t.getMessage()) + ": no such address on this machine");
        }
        return missingVariable(t);
    }

    private static Optional<String> missingVariable(Throwable t) {
        String message = String.valueOf(t.getMessage());
        if (!(t instanceof IllegalArgumentException) || !message.startsWith("Cannot resolve variable")) {
            return Optional.empty();
        }
        String name = message.replaceAll("[^']*'([^']*)'.*", "$1");
        return Optional.of(
                "the configuration needs the environment variable " + name + ", which is not set (see .env.example)");
    }

    /** A file that is not YAML may hold a secret at any place, so only the line number is printed. */
    private static String ofConfiguration(Throwable t) {
        String line = inOneLine(t.getMessage());
        if (line.startsWith("default configuration")) { // the name that Dropwizard takes when no file is given
            return "no configuration is named: put config.yml behind the command";
        }
        Matcher place = MALFORMED.matcher(line);
        return place.matches()
                ? place.group(1) + " is not YAML at line " + place.group(2) + ": what a variable puts there may hold no"
                        + " single quote and no line break"
                : line;
    }

    /** Names the change set that failed, without its statement. */
    private static Optional<String> ofDatabase(Throwable e, List<Throwable> chain) {
        return ofDatabase(
                e,
                chain.stream()
                        .filter(MigrationFailedException.class::isInstance)
                        .findFirst()
                        .map(failed -> CHANGE_SET.matcher(String.valueOf(failed.getMessage())))
                        .filter(Matcher::find)
                        .map(found -> "change set " + found.group(1) + " did not run")
                        .orElse("the database cannot be used"),
                "SAHHA_DATABASE_URL or WHOOP_DATABASE_URL");
    }

    /**
     * What the database did, and what to do about it.
     *
     * @param what the thing that failed because of it
     * @param address the setting that holds the address of the database
     */
    static Optional<String> ofDatabase(Throwable e, String what, String address) {
        return isOfDatabase(e) ? Optional.of(what + ": " + WhatFailed.inWords(e) + toDo(e, address)) : Optional.empty();
    }

    private static boolean isOfDatabase(Throwable e) {
        return Stream.iterate(e, t -> t != null, Throwable::getCause)
                .limit(50)
                .anyMatch(SQLException.class::isInstance);
    }

    /**
     * Names the settings only for a failure to connect or to log in, for which address, user or password may be the
     * reason.
     */
    private static String toDo(Throwable e, String address) {
        String state = WhatFailed.sqlState(e).orElse("");
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "", "08", "28" -> "; check that it runs, and " + address + ", …_USER and …_PASSWORD";
            case "3D" -> "; create it, or check " + address;
            default -> "";
        };
    }

    private static String inOneLine(@Nullable String text) {
        return String.valueOf(text)
                .lines()
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "))
                .replaceAll("\\s+", " ");
    }
}
