package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.sahha.SahhaEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What callers of both ports wait for while somebody, such as a migration by hand, holds every table. */
class LockedTablesTest {

    private static final String ANNA = "demo-anna";

    /** A share of an answer and what else a request looks up; the pool of the jobs would hold it for half a minute. */
    private static final Duration LET_GO = Duration.ofSeconds(8);

    /** Pages of many figures, each of which may take a share. */
    private static final Duration PAGE_OF_FIGURES = Duration.ofSeconds(20);

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        assertThat(house.get("/api/v1/health-metrics/overview?profile_id=" + ANNA)
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private record Asked(String what, HttpRequest.Builder request) {}

    @Test
    void nobodyWhoWaitsForAnAnswerWaitsForALock() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        Map<String, Duration> times = new TreeMap<>();
        Map<String, Integer> statuses = new TreeMap<>();
        Map<String, String> retryAfter = new TreeMap<>();
        Asked delivery = delivery("waited");
        try (Lock sahha = Lock.ofAll(house.sahhaDatabase());
                Lock whoop = Lock.ofAll(house.whoopDatabase())) {
            List<CompletableFuture<Void>> under = new ArrayList<>();
            for (Asked one : everything(delivery)) {
                long begun = System.nanoTime();
                under.add(http.sendAsync(one.request().build(), BodyHandlers.ofString())
                        .handle((answer, failure) -> Optional.ofNullable(answer))
                        .thenAccept(answer -> {
                            synchronized (times) {
                                times.put(one.what(), Duration.ofNanos(System.nanoTime() - begun));
                                statuses.put(
                                        one.what(),
                                        answer.map(HttpResponse::statusCode).orElse(0));
                                answer.flatMap(given -> given.headers().firstValue("Retry-After"))
                                        .ifPresent(seconds -> retryAfter.put(one.what(), seconds));
                            }
                        }));
            }
            CompletableFuture.allOf(under.toArray(CompletableFuture[]::new)).join();
        }

        assertThat(statuses).doesNotContainValue(0);
        assertThat(times)
                .allSatisfy((what, time) ->
                        assertThat(time).as(what).isLessThan(what.startsWith("admin") ? PAGE_OF_FIGURES : LET_GO));
        assertThat(statuses).containsEntry("webhook of WHOOP", 503).containsEntry("webhook of Sahha", 503);
        assertThat(statuses).containsEntry("live", 200).containsEntry("integration", 200);
        assertThat(statuses).containsEntry("connection", 503).containsEntry("validation", 503);
        assertThat(statuses).containsEntry("connecting", 503).containsEntry("initiation", 503);
        assertThat(retryAfter).containsEntry("connecting", "5").containsEntry("initiation", "5");
        statuses.remove("admin /healthcheck"); // says by 500 that something is not well
        assertThat(statuses.values()).doesNotContain(500);
        HttpResponse<String> sentAgain = house.exchange(delivery.request());
        assertThat(sentAgain.statusCode()).isEqualTo(204);
    }

    @Test
    void readersFindAConnectionHoweverManyWebhooksWaitForALock() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        List<CompletableFuture<Integer>> deliveries = new ArrayList<>();
        List<Integer> reads = new ArrayList<>();
        try (Lock inbox = new Lock(house.sahhaDatabase(), List.of("sahha_inbox"))) {
            for (int i = 0; i < 20; i++) {
                deliveries.add(http.sendAsync(sahhaDelivery().request().build(), BodyHandlers.ofString())
                        .thenApply(HttpResponse::statusCode));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(deliveries.toArray(CompletableFuture[]::new));
            do {
                reads.add(house.get("/api/v1/health-metrics/overview?profile_id=" + ANNA)
                        .statusCode());
            } while (!all.isDone());
        }

        assertThat(reads).containsOnly(200);
        assertThat(deliveries).allSatisfy(status -> assertThat(status.join()).isEqualTo(503));
    }

