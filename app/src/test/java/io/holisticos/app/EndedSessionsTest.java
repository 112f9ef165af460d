package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ApiDocument.Route;
import io.holisticos.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service on databases that end its sessions, or take no writes for a while. */
class EndedSessionsTest {

    private static final String ANNA = "demo-anna";
    private static final String BEN = "demo-ben";
    private static final String OVERVIEW = "/api/v1/health-metrics/overview?profile_id=" + ANNA;
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

    private static House house;
    private static int events;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        assertThat(house.get(OVERVIEW).statusCode()).isEqualTo(200); // Sahha's rows are held from here on
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void noRouteOfEitherPortFailsAfterAllSessionsWereEnded() throws Exception {
        List<String> failed = new ArrayList<>();
        for (Map.Entry<String, Supplier<HttpResponse<String>>> call : calls().entrySet()) {
            HttpResponse<String> before = call.getValue().get(); // its connections are found good a moment ago
            assertThat(before.statusCode()).as(call.getKey()).isLessThan(500);
            endSessions();

            HttpResponse<String> answer = call.getValue().get();

            if (answer.statusCode() >= 500) {
                failed.add(call.getKey() + " → " + answer.statusCode() + ' ' + answer.body());
            }
        }
        assertThat(failed).isEmpty();
    }

