package io.holisticos.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox was asked for, on the command line or in the environment ({@code SANDBOX_PORT} for {@code --port}).
 *
 * @param data where the database lives on; null: a temporary folder, removed at exit
 * @param users seeded members beyond the five of the story
 * @param databaseUrl a PostgreSQL to use instead of our own, as a JDBC URL whose user may create databases
 */
record SandboxOptions(
        int port,
        int adminPort,
        int whoopPort,
        int sahhaPort,
        @Nullable Path data,
        int users,
        long seed,
        double speed,
        @Nullable String databaseUrl,
        boolean open) {

    /** First of all arguments: other things to do. */
    static final String SIMULATE = "simulate";

    static final String TWINS = "twins";

    private static final String NO_OPEN = "--no-open";
    private static final List<String> VALUED = List.of(
            "--port",
            "--admin-port",
            "--whoop-port",
            "--sahha-port",
            "--data",
            "--users",
            "--seed",
            "--speed",
            "--database-url");

    SandboxOptions {
        ports(port, adminPort, whoopPort, sahhaPort);
        CommandLine.requireSpeed(speed);
    }

    /** All ports, by their options. */
    Ports ports() {
        return ports(port, adminPort, whoopPort, sahhaPort);
    }

    private static Ports ports(int port, int adminPort, int whoopPort, int sahhaPort) {
        return new Ports()
                .with("--port", port)
                .with("--admin-port", adminPort)
                .with("--whoop-port", whoopPort)
                .with("--sahha-port", sahhaPort);
    }

    /**
     * Reads the command line; an option given there wins over the environment.
     *
     * @throws ArgumentParserException when it makes no sense, or {@code --help} was asked for: hand it to {@link CommandLine#explain}
     */
    static SandboxOptions parse(String[] args, Map<String, String> environment) throws ArgumentParserException {
        ArgumentParser parser = parser();
        Namespace given = parser.parseArgs(withEnvironment(args, environment));
        try {
            return new SandboxOptions(
                    given.getInt("port"),
                    given.getInt("admin_port"),
                    given.getInt("whoop_port"),
                    given.getInt("sahha_port"),
                    Optional.ofNullable(given.getString("data")).map(Path::of).orElse(null),
                    CommandLine.users(given.get("users")),
                    given.getLong("seed"),
                    given.getDouble("speed"),
                    given.getString("database_url"),
                    !given.getBoolean("no_open"));
        } catch (IllegalArgumentException e) {
            throw new ArgumentParserException(e.getMessage(), parser);
        }
    }

    /** The environment's options stand first: the later one of two wins. */
    private static String[] withEnvironment(String[] args, Map<String, String> environment) {
        List<String> all = new ArrayList<>();
        for (String name : VALUED) {
            String value = environment.get(variableOf(name));
            if (value != null && !value.isBlank()) {
                all.add(name);
                all.add(value);
            }
        }
        if (Boolean.parseBoolean(environment.get(variableOf(NO_OPEN)))) {
            all.add(NO_OPEN);
        }
        all.addAll(List.of(args));
        return all.toArray(String[]::new);
    }

    private static String variableOf(String option) {
        return "SANDBOX_" + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static ArgumentParser parser() {
        ArgumentParser parser = ArgumentParsers.newFor("sandbox.jar")
                .build()
                .defaultHelp(true)
                .description("The whole product on one machine: app, twins of WHOOP and Sahha, PostgreSQL, members."
                        + " Every option may also come from the environment, --port as SANDBOX_PORT.")
                .epilog("Something else: \"" + TWINS + "\" runs the twins alone, beside a deployment; \"" + SIMULATE
                        + "\" lives a month of many members at full speed and compares what is held with what"
                        + " happened. \"" + TWINS + " --help\" and \"" + SIMULATE + " --help\" list their options.");
        parser.addArgument("--port").type(Integer.class).setDefault(8080).help("port of the app");
        parser.addArgument("--admin-port").type(Integer.class).setDefault(8081).help("admin port of the app");
        parser.addArgument("--whoop-port").type(Integer.class).setDefault(9100).help("port of WHOOP's twin");
        parser.addArgument("--sahha-port").type(Integer.class).setDefault(9200).help("port of Sahha's twin");
        parser.addArgument("--data").metavar("DIR").help("folder the database lives on in; without it nothing stays");
        parser.addArgument("--users").type(Integer.class).help("members beyond the five of the story: 1 to 500");
        parser.addArgument("--seed").type(Long.class).setDefault(7L).help("the same seed and start give the same data");
        parser.addArgument("--speed").type(Double.class).setDefault(1.0).help("seconds that pass in a second");
        parser.addArgument("--database-url")
                .metavar("URL")
                .help("JDBC URL of a PostgreSQL to use instead of our own; its user may create databases");
        parser.addArgument(NO_OPEN).action(Arguments.storeTrue()).help("do not open the API's page in a browser");
        return parser;
    }
}
