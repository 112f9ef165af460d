package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.TestDatabase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A start with a warm-up: what callers, operators and databases see of it. */
class WarmUpOfTheServiceTest {

    private static final AtomicReference<MetricRegistry> metrics = new AtomicReference<>();
    private static final AtomicInteger calls = new AtomicInteger();
    private static final AtomicReference<LogLines> lines = new AtomicReference<>();

    private static HttpServer sources;
    private static RunningApp app;
    private static HttpResponse<String> liveAtOnce;
    private static HttpResponse<String> readyAtOnce;
    private static Object gaugeAtOnce;

    @BeforeAll
    static void start() throws Exception {
        sources = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sources.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        sources.start();
        String url = "http://localhost:" + sources.getAddress().getPort();
        app = new RunningApp(
                        environment -> {
                            metrics.set(environment.metrics());
                            environment.lifecycle().addServerLifecycleListener(server -> lines.set(LogLines.ofAll()));
                        },
                        RunningApp.SHIPPED)
                .withSources(url, url)
                .with(Map.of("WARM_UP", "10s"))
                .start();
        liveAtOnce = app.exchange(app.request("/health/live").GET());
        readyAtOnce = app.exchange(app.request("/health/ready").GET());
        gaugeAtOnce = metrics.get().getGauges().get("warm_up.running").getValue();
        RunningApp.await(() -> ready().statusCode() == 200);
        RunningApp.await(() -> lines.get().messages().stream()
                .anyMatch(line -> line.startsWith("event=warm_up "))); // said after it is ready
    }

    @AfterAll
    static void stop() throws Exception {
        lines.get().close();
        app.close();
        sources.stop(0);
    }

    @Test
    void isUpAtOnceAndReadyOnceItIsWarm() {
        assertThat(liveAtOnce.statusCode()).isEqualTo(200);
        assertThat(readyAtOnce.statusCode()).isEqualTo(503);
        JsonNode then = app.jsonOf(readyAtOnce);
        assertThat(then.path("status").asText()).isEqualTo("not_ready");
        assertThat(then.path("checks").findValuesAsText("status")).containsOnlyOnce("warming");
        assertThat(gaugeAtOnce).isEqualTo(1);
        assertThat(app.jsonOf(ready()).path("checks").findValuesAsText("status"))
                .doesNotContain("warming");
        assertThat(metrics.get().getGauges().get("warm_up.running").getValue()).isEqualTo(0);
    }

    @Test
    void saysOnceHowItWentAndLogsNothingElseOfIt() {
        List<String> said = lines.get().messages().stream()
                .filter(line -> !line.contains("route=/health/"))
                .filter(line ->
                        line.contains("warm-up") || line.contains("event=warm_up") || line.contains("event=req"))
                .toList();

        assertThat(said)
                .singleElement()
                .asString()
                .startsWith("event=warm_up rounds=")
                .doesNotContain("left_out");
        assertThat(lines.get().lines())
                .noneMatch(line -> line.getThreadName().startsWith("warm-up-")
                        && !line.getFormattedMessage().startsWith("event=warm_up"));
    }

    @Test
    void callsNeitherSahhaNorWhoop() {
        assertThat(calls).hasValue(0);
    }

    @Test
    void leavesNothingInEitherDatabase() {
        assertThat(rowsThatMention(app.sahhaDatabase, "warm-up")).isEmpty();
        assertThat(rowsThatMention(app.whoopDatabase, "warm-up")).isEmpty();
        for (String table : List.of("whoop_inbox", "whoop_connection", "whoop_change", "member_key", "whoop_cycle")) {
            assertThat(count(app.whoopDatabase, table)).as(table).isZero();
        }
        assertThat(count(app.sahhaDatabase, "api_key")).as("the configured key").isEqualTo(1);
    }

    @Test
    void countsNothing() {
        MetricRegistry all = metrics.get();
        Stream<String> counted = Stream.of(
                        all.getCounters().entrySet().stream()
                                .filter(one -> one.getValue().getCount() != 0)
                                .map(Map.Entry::getKey),
                        all.getMeters().entrySet().stream()
                                .filter(one -> one.getValue().getCount() != 0)
                                .map(Map.Entry::getKey),
                        all.getTimers().entrySet().stream()
                                .filter(one -> one.getValue().getCount() != 0)
                                .map(Map.Entry::getKey))
                .flatMap(names -> names);

        assertThat(counted)
                .noneMatch(name -> name.contains("ebhook")
                        || name.startsWith("security")
                        || name.startsWith("access")
                        || name.contains("Existing")
                        || name.contains("Unified")
                        || name.contains("SAHHA")
                        || name.contains("WHOOP"));
    }

    private static HttpResponse<String> ready() {
        return app.exchange(app.request("/health/ready").GET());
    }

    private static int count(TestDatabase database, String table) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + table)
                        .mapTo(Integer.class)
                        .one());
    }

    private static List<String> rowsThatMention(TestDatabase database, String word) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select table_name from information_schema.tables
                        where table_schema = 'public' and table_type = 'BASE TABLE'""").mapTo(String.class).list().stream()
                        .filter(table -> handle.createQuery("select exists (select from \"" + table
                                        + "\" as one where cast(one as text) like '%" + word + "%')")
                                .mapTo(Boolean.class)
                                .one())
                        .toList());
    }
}
