package io.holisticos.bench;

import io.holisticos.bench.contender.Jvm;
import io.holisticos.bench.load.Population;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * What to measure, and how.
 *
 * @param rate for {@code latency} and {@code webhooks}, a second; null for half of the measured maximum
 * @param only the names of what is compared; empty for all
 */
record BenchOptions(
        BenchCommand command,
        Population population,
        int rounds,
        int seconds,
        int connections,
        @Nullable Double rate,
        @Nullable Path data,
        @Nullable Path json,
        Set<String> only,
        Jvm jvm) {

    private static final List<String> POSITIVE = List.of("members", "days", "rounds", "seconds", "connections");

    /**
     * Reads the command line.
     *
     * @throws ArgumentParserException for an invalid option, and for {@code --help}, which is printed
     */
    static BenchOptions parse(String[] args) throws ArgumentParserException {
        ArgumentParser parser = parser();
        Namespace options = parser.parseArgs(args);
        for (String name : POSITIVE) {
            if (options.getInt(name) < 1) {
                throw new ArgumentParserException(
                        "--" + name + " must be at least 1, was " + options.getInt(name), parser);
            }
        }
        Double rate = options.getDouble("rate");
        if (rate != null && !(rate > 0 && rate <= 100_000)) {
            throw new ArgumentParserException("--rate must be above 0 and at most 100000, was " + rate, parser);
        }
        return new BenchOptions(
                BenchCommand.of(options.getString("command")),
                new Population(options.getInt("members"), options.getInt("days")),
                options.getInt("rounds"),
                options.getInt("seconds"),
                options.getInt("connections"),
                rate,
                path(options, "data"),
                path(options, "json"),
                only(options.getString("only"), parser),
                Jvm.withHeap(jdk(options.getString("jdk"), parser), options.getString("heap")));
    }

    private static @Nullable Path path(Namespace options, String name) {
        return Optional.ofNullable(options.getString(name)).map(Path::of).orElse(null);
    }

    private static Set<String> only(@Nullable String list, ArgumentParser parser) throws ArgumentParserException {
        if (list == null) {
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>(Arrays.asList(list.split(",", -1)));
        Set<String> unknown = new LinkedHashSet<>(names);
        unknown.removeAll(Contenders.NAMES);
        if (!unknown.isEmpty()) {
            throw new ArgumentParserException(
                    "--only knows " + String.join(", ", Contenders.NAMES) + ", and not " + String.join(", ", unknown),
                    parser);
        }
        return names;
    }

    private static Path jdk(String home, ArgumentParser parser) throws ArgumentParserException {
        Path found = Path.of(home);
        if (!Files.isExecutable(found.resolve("bin/java")) || !Files.isExecutable(found.resolve("bin/jcmd"))) {
            throw new ArgumentParserException(
                    "--jdk must be the folder of a JDK, with bin/java and bin/jcmd; was " + home, parser);
        }
        return found;
    }

    /** Whether something of that name is to be measured. */
    boolean asksFor(String name) {
        return only.isEmpty() || only.contains(name);
    }

    private static ArgumentParser parser() {
        ArgumentParser parser = ArgumentParsers.newFor("bench.jar")
                .build()
                .defaultHelp(true)
                .description(
                        "Measures the packaged service, with PostgreSQL and the twins, on this machine only. Progress goes"
                                + " to standard error, tables in Markdown to standard output. Ctrl-C ends all it started.")
                .epilog(
                        "Needs wrk, and python3-fastapi python3-uvicorn python3-asyncpg python3-uvloop python3-httptools"
                                + " for FastAPI. docs/benchmarks.md says what each command shows.");
        parser.addArgument("command")
                .choices(Arrays.stream(BenchCommand.values())
                        .map(BenchCommand::word)
                        .collect(Collectors.toList()))
                .help(Arrays.stream(BenchCommand.values())
                        .map(command -> command.word() + ": " + command.summary())
                        .collect(Collectors.joining("; ")));
        parser.addArgument("--members").type(Integer.class).setDefault(10_000).help("how many members are stored");
        parser.addArgument("--days").type(Integer.class).setDefault(60).help("how many days each of them has");
        parser.addArgument("--rounds").type(Integer.class).setDefault(5).help("all are measured so often, in turn");
        parser.addArgument("--seconds").type(Integer.class).setDefault(8).help("how long each measurement takes");
        parser.addArgument("--connections").type(Integer.class).setDefault(32).help("callers at once, for throughput");
        parser.addArgument("--rate")
                .type(Double.class)
                .help(
                        "requests a second, for latency and webhooks; for latency without it: half of each one's maximum");
        parser.addArgument("--data")
                .metavar("DIR")
                .help("folder that keeps the loaded databases for the next run of a day");
        parser.addArgument("--json").metavar("FILE").help("writes what was measured into a file as well");
        parser.addArgument("--only").metavar("LIST").help("some of " + String.join(",", Contenders.NAMES));
        parser.addArgument("--jdk")
                .metavar("JAVA_HOME")
                .setDefault(System.getProperty("java.home"))
                .help("the JDK of all services that are compared");
        parser.addArgument("--heap").setDefault("1g").help("the heap of each of them");
        return parser;
    }
}
