package io.holisticos.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.holisticos.bench.contender.Deployment;
import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.load.Freshness;
import io.holisticos.bench.load.Loader;
import io.holisticos.bench.load.Population;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Checkout;
import io.holisticos.bench.process.Processes;
import io.holisticos.bench.report.MarkdownTable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every command uses: options, the loaded cluster, and where results go. */
final class Workbench {

    private final BenchOptions options;
    private final String[] args;
    private final Processes processes;
    private final Checkout checkout = Checkout.here();
    private final Map<String, Object> results = new LinkedHashMap<>();
    private @Nullable Cluster cluster;
    private @Nullable Freshness freshness;

    Workbench(BenchOptions options, String[] args, Processes processes) {
        this.options = options;
        this.args = args;
        this.processes = processes;
    }

    BenchOptions options() {
        return options;
    }

    Processes processes() {
        return processes;
    }

    Checkout checkout() {
        return checkout;
    }

    /** The server with the members of the options, which is loaded at the first call. */
    Cluster cluster() {
        if (cluster == null) {
            cluster = load(options.population(), options.data());
            freshness = new Freshness(cluster);
        }
        return cluster;
    }

    /** Another one. */
    Cluster load(Population population, @Nullable Path data) {
        return new Loader(processes, checkout, population).load(data);
    }

    /** To be called before each measurement. */
    void keepFresh() {
        if (freshness != null) {
            freshness.keep();
        }
    }

    Deployment deployment() {
        return deployment(cluster());
    }

    Deployment deployment(Cluster on) {
        return Deployment.on(on, processes, checkout, options.jvm());
    }

    /** Prints a table under a title, and keeps the figures for {@code --json}. */
    void print(String title, MarkdownTable table, Object figures) {
        System.out.println("\n**" + title + "**\n\n" + table);
        results.put(title, figures);
    }

    /** Says how it was measured, and writes the file of {@code --json}. */
    void finish() {
        if (results.isEmpty()) {
            return;
        }
        String command = "java -jar bench/target/bench.jar " + String.join(" ", args);
        String machine =
                "%s, %s %s: %d processors, %,d MB, JDK %s; callers, services and PostgreSQL share them. Load at the end: %.1f"
                        .formatted(
                                LocalDate.now(ZoneOffset.UTC),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"),
                                Runtime.getRuntime().availableProcessors(),
                                memory(),
                                jdk(),
                                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        System.out.println("`" + command + "`\n\n" + machine);
        Path file = options.json();
        if (file != null) {
            results.put("command", command);
            results.put("machine", machine);
            try {
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), results);
            } catch (IOException e) {
                throw new BenchFailure(file + " cannot be written: " + e.getMessage(), e);
            }
        }
    }

    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getTotalMemorySize() / (1024 * 1024)
                : 0;
    }

    private String jdk() {
        Path release = options.jvm().home().resolve("release");
        try {
            return java.nio.file.Files.readAllLines(release).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("JAVA_VERSION=|\"", ""))
                    .findFirst()
                    .orElse("?");
        } catch (IOException e) {
            return "?";
        }
    }
}
