package io.holisticos.bench.contender;

import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.process.Checkout;
import io.holisticos.bench.process.FreePort;
import io.holisticos.bench.process.Processes;
import io.holisticos.bench.process.Progress;
import io.holisticos.bench.process.StartedProcess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The packaged service on a cluster, with the twins behind it, as often as it is asked for. */
public final class Deployment {

    /** A service key, which the loaded database knows. */
    public static final String KEY = "sandbox-key";

    public static final String WEBHOOK_SECRET = "sandbox-client-secret";

    private static final int TWIN_MEMBERS = 400;

    private final Processes processes;
    private final Checkout checkout;
    private final Jvm jvm;
    private final Cluster cluster;
    private final int whoopPort = FreePort.next();
    private final int sahhaPort = FreePort.next();
    private int started;

    private Deployment(Processes processes, Checkout checkout, Jvm jvm, Cluster cluster) {
        this.processes = processes;
        this.checkout = checkout;
        this.jvm = jvm;
        this.cluster = cluster;
    }

    /** With its twins up and its databases migrated, and no service yet. */
    public static Deployment on(Cluster cluster, Processes processes, Checkout checkout, Jvm jvm) {
        Deployment deployment = new Deployment(processes, checkout, jvm, cluster);
        deployment.startTwins();
        deployment.migrate();
        return deployment;
    }

    private void startTwins() {
        StartedProcess twins = processes.start(
                "twins",
                Map.of(),
                List.of(
                        jvm.tool("java"),
                        "-Xmx1g",
                        "-jar",
                        checkout.sandbox().toString(),
                        "twins",
                        "--users",
                        Integer.toString(TWIN_MEMBERS),
                        "--whoop-port",
                        Integer.toString(whoopPort),
                        "--sahha-port",
                        Integer.toString(sahhaPort)));
        twins.awaitOutput("Twins ready", Duration.ofMinutes(2));
    }

    /** A kept cluster may be older than the service. */
    private void migrate() {
        for (String database : List.of("sahha-db", "whoop-db")) {
            StartedProcess migration = processes.start(
                    database,
                    environment(FreePort.next(), FreePort.next()),
                    jvm.command(
                            checkout.app(),
                            database,
                            "migrate",
                            checkout.configuration().toString()));
            String unused = migration.output(Duration.ofMinutes(5));
            processes.end(migration);
        }
    }

    /** Members whom Sahha's twin knows, and the databases do not. */
    public List<String> unseenMembers() {
        return java.util.stream.IntStream.rangeClosed(1, TWIN_MEMBERS)
                .mapToObj("demo-%04d"::formatted)
                .toList();
    }

    public URI sahhaTwin() {
        return URI.create("http://localhost:" + sahhaPort);
    }

    /** Starts the service with more variables, and waits until it is ready. */
    public Service start(String name, Map<String, String> variables) {
        return start(name, jvm, variables);
    }

    /** The same on another JVM. */
    public Service start(String name, Jvm with, Map<String, String> variables) {
        int port = FreePort.next();
        int adminPort = FreePort.next();
        Map<String, String> environment = environment(port, adminPort);
        environment.putAll(variables);
        long begun = System.nanoTime();
        StartedProcess process = processes.start(
                name + "-" + ++started,
                environment,
                with.command(checkout.app(), "server", checkout.configuration().toString()));
        process.awaitAnswer(URI.create("http://localhost:" + port + "/health/live"));
        Duration liveAfter = Duration.ofNanos(System.nanoTime() - begun);
        process.awaitAnswer(URI.create("http://localhost:" + port + "/health/ready"));
        Duration readyAfter = Duration.ofNanos(System.nanoTime() - begun);
        Progress.say("%s is ready after %.1f s".formatted(name, readyAfter.toMillis() / 1e3));
        return new Service(processes, process, with, port, adminPort, new Service.Start(liveAfter, readyAfter));
    }

    private Map<String, String> environment(int port, int adminPort) {
        Map<String, String> variables = new HashMap<>();
        variables.put("DEPLOYMENT", "sandbox"); // which allows twins on this machine, and changes nothing else
        variables.put("PUBLIC_URL", "http://localhost:" + port);
        variables.put("PORT", Integer.toString(port));
        variables.put("ADMIN_PORT", Integer.toString(adminPort));
        variables.put("BIND_HOST", "127.0.0.1");
        variables.put("DRAIN_TIME", "0s");
        variables.put("LIMIT_SERVICE", "1000000"); // high, and not off: requests are counted as in production
        variables.put("LIMIT_ADDRESS", "1000000");
        variables.put("SAHHA_DATABASE_URL", cluster.url(Cluster.SAHHA));
        variables.put("WHOOP_DATABASE_URL", cluster.url(Cluster.WHOOP));
        variables.put(
                "VAULT_KEY",
                Base64.getEncoder()
                        .encodeToString("a key for synthetic people only.".getBytes(StandardCharsets.US_ASCII)));
        variables.put("SAHHA_URL", "http://localhost:" + sahhaPort);
        variables.put("SAHHA_CLIENT_ID", "sandbox-sahha-client");
        variables.put("SAHHA_CLIENT_SECRET", "sandbox-sahha-secret");
        variables.put("WHOOP_URL", "http://localhost:" + whoopPort);
        variables.put("WHOOP_CLIENT_ID", "sandbox-client");
        variables.put("WHOOP_CLIENT_SECRET", WEBHOOK_SECRET);
        return variables;
    }
}
