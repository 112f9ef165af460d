package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.ScrapedPage.Series;
import io.holisticos.app.Traffic.Tally;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two replicas of the packaged service under mixed load for half an hour, while another fault is put in each minute. Run by hand:
 * {@code mvn -Psoak -pl app -am verify}, for {@code -Dsoak.minutes}; with {@code -Dgolden.rewrite=true} it writes {@code
 * docs/soak.md}.
 */
@Tag("bench")
class SoakTest {

    private static final Path PAGE = Path.of("..", "docs", "soak.md");
    private static final Path REPORT = Path.of("target", "soak.md");
    private static final int MINUTES = Integer.getInteger("soak.minutes", 30);

    /** Growth is judged once there is something to compare; the first minutes warm up. */
    private static final int JUDGED_FROM = 12;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration PROBED_EVERY = Duration.ofSeconds(1);
    private static final Duration PROBE_WAITS = Duration.ofSeconds(1);

    private static final String COUNTED = "command_executions_total";

    /** Statements of its database, and codes that browsers bring. */
    private static final Set<String> NOT_COUNTED = Set.of("WHOOP_STORE", "WHOOP_CODE");

    private static final List<String> FAILED =
            List.of("failure", "timeout", "short_circuited", "pool_full", "semaphore_full");

    private TwoReplicas replicas;

    /** @param begin what happens in its minute; rules of the twins end with it */
    private record Fault(String name, Act begin) {}

    private interface Act {
        void run() throws Exception;
    }

    /**
     * What one replica holds at the end of a minute.
     *
     * @param heap in megabytes, after a collection
     */
    private record Held(
            double heap, double threads, double databaseConnections, double clientConnections, double files) {}

    /** @param held of each replica */
    private record Minute(String fault, int reads, int failedReads, int webhooks, Calls whoop, List<Held> held) {}

