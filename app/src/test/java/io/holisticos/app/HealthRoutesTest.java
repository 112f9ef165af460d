package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Probes, drain and integration health, as an orchestrator and an operator see them. */
class HealthRoutesTest {

    private static final String KEY = "X-API-Key";
    private static final String WHOOP = "/api/v1/unified-health/health/whoop";
    private static final String DETAILED = "/api/v1/health/detailed";

    private static final AtomicReference<MetricRegistry> metrics = new AtomicReference<>();
    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(environment -> metrics.set(environment.metrics()));
        house.connect("demo-anna");
        house.awaitReady();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void mend() throws Exception {
        letConnect(house.sahhaDatabase(), true);
        letConnect(house.whoopDatabase(), true);
        house.admin("POST", "/tasks/drain?undo=true", "", KEY, House.KEY);
        house.admin("PUT", "/flags/WHOOP_INTEGRATION", "{\"enabled\":true}", KEY, House.KEY);
        House.await(() -> statusOf(ready()).equals("ready"));
        House.await(() -> house.jsonOf(house.get(WHOOP)).path("status").asText().equals("ok")); // what was seen holds
    }

    @Test
    void theProcessIsUp() {
        HttpResponse<String> live = house.getWithoutKey("/health/live");

        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).isEqualTo("{\"status\":\"live\"}");
        assertThat(house.getWithoutKey("/health").body()).isEqualTo("{\"status\":\"healthy\"}");
    }

    @Test
    void readyNamesWhatItLookedAt() {
        JsonNode checks = house.jsonOf(ready()).path("checks");

        assertThat(checks.findValuesAsText("name"))
                .containsExactly(
                        "database",
                        "migrations",
                        "drain",
                        "whoop_database",
                        "whoop_breakers",
                        "whoop_vault",
                        "whoop_quota");
        assertThat(checks.findValuesAsText("status")).containsOnly("ok");
    }

    @Test
    void withoutItsDatabaseTheServiceIsUpAndNotReady() throws Exception {
        letConnect(house.sahhaDatabase(), false);

        House.await(() -> ready().statusCode() == 503);
        assertThat(statusOf(ready())).isEqualTo("not_ready");
        assertThat(checkOf(ready(), "database")).isEqualTo("down");
        assertThat(house.getWithoutKey("/health/live").statusCode()).isEqualTo(200);
        assertThat(house.getWithoutKey("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void withoutWhoopsDatabaseItIsReadyAndSaysSo() throws Exception {
        letConnect(house.whoopDatabase(), false);

        House.await(() -> checkOf(ready(), "whoop_database").equals("degraded"));
        assertThat(ready().statusCode()).isEqualTo(200);
        assertThat(statusOf(ready())).isEqualTo("degraded");
        House.await(() -> house.jsonOf(house.get(WHOOP)).path("status").asText().equals("down"));
        JsonNode whoop = house.jsonOf(house.get(WHOOP));
        assertThat(whoop.path("database").asText()).isEqualTo("down");
        assertThat(whoop.path("quota").isNull()).isTrue();
        JsonNode detailed = house.jsonOf(house.get(DETAILED));
        assertThat(detailed.path("status").asText()).isEqualTo("degraded");
        assertThat(detailed.path("integrations").path("sahha").path("status").asText())
                .isEqualTo("ok");
    }

    /** A table nobody can read, as long as somebody else holds it, in a database that answers everything else. */
    @Test
    void whereWhoopsDatabaseAnswersAndItsRowsCannotBeReadItIsDegradedAndNotDown() throws Exception {
        try (Connection other = house.whoopDatabase().dataSource().getConnection();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("lock table whoop_member_sync in access exclusive mode");

            House.await(
                    () -> house.jsonOf(house.get(WHOOP)).path("status").asText().equals("degraded"));
            JsonNode whoop = house.jsonOf(house.get(WHOOP));
            assertThat(whoop.path("database").asText()).isEqualTo("ok");
            assertThat(whoop.path("quota").isNull()).isTrue();
            assertThat(ready().statusCode()).isEqualTo(200);
            assertThat(checkOf(ready(), "whoop_database")).isEqualTo("degraded");
            other.rollback();
        }
    }

    @Test
    void integrationHealthSaysHowWhoopDoes() {
        JsonNode whoop = house.jsonOf(house.get(WHOOP));

        assertThat(whoop.path("status").asText()).isEqualTo("ok");
        assertThat(whoop.path("configured").asBoolean()).isTrue();
        assertThat(whoop.path("enabled").asBoolean()).isTrue();
        assertThat(whoop.path("jobs_running").asBoolean()).isTrue();
        assertThat(Instant.parse(whoop.path("last_synced_at").asText())).isAfterOrEqualTo(House.START);
        assertThat(whoop.path("breakers").findValuesAsText("state"))
                .isNotEmpty()
                .containsOnly("closed");
        assertThat(whoop.path("quota").path("minute").path("most").asInt()).isBetween(90, 100);
        assertThat(whoop.path("quota").path("day").path("used").asInt()).isPositive();
        assertThat(whoop.path("quota").path("blocked_until").isNull()).isTrue();
    }

    @Test
    void detailedHealthHasBothAndAWordForAll() {
        JsonNode detailed = house.jsonOf(house.get(DETAILED));

        assertThat(detailed.path("service").asText()).isEqualTo("unified-health");
        assertThat(detailed.path("status").asText()).isEqualTo("ok");
        assertThat(detailed.path("draining").asBoolean()).isFalse();
        assertThat(detailed.path("integrations").path("whoop").path("status").asText())
                .isEqualTo("ok");
        assertThat(Instant.parse(detailed.path("timestamp").asText())).isAfterOrEqualTo(House.START);
    }

    @Test
    void switchedOffIsNoTrouble() {
        house.admin("PUT", "/flags/WHOOP_INTEGRATION", "{\"enabled\":false}", KEY, House.KEY);

        House.await(() -> house.jsonOf(house.get(WHOOP)).path("status").asText().equals("disabled"));
        assertThat(house.jsonOf(house.get(WHOOP)).path("enabled").asBoolean()).isFalse();
        assertThat(house.jsonOf(house.get(DETAILED)).path("status").asText()).isEqualTo("ok");
    }

    /** The pool of jobs has one connection, and a refresh that waits for a table has it. */
    @Test
    void aServiceThatStartsWhileItsJobsWaitForALockIsReadyAllTheSame() throws Exception {
        try (House other = House.openWith(Map.of("SAHHA_DATABASE_JOBS_POOL", "1"));
                Connection connection = other.sahhaDatabase().dataSource().getConnection();
                Statement lock = connection.createStatement()) {
            connection.setAutoCommit(false);
            lock.execute("lock table scores in access exclusive mode");
            other.sahhaDatabase().jdbi().useHandle(handle -> handle.execute("""
                            insert into sahha_inbox
                                (body_sha256, position, event_type, profile_id, kind, received_at, due_at)
                            values ('a', 0, 'an event', 'somebody', 'scores', ?, ?)""", utc(House.START), utc(House.START)));
            House.await(() -> waitsForALock(other.sahhaDatabase()));
            long begun = System.nanoTime();

            other.awaitReady();
            assertThat(other.jsonOf(other.admin("GET", "/healthcheck", ""))
                            .path("migrations")
                            .path("healthy")
                            .asBoolean())
                    .isTrue();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            assertThat(waitsForALock(other.sahhaDatabase())).isTrue();
            connection.rollback();
        }
    }

    @Test
    void withoutCredentialsThereIsNoIntegration() throws Exception {
        try (House without = House.openWith(Map.of("WHOOP_CLIENT_ID", "", "WHOOP_CLIENT_SECRET", ""))) {
            JsonNode whoop = without.jsonOf(without.get(WHOOP));
            assertThat(whoop.path("status").asText()).isEqualTo("not_configured");
            assertThat(whoop.path("configured").asBoolean()).isFalse();
            without.awaitReady();
            assertThat(without.jsonOf(without.getWithoutKey("/health/ready"))
                            .path("checks")
                            .findValuesAsText("name"))
                    .containsExactly("database", "migrations", "drain");
        }
    }

    @Test
    void anOperatorDrainsAndUndoesItWhileRequestsAreServed() {
        assertThat(house.admin("POST", "/tasks/drain", "").statusCode()).isEqualTo(401);
        assertThat(ready().statusCode()).isEqualTo(200);

        assertThat(house.admin("POST", "/tasks/drain", "", KEY, House.KEY).body())
                .contains("\"draining\":true");

        assertThat(ready().statusCode()).isEqualTo(503);
        assertThat(statusOf(ready())).isEqualTo("draining");
        assertThat(gauge("drain.draining")).isEqualTo(1);
        assertThat(house.getWithoutKey("/api/v1/health-metrics/overview?profile_id=demo-anna")
                        .statusCode())
                .isEqualTo(200);
        assertThat(house.jsonOf(house.get(DETAILED)).path("draining").asBoolean())
                .isTrue();

        house.admin("POST", "/tasks/drain?undo=true", "", KEY, House.KEY);

        assertThat(ready().statusCode()).isEqualTo(200);
        assertThat(gauge("drain.draining")).isEqualTo(0);
    }

    /** The end waits for the request that is under way; meanwhile readiness has said no already. */
    @Test
    void onSigtermReadinessSaysNoWhileRequestsAreStillAnswered() throws Exception {
        Blocking blocking = new Blocking();
        AtomicReference<MetricRegistry> own = new AtomicReference<>();
        CompletableFuture<HttpResponse<String>> answer;
        CompletableFuture<Void> ending;
        House other = House.openWith(environment -> {
            own.set(environment.metrics());
            environment.jersey().register(blocking);
        });
        try {
            answer = CompletableFuture.supplyAsync(() -> other.getWithoutKey("/health/live?block=yes"));
            House.await(() -> blocking.inside() == 1);
            ending = CompletableFuture.runAsync(() -> {
                try {
                    other.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });

            House.await(
                    () -> own.get().getGauges().get("drain.draining").getValue().equals(1));
            assertThat(answer).isNotDone();
        } finally {
            blocking.letGo();
        }
        assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        ending.get(20, TimeUnit.SECONDS);
    }

    private static HttpResponse<String> ready() {
        return house.getWithoutKey("/health/ready");
    }

    private static String statusOf(HttpResponse<String> ready) {
        return house.jsonOf(ready).path("status").asText();
    }

    private static String checkOf(HttpResponse<String> ready, String name) {
        for (JsonNode check : house.jsonOf(ready).path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check.path("status").asText();
            }
        }
        return "absent";
    }

    private static boolean waitsForALock(TestDatabase database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select exists (select 1 from pg_stat_activity"
                                + " where datname = current_database() and wait_event_type = 'Lock')")
                        .mapTo(Boolean.class)
                        .one());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Object gauge(String name) {
        return metrics.get().getGauges().get(name).getValue();
    }

    private static void letConnect(TestDatabase database, boolean allowed) throws Exception {
        String name = database.url().replaceAll(".*/([^?]*).*", "$1");
        try (Connection connection = TestDatabase.empty().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + name + " allow_connections " + allowed);
            if (!allowed) {
                statement.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
            }
        }
    }
}
