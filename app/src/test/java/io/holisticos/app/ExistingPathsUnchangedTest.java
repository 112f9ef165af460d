package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever happens to WHOOP, callers of the eleven existing paths read the same bytes, and unified answers stay whole. */
class ExistingPathsUnchangedTest {

    private static final List<String> ELEVEN = List.of(
            "/",
            "/health",
            "/api/v1/health-metrics/overview?profile_id=demo-anna&period=today",
            "/api/v1/health-metrics/activity?profile_id=demo-anna&period=today",
            "/api/v1/health-metrics/sleep?profile_id=demo-anna&period=today",
            "/api/v1/health-metrics/recovery?profile_id=demo-anna&period=today",
            "/api/v1/health-metrics/scores?profile_id=demo-anna",
            "/api/v1/health-metrics/biomarkers?profile_id=demo-anna",
            "/api/v1/sahha/scores?user_id=demo-anna&start_date=2026-11-15&end_date=2026-11-22&limit=1000",
            "/api/v1/sahha/biomarkers?user_id=demo-anna&start_date=2026-11-15&end_date=2026-11-22&limit=1000",
            "/api/v1/sahha/archetypes?user_id=demo-anna&limit=100");

    /** What the design promises for any unified answer, whatever the state of its sources. */
    private static final Duration PROMISED = Duration.ofSeconds(5);

    private static House house;
    private static Map<String, String> undisturbed;
    private static JsonNode sahhaPart;

    @BeforeAll
    static void readUndisturbed() throws Exception {
        house = House.open();
        house.connect("demo-anna");
        undisturbed = elevenBodies(house);
        sahhaPart = sahhaPartOf(unified(house));
        assertThat(unified(house).path("data_sources").toString()).isEqualTo("[\"sahha\",\"whoop\"]");
        assertThat(sahhaPart.path("readiness").isObject()).isTrue();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void mend() throws SQLException {
        house.whoop().faults().clear();
        letConnect(house.whoopDatabase(), true);
        flag(true);
        House.await(() -> statusOf(unified(house), "whoop").equals("ok")); // connections come back by themselves
    }

    @Test
    void whileWhoopIsOn() throws Exception {
        assertNothingChanged("ok");
    }

    @Test
    void whileWhoopIsSwitchedOff() throws Exception {
        flag(false);

        assertNothingChanged("disabled");
    }

    @Test
    void whileWhoopHangs() throws Exception {
        house.whoop().faults().add(FaultRule.always("/", FaultKind.HANG));

        assertNothingChanged("ok");
    }

    @Test
    void whileWhoopAnswersGarbage() throws Exception {
        house.whoop().faults().add(FaultRule.always("/", FaultKind.GARBAGE));

        assertNothingChanged("ok");
    }

    @Test
    void whileWhoopsDatabaseIsDown() throws Exception {
        letConnect(house.whoopDatabase(), false);

        assertNothingChanged("unavailable");
    }

    @Test
    void whileWhoopIsStopped() throws Exception {
        try (House other = House.open()) {
            other.connect("demo-anna");
            Map<String, String> before = elevenBodies(other);
            JsonNode unifiedBefore = unified(other);

            other.whoop().stop();

            assertThat(elevenBodies(other)).isEqualTo(before);
            JsonNode unifiedAfter = unified(other);
            assertThat(sahhaPartOf(unifiedAfter)).isEqualTo(sahhaPartOf(unifiedBefore));
            assertThat(statusOf(unifiedAfter, "whoop")).isEqualTo("ok"); // what is held is served
        }
    }

    @Test
    void whileThereIsNoWhoopAtAll() throws Exception {
        try (House without = House.openWith(Map.of("WHOOP_CLIENT_ID", "", "WHOOP_CLIENT_SECRET", ""))) {
            assertThat(without.get("/api/v1/health-metrics/overview?profile_id=demo-anna&period=today")
                            .statusCode())
                    .isEqualTo(200);
            JsonNode unified = without.jsonOf(without.get("/api/v1/unified-health/overview/demo-anna"));
            assertThat(statusOf(unified, "whoop")).isEqualTo("disabled");
            assertThat(statusOf(unified, "sahha")).isEqualTo("ok");
        }
    }

    private static void assertNothingChanged(String whoopStatus) throws Exception {
        assertThat(elevenBodies(house)).isEqualTo(undisturbed);

        long begun = System.nanoTime();
        JsonNode answer = unified(house);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PROMISED);
        assertThat(statusOf(answer, "whoop")).isEqualTo(whoopStatus);
        assertThat(statusOf(answer, "sahha")).isEqualTo("ok");
        assertThat(sahhaPartOf(answer)).isEqualTo(sahhaPart);
    }

    private static Map<String, String> elevenBodies(House house) {
        Map<String, String> bodies = new LinkedHashMap<>();
        for (String path : ELEVEN) {
            HttpResponse<String> answer = house.getWithoutKey(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            bodies.put(path, answer.body());
        }
        return bodies;
    }

    private static JsonNode unified(House house) {
        HttpResponse<String> answer = house.get("/api/v1/unified-health/overview/demo-anna");
        assertThat(answer.statusCode()).isEqualTo(200);
        return house.jsonOf(answer);
    }

    /** Sahha's scores: they never compete, so they are the same with and without WHOOP beside them. */
    private static JsonNode sahhaPartOf(JsonNode unified) {
        var scores = (com.fasterxml.jackson.databind.node.ObjectNode)
                unified.path("scores").deepCopy();
        scores.remove(List.of("whoop_recovery", "whoop_strain", "whoop_sleep_performance"));
        return scores;
    }

    private static String statusOf(JsonNode unified, String source) {
        for (JsonNode one : unified.path("sources")) {
            if (one.path("name").asText().equals(source)) {
                return one.path("status").asText();
            }
        }
        return "";
    }

    private static void flag(boolean on) {
        HttpResponse<String> answer =
                house.admin("PUT", "/flags/WHOOP_INTEGRATION", "{\"enabled\":" + on + "}", "X-API-Key", House.KEY);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static void letConnect(TestDatabase database, boolean allowed) throws SQLException {
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