    private static List<Asked> everything(Asked delivery) {
        List<Asked> all = new ArrayList<>(List.of(
                get("live", "/health/live"),
                get("ready", "/health/ready"),
                get("existing", "/api/v1/health-metrics/overview?profile_id=" + ANNA),
                get(
                        "existing with WHOOP",
                        "/api/v1/health-metrics/overview?profile_id=" + ANNA + "&include_whoop=true"),
                get("unified", "/api/v1/unified-health/overview/" + ANNA),
                get("integration", "/api/v1/unified-health/health/whoop"),
                get("detailed", "/api/v1/health/detailed"),
                get("connection", "/internal/oauth/status/" + ANNA),
                post("validation", "/internal/oauth/validate/" + ANNA, ""),
                post("initiation", "/internal/oauth/initiate", "{\"user_id\":\"demo-ben\"}"),
                post("callback of a service", "/internal/oauth/callback", "{\"code\":\"c\",\"state\":\"s\"}"),
                get("callback of a browser", "/api/v1/whoop/callback?code=c&state=s"),
                get("connect link", "/connect/whoop/somewhere"),
                post("connecting", "/api/v1/unified-health/connect/whoop/demo-ben", ""),
                request("disconnecting", "/internal/oauth/disconnect/demo-dina", "DELETE", ""),
                post("sync", "/internal/sync/" + ANNA, ""),
                get("internal data", "/internal/data/health/" + ANNA),
                delivery,
                sahhaDelivery()));
        for (String path : List.of("/healthcheck", "/quota", "/metrics", "/prometheus", "/flags")) {
            all.add(admin(path, "GET"));
        }
        all.add(admin("/tasks/quota?action=unblock&window=minute", "POST"));
        return all;
    }

    private static Asked get(String what, String path) {
        return request(what, path, "GET", "");
    }

    private static Asked post(String what, String path, String body) {
        return request(what, path, "POST", body);
    }

    private static Asked request(String what, String path, String method, String body) {
        return new Asked(
                what,
                house.request(path)
                        .timeout(Duration.ofSeconds(40))
                        .header("X-API-Key", House.KEY)
                        .header("Content-Type", "application/json")
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static Asked admin(String path, String method) {
        URI uri = house.adminUri(path);
        return new Asked(
                "admin " + path,
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(40))
                        .header("X-API-Key", House.KEY)
                        .method(method, BodyPublishers.noBody()));
    }

    private static Asked delivery(String trace) throws Exception {
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        byte[] body = ("{\"user_id\":" + account + ",\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\","
                        + "\"type\":\"workout.updated\",\"trace_id\":\"" + trace + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        String now = Long.toString(house.clock().instant().toEpochMilli());
        byte[] signed = (now + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        return new Asked(
                "webhook of WHOOP",
                house.request("/webhooks/whoop")
                        .timeout(Duration.ofSeconds(40))
                        .header("Content-Type", "application/json")
                        .header(
                                "X-WHOOP-Signature",
                                Base64.getEncoder().encodeToString(hmac("sandbox-client-secret", signed)))
                        .header("X-WHOOP-Signature-Timestamp", now)
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    private static Asked sahhaDelivery() {
        String body = "{\"id\":\"waited\",\"externalId\":\"" + ANNA + "\",\"type\":\"sleep\",\"score\":0.5}";
        return new Asked(
                "webhook of Sahha",
                house.request("/webhooks/sahha")
                        .timeout(Duration.ofSeconds(40))
                        .header("Content-Type", "application/json")
                        .header("X-Event-Type", "ScoreCreatedIntegrationEvent")
                        .header("X-Signature", SahhaEvent.sign(House.SAHHA_WEBHOOK_SECRET, body))
                        .POST(BodyPublishers.ofString(body)));
    }

    private static byte[] hmac(String secret, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tables that nobody else has. */
    private static final class Lock implements AutoCloseable {

        private final Connection connection;

        /** Of all but Liquibase's. */
        static Lock ofAll(TestDatabase database) throws SQLException {
            List<String> tables = database.jdbi()
                    .withHandle(handle -> handle.createQuery("select tablename from pg_tables"
                                    + " where schemaname = 'public' and tablename not like 'databasechange%'")
                            .mapTo(String.class)
                            .list());
            return new Lock(database, tables);
        }

        Lock(TestDatabase database, List<String> tables) throws SQLException {
            connection = database.dataSource().getConnection();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("lock table " + String.join(", ", tables) + " in access exclusive mode");
            }
        }

        @Override
        public void close() throws SQLException {
            connection.rollback();
            connection.close();
        }
    }
}
