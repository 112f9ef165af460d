package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ApiDocument.Route;
import io.holisticos.app.access.ObservedCallerStore;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may do what is decided first: before the body, the parameters, and whether there is such a member. */
class AccessTest {

    private static final Set<String> EVERY_SCOPE = Set.of(
            Scope.HEALTH_READ,
            Scope.PREFERENCES_WRITE,
            Scope.CONNECT,
            Scope.PRIVACY,
            Scope.INTERNAL,
            Scope.OPERATOR,
            Scope.METRICS);

    private static final String OVERVIEW = "/api/v1/health-metrics/overview?profile_id=demo-anna";

    /** Breaks the rule for ids, so that a look at it would show. */
    private static final String BAD_ID = "x".repeat(101);

    private static House house;
    private static List<Route> routes;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        routes = ApiDocument.routes(house).stream()
                .filter(route -> route.needsKey() && !route.path().startsWith("/session")) // they ask for no scope
                .toList();
        ApiKeyStore keys = new ApiKeyStore(house.sahhaDatabase().jdbi());
        for (String scope : EVERY_SCOPE) {
            Set<String> others = new HashSet<>(EVERY_SCOPE);
            others.remove(scope);
            keys.save("all-but-" + scope, "all but " + scope, others, House.START);
            keys.save("only-" + scope, "only " + scope, Set.of(scope), House.START);
        }
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void thereAreRoutesToAsk() {
        assertThat(routes)
                .extracting(Route::toString)
                .hasSizeGreaterThan(15)
                .contains(
                        "GET /api/v1/unified-health/overview/{user_id}",
                        "POST /api/v1/unified-health/connect/whoop/{user_id}",
                        "POST /api/v1/unified-health/overviews",
                        "DELETE /internal/oauth/disconnect/{user_id}",
                        "GET /internal/data/sleep/{user_id}");
    }

    @Test
    void nobodyComesInWithoutAKeyWeKnow() {
        for (Route route : routes) {
            assertUnauthenticated(route, send(route, BAD_ID, null));
            assertUnauthenticated(route, send(route, BAD_ID, "an-unknown-key"));
            assertUnauthenticated(route, send(route, "nobody", "x".repeat(500)));
            assertUnauthenticated(route, send(route, "nobody", " "));
        }
    }

    @Test
    void aKeyWithoutTheScopeIsRefused() {
        for (Route route : routes) {
            HttpResponse<String> answer = send(route, BAD_ID, "all-but-" + route.scope());

            assertProblem(route, answer, 403, "forbidden");
            assertThat(house.jsonOf(answer).path("detail").asText()).contains(route.scope());
        }
    }

    @Test
    void theScopeAloneIsEnoughToBeHeard() {
        for (Route route : routes) {
            HttpResponse<String> answer = send(route, BAD_ID, "only-" + route.scope());

            assertThat(answer.statusCode())
                    .as(route + " " + answer.body())
                    .isEqualTo(
                            route.path().contains("{user_id}")
                                            || !route.method().equals("GET")
                                    ? 400
                                    : 200);
        }
    }

    @Test
    void theOldOverviewAsksForACredentialOnlyForWhoop() {
        assertThat(house.getWithoutKey(OVERVIEW).statusCode()).isEqualTo(200);
        for (String bad : List.of("", "&period=nonsense", "&profile_id=")) {
            HttpResponse<String> refused = house.getWithoutKey(OVERVIEW + "&include_whoop=true" + bad);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
            assertThat(house.jsonOf(refused).fieldNames()).toIterable().containsExactly("detail");
        }
        assertThat(withKey(house, OVERVIEW + "&include_whoop=true", "only-internal")
                        .statusCode())
                .isEqualTo(403);
        assertThat(withKey(house, OVERVIEW + "&include_whoop=true", "only-health:read")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void callersOfExistingPathsWithoutAKeyAreCounted() {
        long before = counted();

        house.getWithoutKey(OVERVIEW);
        house.getWithoutKey("/api/v1/sahha/scores?user_id=demo-anna");
        house.get(OVERVIEW);
        house.getWithoutKey("/health");
        house.getWithoutKey("/");

        assertThat(counted() - before).isEqualTo(2);
    }

    @Test
    void whomEnforceWouldRefuseIsInTheTableWhenAReplicaEnds() throws Exception {
        withKey(house, "/internal/oauth/status/nobody", "only-internal"); // from then on it is known
        withKey(house, "/api/v1/sahha/archetypes?user_id=demo-anna", "only-internal");
        house.getWithoutKey("/api/v1/sahha/archetypes?user_id=demo-anna");
        withKey(house, "/api/v1/sahha/archetypes?user_id=demo-anna", "a-key-that-nobody-has");

        house.restartApp();

        assertThat(new ObservedCallerStore(house.sahhaDatabase().jdbi()).read())
                .filteredOn(caller -> caller.route().equals("/api/v1/sahha/archetypes"))
                .extracting(caller -> caller.standing() + ' ' + caller.addressPrefix())
                .contains("missing_scope 127.0.0.0/24", "without_credential 127.0.0.0/24");
    }

    @Test
    void enforcedTheExistingPathsAskForAKey() throws Exception {
        try (House strict = House.openWith(Map.of("EXISTING_ROUTES", "enforce"))) {
            new ApiKeyStore(strict.sahhaDatabase().jdbi())
                    .save("only-internal", "only internal", Set.of(Scope.INTERNAL), House.START);
            for (String path : List.of(
                    OVERVIEW,
                    "/api/v1/health-metrics/sleep",
                    "/api/v1/sahha/scores?user_id=demo-anna",
                    "/api/v1/sahha/archetypes?limit=bad")) {
                HttpResponse<String> refused = strict.getWithoutKey(path);
                assertThat(refused.statusCode()).as(path).isEqualTo(401);
                assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
                assertThat(strict.jsonOf(refused).fieldNames()).toIterable().containsExactly("detail");
                assertThat(withKey(strict, path, "unknown-key").statusCode()).isEqualTo(401);
                assertThat(withKey(strict, path, "only-internal").statusCode()).isEqualTo(403);
            }
            assertThat(strict.get(OVERVIEW).statusCode()).isEqualTo(200);
            assertThat(strict.getWithoutKey("/").statusCode()).isEqualTo(200);
            assertThat(strict.getWithoutKey("/health").statusCode()).isEqualTo(200);
        }
    }

    private static long counted() {
        return house.jsonOf(house.admin("GET", "/metrics", ""))
                .path("meters")
                .path("access.existing_routes.without_credential")
                .path("count")
                .asLong(-1);
    }

    /** With a body that is no JSON: nobody may look at it yet. */
    private static HttpResponse<String> send(Route route, String userId, String key) {
        String body = route.method().equals("POST") ? "{" : "";
        var request = house.request(route.to(userId) + "?period=nonsense&from=x&date=y")
                .method(route.method(), body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (key != null) {
            request.header("X-API-Key", key);
        }
        return house.exchange(request);
    }

    private static HttpResponse<String> withKey(House at, String path, String key) {
        return at.exchange(at.request(path).header("X-API-Key", key).GET());
    }

    private static void assertUnauthenticated(Route route, HttpResponse<String> answer) {
        assertProblem(route, answer, 401, "unauthenticated");
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("ApiKey");
    }

    private static void assertProblem(Route route, HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(route + " " + answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = house.jsonOf(answer);
        assertThat(problem.path("code").asText()).as(route.toString()).isEqualTo(code);
    }
}
