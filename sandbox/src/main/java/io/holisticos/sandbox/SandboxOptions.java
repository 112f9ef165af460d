package io.holisticos.sandbox;

import io.holisticos.sandbox.environment.CommandLine;
import io.holisticos.sandbox.environment.Ports;
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
 * The options of the sandbox, from the command line or the environment ({@code SANDBOX_PORT} for {@code --port}).
 *
 * @param data the folder that keeps the databases; null to keep nothing
 * @param users the number of extra members beside the five named ones
 * @param databaseUrl the JDBC URL of a server to use; its user may create databases. Null for the embedded server
 * @param returnTo where members may be led after a consent, beside our own page: an app's scheme, or an https address
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
        String returnTo,
        boolean open) {

    /** The other commands, each the first argument of its own command line. */
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
            "--database-url",
            "--return-to");

    SandboxOptions {
        ports(port, adminPort, whoopPort, sahhaPort);
        CommandLine.requireSpeed(speed);
    }

    /** All ports, by option. */
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
     * Reads the command line and the environment; the command line wins.
     *
     * @throws ArgumentParserException for an invalid option and for {@code --help}; {@link CommandLine#explain} prints it
     */
    static SandboxOptions parse(String[] args, Map<String, String> environment) throws ArgumentParserException {
        ArgumentParser parser = parser();
        Namespace options = parser.parseArgs(withEnvironment(args, environment));
        try {
            return new SandboxOptions(
                    options.getInt("port"),
                    options.getInt("admin_port"),
                    options.getInt("whoop_port"),
                    options.getInt("sahha_port"),
                    Optional.ofNullable(options.getString("data")).map(Path::of).orElse(null),
                    CommandLine.users(options.get("users")),
                    options.getLong("seed"),
                    options.getDouble("speed"),
                    options.getString("database_url"),
                    options.getString("return_to"),
                    !options.getBoolean("no_open"));
        } catch (IllegalArgumentException e) {
            throw new ArgumentParserException(e.getMessage(), parser);
        }
    }

    /** The environment's options come first, because the later one of two wins. */
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
                .epilog("Other commands: \"" + TWINS
                        + "\" runs the twins alone, for a deployment that runs elsewhere; \"" + SIMULATE
                        + "\" simulates a month of many members at full speed and compares the stored records with"
                        + " WHOOP's. \"" + TWINS + " --help\" and \"" + SIMULATE + " --help\" list their options.");
        parser.addArgument("--port").type(Integer.class).setDefault(8080).help("port of the app");
        parser.addArgument("--admin-port").type(Integer.class).setDefault(8081).help("admin port of the app");
        parser.addArgument("--whoop-port").type(Integer.class).setDefault(9100).help("port of WHOOP's twin");
        parser.addArgument("--sahha-port").type(Integer.class).setDefault(9200).help("port of Sahha's twin");
        parser.addArgument("--data").metavar("DIR").help("folder that keeps the databases; without it nothing is kept");
        parser.addArgument("--users").type(Integer.class).help("extra members beside the five named ones: 1 to 500");
        parser.addArgument("--seed").type(Long.class).setDefault(7L).help("the same seed and start give the same data");
        parser.addArgument("--speed")
                .type(Double.class)
                .setDefault(1.0)
                .help("how many seconds pass in a second of real time");
        parser.addArgument("--database-url")
                .metavar("URL")
                .help(
                        "JDBC URL of a PostgreSQL server to use instead of the embedded one; its user may create databases");
        parser.addArgument("--return-to")
                .metavar("ADDRESS")
                .setDefault("yourapp:")
                .help("where an app may have its members led after they connected WHOOP: a scheme such as yourapp:,"
                        + " or an https address");
        parser.addArgument(NO_OPEN).action(Arguments.storeTrue()).help("do not open /sandbox in a browser");
        return parser;
    }
}
