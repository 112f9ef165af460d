package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.GeneratedInputs.Kind;
import io.holisticos.testing.TestDatabase;
import io.holisticos.testing.TokenIssuer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A hundred thousand generated requests through the callback, both webhooks, addresses, credentials and members' tokens: none is answered with
 * a fault of ours or hangs, and nothing grows. {@code -Dinputs.seed} takes another seed than the one of every build.
 */
@Tag("deep")
class GeneratedInputsTest {

    private static final int INPUTS = 100_000;
    private static final int CALLERS = 4;
    private static final long SEED = Long.getLong("inputs.seed", 20_261_122);

    /** What signed deliveries may fill, whom Sahha knows, and the bounded counts of callers without a credential. */
    private static final List<String> MAY_GROW =
            List.of("sahha_profile_check", "sahha_inbox", "whoop_inbox", "change_notice", "observed_caller");

    private static final long MEGABYTE = 1024 * 1024;

    /** Whatever takes as long as the connection's patience is a failure. */
    private static final AtomicLong slowest = new AtomicLong();

    private static final TokenIssuer ISSUER = new TokenIssuer("generated");
    private static final ScriptedServer KEYS = new ScriptedServer();

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        KEYS.on("/jwks.json", ScriptedServer.Reply.json(ISSUER.keys().toString()));
        house = House.openWith(Map.of(
                "LOG_LEVEL",
                "WARN",
                "SAHHA_CALLS_PER_SECOND",
                "1000",
                "JWT_ISSUER",
                TokenIssuer.ISSUER,
                "JWT_AUDIENCE",
                TokenIssuer.AUDIENCE,
                "JWT_JWKS_URL",
                KEYS.url() + "/jwks.json"));
        house.connect("demo-anna");
        for (String known :
                List.of("demo-anna", "demo-ben")) { // whose rows are asked of Sahha when they are first read
            house.get("/api/v1/health-metrics/overview?profile_id=" + known);
            house.get("/api/v1/health-metrics/biomarkers?profile_id=" + known);
        }
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
        KEYS.close();
    }

    /** How large everything is that could grow. */
    private record Size(long heapMegabytes, int threads, int metrics, Map<String, Long> rows) {

        static Size now() {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            Map<String, Long> rows = new TreeMap<>();
            for (TestDatabase database : List.of(house.sahhaDatabase(), house.whoopDatabase())) {
                rows.putAll(Rows.of(database));
            }
            MAY_GROW.forEach(rows::remove);
            int metrics = 0;
            for (String kind : List.of("gauges", "counters", "histograms", "meters", "timers")) {
                metrics += house.jsonOf(house.admin("GET", "/metrics", ""))
                        .path(kind)
                        .size();
            }
            return new Size(
                    (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    metrics,
                    rows);
        }
    }

    @Test
    void noneIsAFaultOfOursOrHangsAndNothingGrows() throws Exception {
        send(5_000, SEED + 1); // what is built once, such as pools and code
        Size before = Size.now();

        Map<Kind, Map<Integer, Integer>> statuses = send(INPUTS, SEED);

        Size after = Size.now();
        System.out.println("seed " + SEED + ": " + statuses + ", the slowest took "
                + Duration.ofNanos(slowest.get()).toMillis() + " ms");
        for (Map<Integer, Integer> ofKind : statuses.values()) {
            assertThat(ofKind.keySet()).allMatch(status -> status < 500 || status == 503);
        }
        assertThat(statuses.get(Kind.CALLBACK).keySet()).doesNotContain(200, 302, 303, 503);
        assertThat(statuses.get(Kind.CREDENTIAL).keySet()).isSubsetOf(400, 401, 431);
        assertThat(statuses.get(Kind.FORGED_TOKEN).keySet()).containsExactly(401);
        assertThat(statuses.get(Kind.SIGNED_TOKEN).keySet()).containsExactly(200, 401, 404);
        assertThat(statuses.get(Kind.WHOOP_WEBHOOK).keySet()).contains(204, 400, 401);
        assertThat(statuses.get(Kind.SAHHA_WEBHOOK).keySet()).contains(204, 400, 401);
        assertThat(statuses.get(Kind.QUERY).keySet()).contains(200, 400, 404);
        assertThat(after.rows()).isEqualTo(before.rows());
        assertThat(after.metrics()).isEqualTo(before.metrics());
        assertThat(after.threads()).isLessThan(before.threads() + 40);
        assertThat(after.heapMegabytes()).isLessThan(before.heapMegabytes() + 80);
        assertThat(house.get("/health/ready").statusCode()).isEqualTo(200);
    }

    private static Map<Kind, Map<Integer, Integer>> send(int count, long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Callable<Map<Kind, Map<Integer, Integer>>>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                long own = seed * CALLERS + i;
                callers.add(() -> call(count / CALLERS, own));
            }
            Map<Kind, Map<Integer, Integer>> all = new TreeMap<>();
            for (Future<Map<Kind, Map<Integer, Integer>>> caller : threads.invokeAll(callers)) {
                caller.get()
                        .forEach((kind, statuses) ->
                                statuses.forEach((status, times) -> all.computeIfAbsent(kind, key -> new TreeMap<>())
                                        .merge(status, times, Integer::sum)));
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Map<Kind, Map<Integer, Integer>> call(int count, long seed) throws Exception {
        String host = house.uri("").getHost();
        int port = house.uri("").getPort();
        GeneratedInputs inputs = new GeneratedInputs(seed, host + ":" + port, ISSUER);
        Map<Kind, Map<Integer, Integer>> statuses = new HashMap<>();
        try (KeptConnection connection = new KeptConnection(host, port)) {
            for (int i = 0; i < count; i++) {
                Kind kind = Kind.values()[i % Kind.values().length];
                byte[] request = inputs.next(kind, house.clock().instant());
                long begun = System.nanoTime();
                int status;
                try {
                    status = connection.statusOf(request);
                } catch (IOException e) {
                    throw new AssertionError("seed " + seed + ", input " + i + " of kind " + kind, e);
                }
                slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                assertThat(status)
                        .as("seed %d, input %d of kind %s", seed, i, kind)
                        .isNotIn(500, 502, 504);
                statuses.computeIfAbsent(kind, key -> new TreeMap<>()).merge(status, 1, Integer::sum);
            }
        }
        return statuses;
    }
}