    private List<Fault> faults() {
        return List.of(
                new Fault("none", () -> {}),
                new Fault("WHOOP: 20 % of calls answered 500", () -> whoop(FaultKind.STATUS, 0.2)),
                new Fault(
                        "WHOOP: every call 2 s late",
                        () -> replicas.whoop()
                                .faults()
                                .add(FaultRule.always("/developer", FaultKind.LATENCY)
                                        .withDelay(Duration.ofSeconds(2)))),
                new Fault(
                        "Sahha: 30 % of calls answered 500",
                        () -> replicas.sahha()
                                .faults()
                                .add(new FaultRule("/", FaultKind.STATUS, null, 0.3, null, null))),
                new Fault("PostgreSQL: all sessions ended, three times", this::endSessions),
                new Fault("WHOOP: 10 % of connections reset", () -> whoop(FaultKind.RESET, 0.1)),
                new Fault(
                        "WHOOP: a 429 of the minute",
                        () -> replicas.whoop().faults().add(FaultRule.times("/developer", FaultKind.QUOTA_MINUTE, 1))),
                new Fault("PostgreSQL: table whoop_inbox locked for 10 s", () -> lock("whoop", "whoop_inbox")),
                new Fault(
                        "Sahha: every call 3 s late",
                        () -> replicas.sahha()
                                .faults()
                                .add(FaultRule.always("/", FaultKind.LATENCY).withDelay(Duration.ofSeconds(3)))),
                new Fault("PostgreSQL: restarted", () -> replicas.postgres.restart("fast")));
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void holdsNoMoreAfterHalfAnHourOfFaults() throws Exception {
        assertThat(ReverseProxy.isInstalled())
                .as("HAProxy is installed (apt-get install haproxy)")
                .isTrue();
        try (TwoReplicas two = TwoReplicas.prepared();
                ReverseProxy proxy = ReverseProxy.before(two.services)) {
            replicas = two;
            two.start(proxy.url(), Map.of("LOG_LEVEL", "INFO"));
            try (Traffic traffic = new Traffic(proxy.url(), "sandbox-client-secret", two.told());
                    Probe health = new Probe(two.services)) {
                traffic.start();
                LockSupport.parkNanos(MINUTE.dividedBy(6).toNanos());
                Lines before = lines();
                health.start();
                List<Minute> minutes = new ArrayList<>();
                List<Fault> mix = faults();
                for (int i = 0; i < MINUTES; i++) {
                    minutes.add(minute(mix.get(i % mix.size()), traffic));
                }
                report(minutes, health, lines().minus(before));
            }
        }
    }

    private Minute minute(Fault fault, Traffic traffic) throws Exception {
        long end = System.nanoTime() + MINUTE.toNanos();
        Map<String, Double> before = whoopCommands();
        Tally tally = traffic.begin();
        fault.begin().run();
        LockSupport.parkNanos(end - System.nanoTime());
        replicas.whoop().faults().clear();
        replicas.sahha().faults().clear();
        Calls whoop = calls(before, whoopCommands());
        List<Held> held = new ArrayList<>();
        for (Service replica : replicas.services) {
            held.add(held(replica));
        }
        Minute minute =
                new Minute(fault.name(), tally.reads.get(), tally.failedReads.get(), tally.webhooks.get(), whoop, held);
        System.out.println(minute + " " + tally.failed);
        return minute;
    }

    private void whoop(FaultKind kind, double probability) {
        replicas.whoop().faults().add(new FaultRule("/developer", kind, null, probability, null, null));
    }

    private void endSessions() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (Connection connection =
                            replicas.postgres.dataSource("postgres").getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                        + " and datname in ('sahha', 'whoop')");
            }
            LockSupport.parkNanos(Duration.ofSeconds(15).toNanos());
        }
    }

    private void lock(String database, String table) throws Exception {
        try (Connection connection = replicas.postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table " + table + " in access exclusive mode");
            LockSupport.parkNanos(Duration.ofSeconds(10).toNanos());
            connection.rollback();
        }
    }

    /** Calls to WHOOP of both replicas by outcome, those that the quota holds back apart, as the objective counts them. */
    private Map<String, Double> whoopCommands() {
        Map<String, Double> byOutcome = new TreeMap<>();
        for (Service replica : replicas.services) {
            for (Series one : page(replica).series()) {
                String key = one.labels().getOrDefault("key", "");
                if (one.name().equals(COUNTED) && key.startsWith("WHOOP_") && !NOT_COUNTED.contains(key)) {
                    byOutcome.merge(one.labels().get("outcome"), one.value(), Double::sum);
                }
            }
        }
        return byOutcome;
    }

    /** Calls to WHOOP of both replicas. */
    private record Calls(double failed, double all) {
        double share() {
            return all == 0 ? 0 : failed / all;
        }

        Calls plus(Calls other) {
            return new Calls(failed + other.failed, all + other.all);
        }
    }

    private static Calls calls(Map<String, Double> before, Map<String, Double> after) {
        ToDoubleFunction<String> more = outcome -> after.getOrDefault(outcome, 0.0) - before.getOrDefault(outcome, 0.0);
        double failed = FAILED.stream().mapToDouble(more).sum();
        return new Calls(failed, failed + more.applyAsDouble("success"));
    }

    private static Held held(Service replica) throws Exception {
        Process collection = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(replica.process().pid()),
                        "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(collection.waitFor(30, TimeUnit.SECONDS)).isTrue();
        ScrapedPage page = page(replica);
        return new Held(
                page.series().stream()
                                .filter(one -> one.name().equals("jvm_memory_used_bytes")
                                        && "heap".equals(one.labels().get("area")))
                                .mapToDouble(Series::value)
                                .sum()
                        / (1 << 20),
                page.sum("jvm_threads_current"),
                page.sum("database_connections"),
                page.sum("http_client_connections"),
                page.sum("process_open_fds"));
    }

    private static ScrapedPage page(Service replica) {
        return new ScrapedPage(replica.admin("/prometheus").body());
    }

    private record Lines(long count, long bytes) {
        Lines minus(Lines other) {
            return new Lines(count - other.count, bytes - other.bytes);
        }
    }

    private Lines lines() {
        List<String> all = replicas.services.stream()
                .flatMap(replica -> replica.process().printed().stream())
                .toList();
        return new Lines(
                all.size(),
                all.stream()
                        .mapToLong(line -> line.getBytes(StandardCharsets.UTF_8).length + 1)
                        .sum());
    }

    private static void report(List<Minute> minutes, Probe health, Lines lines) throws IOException {
        int requests = minutes.stream()
                .mapToInt(minute -> minute.reads() + minute.webhooks())
                .sum();
        double linesOfThousand = lines.count() * 1000.0 / requests;
        double good = health.good.get() / (double) health.all.get();
        Calls whoop = minutes.stream().map(Minute::whoop).reduce(new Calls(0, 0), Calls::plus);
        Map<String, Growth> growths = growths(minutes);
        String text = """
                # Half an hour of faults

                Written by `SoakTest`, %s, as measured, by

                ```
                mvn -Psoak -pl app -am verify -Dsoak.minutes=%d -Dgolden.rewrite=true     # packages postgresql and haproxy
                ```

                Two replicas of the packaged service (`-Xmx256m`) behind HAProxy, PostgreSQL with both databases, and the twins, on %d processors that they share.
                25 reads a second of existing and unified paths and of health, and 5 signed webhooks; each minute has another fault, in turn. Health is `GET /health` of each
                replica, each second, good when 200 comes within a second. A call to WHOOP has failed as the objective counts it (`docs/monitoring.md`).
                Heap, threads, connections and files are read at the end of each minute, heap after a collection; *before* and *after* are medians of the first and last
                third of the minutes, without the first two, of whichever replica grew more.

                | checked | found | allowed |
                |---|---|---|
                | minutes, requests | %d, %,d | |
                | probes of health that were good | %.2f %% of %,d | at least 99.9 %% |
                | calls to WHOOP that failed | %.2f %% of %,.0f | below 5 %% |
                | log lines per 1,000 requests, level INFO | %.0f (%.0f kB) | |
                """.formatted(
                        LocalDate.now(Clock.systemUTC()),
                        minutes.size(),
                        Runtime.getRuntime().availableProcessors(),
                        minutes.size(),
                        requests,
                        100 * good,
                        health.all.get(),
                        100 * whoop.share(),
                        whoop.all(),
                        linesOfThousand,
                        lines.bytes() / 1000.0 * 1000 / requests);
        StringBuilder page = new StringBuilder(text);
        growths.forEach((what, growth) -> page.append("| %s, before and after | %.0f, %.0f | at most %.0f |\n"
                .formatted(what, growth.before(), growth.after(), growth.most())));
        page.append(
                "\n| minute | fault | reads | ≥ 500 | webhooks | failed WHOOP calls | heap MB | threads | files |\n");
        page.append("|---|---|---|---|---|---|---|---|---|\n");
        for (int i = 0; i < minutes.size(); i++) {
            Minute minute = minutes.get(i);
            page.append("| %d | %s | %d | %d | %d | %.1f %% | %s | %s | %s |\n"
                    .formatted(
                            i + 1,
                            minute.fault(),
                            minute.reads(),
                            minute.failedReads(),
                            minute.webhooks(),
                            100 * minute.whoop().share(),
                            ofBoth(minute, Held::heap),
                            ofBoth(minute, Held::threads),
                            ofBoth(minute, Held::files)));
        }
        Files.writeString(REPORT, page);
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.writeString(PAGE, page);
        }
        System.out.println(page);

        assertThat(good).as("probes that were good").isGreaterThanOrEqualTo(0.999);
        assertThat(whoop.share()).as("calls to WHOOP that failed").isLessThan(0.05);
        if (minutes.size() >= JUDGED_FROM) {
            growths.forEach(
                    (what, growth) -> assertThat(growth.after()).as(what).isLessThanOrEqualTo(growth.most()));
        }
    }

    private static String ofBoth(Minute minute, ToDoubleFunction<Held> what) {
        return "%.0f, %.0f"
                .formatted(
                        what.applyAsDouble(minute.held().get(0)),
                        what.applyAsDouble(minute.held().get(1)));
    }

    /** @param most what it may be afterwards, by what is held in turn anyway */
    private record Growth(double before, double after, double most) {}

    private static Map<String, Growth> growths(List<Minute> minutes) {
        Map<String, Growth> all = new LinkedHashMap<>();
        all.put("heap in MB", growth(minutes, Held::heap, 1.1, 5));
        all.put("threads", growth(minutes, Held::threads, 1, 8));
        all.put("connections to databases", growth(minutes, Held::databaseConnections, 1, 6));
        all.put("connections to sources", growth(minutes, Held::clientConnections, 1, 6));
        all.put("open files", growth(minutes, Held::files, 1, 16));
        return all;
    }

    private static Growth growth(List<Minute> minutes, ToDoubleFunction<Held> what, double times, double plus) {
        Growth worst = new Growth(0, Double.NEGATIVE_INFINITY, 0);
        for (int replica = 0; replica < 2; replica++) {
            int of = replica;
            double[] values = minutes.stream()
                    .skip(minutes.size() >= JUDGED_FROM ? 2 : 0)
                    .mapToDouble(minute -> what.applyAsDouble(minute.held().get(of)))
                    .toArray();
            int third = Math.max(1, values.length / 3);
            double before = median(values, 0, third);
            double after = median(values, values.length - third, values.length);
            if (after - before > worst.after() - worst.before()) {
                worst = new Growth(before, after, before * times + plus);
            }
        }
        return worst;
    }

    private static double median(double[] values, int from, int to) {
        double[] part = java.util.Arrays.copyOfRange(values, from, to);
        java.util.Arrays.sort(part);
        return part[part.length / 2];
    }

    /** Asks each replica each second how it is, whatever became of the last answer. */
    private static final class Probe implements AutoCloseable {

        final AtomicInteger good = new AtomicInteger();
        final AtomicInteger all = new AtomicInteger();
        private final List<URI> addresses;
        private final HttpClient http = HttpClient.newHttpClient();
        private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);

        Probe(List<Service> replicas) {
            addresses = replicas.stream()
                    .map(replica -> URI.create(replica.url() + "/health"))
                    .toList();
        }

        void start() {
            for (URI address : addresses) {
                ScheduledFuture<?> unused = clock.scheduleAtFixedRate(
                        () -> probe(address), 0, PROBED_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private void probe(URI address) {
            boolean well = false;
            try {
                well = http.send(
                                        HttpRequest.newBuilder(address)
                                                .timeout(PROBE_WAITS)
                                                .build(),
                                        BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException | UncheckedIOException e) {
                System.out.println("health did not answer: " + e);
            } catch (InterruptedException e) {
                return; // the end of the run
            }
            all.incrementAndGet();
            if (well) {
                good.incrementAndGet();
            }
        }

        @Override
        public void close() {
            clock.shutdownNow();
        }
    }
}