    @Test
    void readOnlyDatabasesAreReadAndSaidAndWrittenAgainAsSoonAsTheyCanBe() throws Exception {
        readOnly(true);
        try {
            endSessions();
            assertThat(house.get(OVERVIEW).statusCode()).isEqualTo(200);
            HttpResponse<String> checks = house.admin("GET", "/healthcheck", "");
            assertThat(checks.statusCode()).isEqualTo(500);
            for (String name : List.of("sahha-db", "whoop-db")) {
                JsonNode check = house.jsonOf(checks).path(name);
                assertThat(check.path("healthy").asBoolean()).as(name).isFalse();
                assertThat(check.path("message").asText()).as(name).contains("is read-only", "default_transaction");
            }
            House.await(() -> ready().contains("\"status\":\"degraded\"")); // what was seen before holds for a second
            assertThat(house.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(sahhaEvent("read-only").statusCode()).isEqualTo(503);
        } finally {
            readOnly(false); // the sessions that are there stay read-only
        }

        assertThat(sahhaEvent("read-only").statusCode()).isEqualTo(204);
        awaitHealthy();
        House.await(() -> ready().contains("\"status\":\"ready\""));
    }

    @Test
    void noRouteOfEitherPortCallsItAFaultOfOursThatTheDatabasesAreReadOnly() throws Exception {
        Map<String, Supplier<HttpResponse<String>>> calls = calls();
        List<String> failed = new ArrayList<>();
        readOnly(true);
        try {
            endSessions();
            for (Map.Entry<String, Supplier<HttpResponse<String>>> call : calls.entrySet()) {
                HttpResponse<String> answer = call.getValue().get();
                if (answer.statusCode() == 500 && !call.getKey().equals("admin /healthcheck")) {
                    failed.add(call.getKey() + " → " + answer.statusCode() + ' ' + answer.body());
                }
            }
        } finally {
            readOnly(false);
            endSessions();
        }
        assertThat(failed).isEmpty();
        awaitHealthy();
    }

    private static void awaitHealthy() {
        try {
            House.await(() -> house.admin("GET", "/healthcheck", "").statusCode() == 200);
        } catch (AssertionError e) {
            throw new AssertionError(house.admin("GET", "/healthcheck", "").body(), e);
        }
    }

    private static String ready() {
        return house.get("/health/ready").body();
    }

    private static Map<String, Supplier<HttpResponse<String>>> calls() throws Exception {
        Map<String, Supplier<HttpResponse<String>>> calls = new LinkedHashMap<>();
        List<Route> routes = new ArrayList<>(ApiDocument.routes(house));
        routes.sort(Comparator.comparing(route -> METHODS.indexOf(route.method())));
        assertThat(routes).hasSizeGreaterThan(30);
        String link = house.connectUrl(BEN);
        for (Route route : routes) {
            String path = route.to(ANNA).replace("{link}", link.substring(link.lastIndexOf('/') + 1));
            switch (path) {
                case "/webhooks/sahha" -> calls.put(route.toString(), EndedSessionsTest::freshSahhaEvent);
                case "/webhooks/whoop" -> calls.put(route.toString(), EndedSessionsTest::freshWhoopEvent);
                default -> calls.put(route.toString(), () -> ask(route, path));
            }
        }
        for (String path :
                List.of("/healthcheck", "/flags", "/flags/WHOOP_SYNC", "/quota", "/metrics", "/prometheus")) {
            calls.put("admin " + path, () -> house.admin("GET", path, ""));
        }
        calls.put(
                "admin PUT /flags",
                () -> house.admin("PUT", "/flags/PARALLEL_READ", "{\"enabled\":true}", "X-API-Key", House.KEY));
        return calls;
    }

    private static HttpResponse<String> ask(Route route, String path) {
        String query = path.startsWith("/api/v1/sahha/")
                ? "?user_id=" + ANNA
                : path.startsWith("/api/v1/health-metrics/")
                        ? "?profile_id=" + ANNA
                        : path.endsWith("/callback") ? "?code=none&state=none" : "";
        if (path.startsWith("/connect/")) {
            return house.exchange(house.request(path)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .method(route.method(), BodyPublishers.ofString("none=none")));
        }
        if (path.contains("/explain/")) {
            return house.get(path + "?metric=steps");
        }
        if (path.contains("/preferences/") && route.method().equals("PUT")) {
            String first = ++events % 2 == 0 ? "sahha" : "whoop"; // each is a change
            return house.send("PUT", path, "{\"order\":[\"" + first + "\"]}");
        }
        String body =
                path.endsWith("/callback") ? "{\"code\":\"none\",\"state\":\"none\"}" : "{\"user_id\":\"" + BEN + "\"}";
        boolean hasBody = path.startsWith("/internal/oauth/") && route.method().equals("POST");
        return house.send(route.method(), path + (hasBody ? "" : query), hasBody ? body : "");
    }

    private static HttpResponse<String> freshSahhaEvent() {
        return sahhaEvent("event-" + ++events);
    }

    private static HttpResponse<String> sahhaEvent(String id) {
        return post("/webhooks/sahha", Signed.sahhaScore(BEN, id));
    }

    private static HttpResponse<String> freshWhoopEvent() {
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        return post(
                "/webhooks/whoop",
                Signed.whoopSleep(account, "trace-" + ++events, house.clock().instant()));
    }

    private static HttpResponse<String> post(String path, Signed signed) {
        HttpRequest.Builder request =
                house.request(path).POST(BodyPublishers.ofString(signed.body(), StandardCharsets.UTF_8));
        signed.headers().forEach(request::header);
        return house.exchange(request);
    }

    private static void endSessions() {
        for (TestDatabase database : List.of(house.sahhaDatabase(), house.whoopDatabase())) {
            database.jdbi()
                    .useHandle(handle ->
                            handle.createQuery("""
                            select pg_terminate_backend(pid, 10000) from pg_stat_activity
                            where datname = current_database() and pid <> pg_backend_pid()""").mapTo(Boolean.class).list());
        }
    }

    /** For sessions that begin from now on. */
    private static void readOnly(boolean on) {
        for (TestDatabase database : List.of(house.sahhaDatabase(), house.whoopDatabase())) {
            database.jdbi().useHandle(handle -> {
                String name = handle.createQuery("select current_database()")
                        .mapTo(String.class)
                        .one();
                handle.execute("set default_transaction_read_only = off");
                handle.execute("alter database " + name + " set default_transaction_read_only = " + on);
            });
        }
    }
}
