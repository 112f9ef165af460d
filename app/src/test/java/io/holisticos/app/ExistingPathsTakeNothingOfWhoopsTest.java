package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 200 callers of an existing path at once, while WHOOP hangs: what they take of WHOOP's is counted. */
@Tag("deep")
class ExistingPathsTakeNothingOfWhoopsTest {

    private static final String PATH = "/api/v1/health-metrics/overview?profile_id=demo-anna&period=today";

    private static final int CALLERS = 200;
    private static final int TIMES = 15;

    /** Members whose syncs hang: one for each thread that works on jobs. */
    private static final List<String> MEMBERS = List.of("demo-anna", "demo-ben", "demo-dina", "demo-eve");

    /** What a hanging sync may call while the callers ask: three attempts. */
    private static final int ATTEMPTS = 3 * MEMBERS.size();

    /** As configured: requests, refreshes of Sahha, jobs and their housekeeping, connectors, pools, clients. */
    private static final int CONFIGURED_THREADS = 256 + 10 + 4 + 40;

    private static final long HEAP = 128L << 20;

    private static House house;
    private static MetricRegistry metrics;

    @BeforeAll
    static void open() throws Exception {
        AtomicReference<Environment> started = new AtomicReference<>();
        house = House.openWith(
                Map.of("SAHHA_DATABASE_POOL", "100"), started::set); // callers must not wait for each other
        metrics = started.get().metrics();
        for (String member : MEMBERS) {
            house.connect(member);
        }
        house.getWithoutKey(PATH);
        for (int callers : new int[] {10, 50, CALLERS}) { // a cold service refuses some of 200 at once
            new Callers(house.uri("/").getPort(), PATH, callers).ask(TIMES);
        }
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void hang() {
        house.whoop().faults().clear();
        House.await(() -> syncs("picked") == 0); // of the test before
        house.whoopDatabase().jdbi().useHandle(handle -> {
            handle.execute("delete from scheduled_tasks where task_name = 'whoop-member'");
            handle.execute("delete from whoop_sync where state <> 'done'");
        });
        house.whoop().faults().add(FaultRule.always("/", FaultKind.HANG));
    }

    @Test
    void noPermitNoCallAndNoThreadIsTaken() throws Exception {
        Taken before = Taken.now();

        Callers.Load load = call(TIMES);

        Taken after = Taken.now();
        assertThat(load.requests()).isEqualTo(CALLERS * TIMES);
        assertThat(after.permits()).isEqualTo(before.permits());
        assertThat(after.calls()).isEqualTo(before.calls());
        assertThat(after.counts()).isEqualTo(before.counts());
        assertThat(after.readingThreads()).isEqualTo(before.readingThreads());
        assertThat(after.connections() - before.connections())
                .as("of WHOOP's database: those who look for jobs, each second")
                .isLessThan(load.requests() / 20);
    }

    @Test
    void whileSyncsHangNobodyNoticesAndNothingGrows() throws Exception {
        for (String member : MEMBERS) {
            assertThat(house.send("POST", "/internal/sync/" + member, "").statusCode())
                    .isEqualTo(202);
        }
        House.await(() -> house.whoop().stats().callsAnswered("hang") >= MEMBERS.size());
        Taken before = Taken.now();
        long heap = heap();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        ManagementFactory.getThreadMXBean().resetPeakThreadCount();

        Callers.Load load = call(TIMES);

        Taken after = Taken.now();
        int peak = ManagementFactory.getThreadMXBean().getPeakThreadCount();
        assertThat(load.requests()).isEqualTo(CALLERS * TIMES);
        assertThat(after.calls() - before.calls()).isBetween(0L, (long) ATTEMPTS);
        assertThat(after.permits() - before.permits()).isBetween(0L, (long) ATTEMPTS);
        assertThat(after.readingThreads()).isEqualTo(before.readingThreads());
        assertThat(peak - threads).isLessThanOrEqualTo(CALLERS + CONFIGURED_THREADS);
        assertThat(heap() - heap).isLessThan(HEAP);
    }

    private static Callers.Load call(int times) throws Exception {
        String undisturbed = house.getWithoutKey(PATH).body();
        Callers.Load load = new Callers(house.uri("/").getPort(), PATH, CALLERS).ask(times);
        assertThat(load.answers()).contains("HTTP/1.1 200 OK\n" + undisturbed);
        assertThat(load.answers().stream().filter(answer -> !answer.endsWith(undisturbed)))
                .as("on a slow machine, and of Sahha's own limits")
                .allMatch(answer -> answer.startsWith("HTTP/1.1 503 "));
        return load;
    }

    private static long syncs(String condition) {
        return house.whoopDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from scheduled_tasks where task_name = 'whoop-member' and "
                                        + condition)
                        .mapTo(Long.class)
                        .one());
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * What is WHOOP's and can be taken.
     *
     * @param counts everything that is counted under WHOOP's name
     * @param readingThreads threads that have ever been made for reading sources and are still there
     */
    private record Taken(long permits, long calls, Map<String, Long> counts, long connections, long readingThreads) {

        static Taken now() {
            QuotaGovernor quota =
                    new QuotaGovernor(house.whoopDatabase().jdbi(), house.clock(), new QuotaConfiguration());
            Map<String, Long> counts = new TreeMap<>();
            metrics.getMetrics().forEach((name, metric) -> {
                if (name.toLowerCase(Locale.ROOT).contains("whoop") && metric instanceof Counting counting) {
                    counts.put(name, counting.getCount());
                }
            });
            return new Taken(
                    quota.status().usedInDay(),
                    house.whoop().stats().calls(),
                    counts,
                    metrics
                            .getGauges((name, metric) -> name.contains("whoop-db") && name.endsWith("borrowed"))
                            .values()
                            .stream()
                            .mapToLong(Taken::number)
                            .sum(),
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("source-read"))
                            .count());
        }

        private static long number(Gauge<?> gauge) {
            return ((Number) gauge.getValue()).longValue();
        }
    }
}
