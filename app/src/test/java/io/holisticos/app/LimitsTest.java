package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who is refused with 429 and who is not, on the whole service with small limits. Each test plays addresses of its own, behind a
 * proxy that is trusted.
 */
class LimitsTest {

    private static final String ROUTE = "/api/v1/health/detailed";
    private static final String EXISTING = "/api/v1/health-metrics/overview?profile_id=somebody";
    private static final String WRONG = "a-key-that-nobody-has-";

    /** Far more than the limits, however slow the machine is. */
    private static final int FLOOD = 60;

    private static ScriptedHouse house;
    private static ApiKeyStore keys;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.openWith(Map.of(
                "TRUSTED_PROXIES", "127.0.0.0/8,::1",
                "LIMIT_SERVICE", "5",
                "LIMIT_ADDRESS", "5",
                "LIMIT_EXISTING_ROUTES", "5"));
        keys = new ApiKeyStore(house.app().sahhaDatabase.jdbi());
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void aServiceBeyondItsLimitIsToldWhenToComeBackAndOthersAreAnswered() {
        save("busy-key", "busy", Scope.HEALTH_READ);
        save("calm-key", "calm", Scope.HEALTH_READ);

        HttpResponse<String> first = ask(ROUTE, "busy-key", "192.0.2.1");
        HttpResponse<String> refused = flood(() -> ask(ROUTE, "busy-key", "192.0.2.1"));

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(field(first, "RateLimit-Policy")).isEqualTo("\"service\";q=5;w=1");
        assertThat(field(first, "RateLimit")).isEqualTo("\"service\";r=4;t=1");
        assertProblem(refused, ROUTE);
        assertThat(field(refused, "RateLimit-Policy")).isEqualTo("\"service\";q=5;w=1");
        assertThat(field(refused, "RateLimit")).isEqualTo("\"service\";r=0;t=1");
        assertThat(ask(ROUTE, "calm-key", "192.0.2.1").statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyCountsForItselfAndNotForAnotherOfItsName() {
        save("former-key", "rotated", Scope.HEALTH_READ);
        save("latter-key", "rotated", Scope.HEALTH_READ);

        for (String route : List.of(ROUTE, EXISTING)) {
            assertThat(ask(route, "latter-key", "192.0.2.15").statusCode()).isEqualTo(200); // seen before
            flood(() -> ask(route, "former-key", "192.0.2.15"));

            assertThat(ask(route, "latter-key", "192.0.2.15").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aKeyThatMayNotDoThisCountsForItselfAndNotForItsAddress() {
        save("useless-key", "useless", Scope.PRIVACY);
        save("neighbour-key", "neighbour", Scope.HEALTH_READ);

        HttpResponse<String> refused = flood(() -> ask(ROUTE, "useless-key", "192.0.2.2"));

        assertThat(field(refused, "RateLimit-Policy")).startsWith("\"service\"");
        assertThat(ask(ROUTE, "neighbour-key", "192.0.2.2").statusCode()).isEqualTo(200);
    }

    @Test
    void whoTriesKeysIsRefusedBeforeAKeyIsLookedUpAndWhoeverIsKnownThereIsNot() {
        save("good-key", "good", Scope.HEALTH_READ);
        assertThat(ask(ROUTE, "good-key", "192.0.2.3").statusCode()).isEqualTo(200);

        HttpResponse<String> refused = flood(() -> ask(ROUTE, WRONG + System.nanoTime(), "192.0.2.3"));

        assertProblem(refused, ROUTE);
        assertThat(field(refused, "RateLimit-Policy")).isEqualTo("\"address\";q=5;w=1");
        try (Handle handle = house.app().sahhaDatabase.jdbi().open()) {
            handle.begin();
            handle.execute("lock table api_key in access exclusive mode");
            // Those within the limit wait for the table; however slow the machine is, the others do not.
            assertThat(atOnce(() -> ask(ROUTE, WRONG + "again", "192.0.2.3").statusCode()))
                    .contains(429);
            handle.rollback();
        }
        assertThat(ask(ROUTE, "good-key", "192.0.2.3").statusCode()).isEqualTo(200);
        assertThat(ask(ROUTE, WRONG + "elsewhere", "192.0.2.4").statusCode()).isEqualTo(401);
    }

    @Test
    void aBrowserThatIsSignedInIsNotRefusedBecauseOfOthersAtItsAddress() {
        save("browser-key", "browser", Scope.HEALTH_READ);
        String session = signIn(house.app().request("/session"), "browser-key", "192.0.2.14");
        assertThat(browse(session, "192.0.2.14").statusCode()).isEqualTo(200);

        HttpResponse<String> invented = flood(() -> browse("__Host-session=" + invented(), "192.0.2.14"));

        assertThat(field(invented, "RateLimit-Policy")).isEqualTo("\"address\";q=5;w=1");
        assertThat(browse("theme=dark; " + session, "192.0.2.14").statusCode()).isEqualTo(200);
        HttpResponse<String> withHeader = flood(() -> house.app()
                .exchange(house.app()
                        .request(ROUTE)
                        .header("X-Forwarded-For", "192.0.2.14")
                        .header("X-API-Key", WRONG + System.nanoTime())
                        .header("Cookie", session)));
        assertThat(field(withHeader, "RateLimit-Policy"))
                .as("a header decides, and the cookie counts for nothing beside it")
                .startsWith("\"address\"");
    }

    @Test
    void soIsOneOnTheAdminPort() {
        save("admin-browser-key", "admin browser", Scope.OPERATOR);
        HttpResponse<String> signedIn = admin("POST", "/session", "192.0.2.31", "X-API-Key", "admin-browser-key");
        String session = cookieOf(signedIn);
        String[] own = {"Origin", "http://localhost:" + house.app().adminUri("").getPort(), "X-Requested-With", "fetch"
        };
        assertThat(change("192.0.2.31", with(own, "Cookie", session)).statusCode())
                .isEqualTo(200);

        flood(() -> change("192.0.2.31", with(own, "Cookie", "__Host-admin-session=" + invented())));

        assertThat(change("192.0.2.31", with(own, "Cookie", session)).statusCode())
                .isEqualTo(200);
    }

    /** Only this machine reaches the admin port here, so reads need no key, and none is looked up. */
    @Test
    void aKeyThatAnOpenPageWasReadWithIsNotTakenForKnown() {
        String wrong = WRONG + "read";
        assertThat(admin("GET", "/ping", "192.0.2.32", "X-API-Key", wrong).statusCode())
                .isEqualTo(200);

        HttpResponse<String> refused = flood(() -> {
            admin("GET", "/ping", "192.0.2.32", "X-API-Key", wrong);
            return change("192.0.2.32", "X-API-Key", wrong);
        });

        assertThat(house.app().jsonOf(refused).path("code").asText()).isEqualTo("too_many_requests");
    }

    /** It shows more to an operator, so it would tell whether a key is one. */
    @Test
    void keysAreNotTriedOnAnOpenPageEither() {
        HttpResponse<String> refused =
                flood(() -> admin("GET", "/flags", "192.0.2.33", "X-API-Key", WRONG + System.nanoTime()));

        assertThat(house.app().jsonOf(refused).path("code").asText()).isEqualTo("too_many_requests");
        assertThat(admin("GET", "/flags", "192.0.2.33").statusCode()).isEqualTo(200);
    }

    @Test
    void aKeyThatIsNoLongerKnownCountsForItsAddress() {
        save("ended-key", "ended", Scope.HEALTH_READ);
        assertThat(ask(ROUTE, "ended-key", "192.0.2.5").statusCode()).isEqualTo(200);
        revoke("ended");
        RunningApp.await(() -> ask(ROUTE, "ended-key", "192.0.2.6").statusCode() != 200);

        HttpResponse<String> refused = flood(() -> ask(ROUTE, "ended-key", "192.0.2.5"));

        assertThat(field(refused, "RateLimit-Policy")).startsWith("\"address\"");
    }

    @Test
    void openPagesAndRoutesThatAreNotThereCountForTheAddress() {
        for (String path : new String[] {"/connect/no-such-link", "/api/v1/whoop/callback?state=x", "/no/such/route"}) {
            HttpResponse<String> refused = flood(() -> ask(path, null, "192.0.2.7"));

            assertProblem(refused, path.replaceAll("\\?.*", ""));
        }
        assertThat(ask("/connect/no-such-link", null, "192.0.2.8").statusCode()).isEqualTo(404);
    }

    /** What a key opens elsewhere it does not open here, and a page costs a look into the database whoever asks. */
    @Test
    void openPagesCountForTheAddressOfThoseWithAKeyAsWell() {
        save("page-visitor-key", "visitor of pages", Scope.HEALTH_READ);
        ask(ROUTE, "page-visitor-key", "192.0.2.41");

        HttpResponse<String> refused = flood(() -> ask("/connect/no-such-link", "page-visitor-key", "192.0.2.41"));

        assertThat(field(refused, "RateLimit-Policy")).startsWith("\"address\"");
        assertThat(ask(ROUTE, "page-visitor-key", "192.0.2.41").statusCode()).isEqualTo(200);
    }

    /** Nobody asked there whose key it is, so it is counted for whom it was known to be of. */
    @Test
    void routesThatAreNotThereAndMethodsThatTheyDoNotHaveCountForAKeyThatIsKnown() {
        for (String method : List.of("GET", "DELETE", "PATCH")) {
            String key = "lost-" + method.toLowerCase(Locale.ROOT) + "-key";
            save(key, "lost " + method, Scope.HEALTH_READ);
            save("neighbour-" + key, "neighbour of " + key, Scope.HEALTH_READ);
            assertThat(ask(ROUTE, key, "192.0.2.50").statusCode()).isEqualTo(200);
            assertThat(ask(ROUTE, "neighbour-" + key, "192.0.2.50").statusCode())
                    .isEqualTo(200);
            String path = method.equals("GET") ? "/no/such/route" : ROUTE;

            HttpResponse<String> refused = flood(() -> ask(method, path, key, "192.0.2.50"));

            assertProblem(refused, path);
            assertThat(field(refused, "RateLimit-Policy")).isEqualTo("\"service\";q=5;w=1");
            assertThat(ask(ROUTE, "neighbour-" + key, "192.0.2.50").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void methodsThatProbesAndOpenExistingPathsDoNotHaveCountToo() {
        HttpResponse<String> ofProbe = flood(() -> ask("DELETE", "/health/live", null, "192.0.2.51"));
        HttpResponse<String> ofExisting = flood(() -> ask("DELETE", EXISTING, null, "192.0.2.52"));

        assertThat(field(ofProbe, "RateLimit-Policy")).isEqualTo("\"address\";q=5;w=1");
        assertThat(field(ofExisting, "RateLimit-Policy")).isEqualTo("\"existing-routes\";q=5;w=1");
        assertThat(house.app().jsonOf(ofExisting).fieldNames()).toIterable().containsExactly("detail");
        assertThat(ask("/health/live", null, "192.0.2.51").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNoDeliveryBelowTheWebhooksCountsForTheAddress() {
        HttpResponse<String> refused = flood(() -> ask("/webhooks/nobody", null, "192.0.2.42"));

        assertThat(field(refused, "RateLimit-Policy")).startsWith("\"address\"");
    }

    @Test
    void probesAreNeverRefused() {
        house.app().awaitReady();
        flood(() -> ask("/no/such/route", null, "192.0.2.9"));

        for (int i = 0; i < FLOOD; i++) {
            for (String probe : new String[] {"/", "/health", "/health/live", "/health/ready"}) {
                assertThat(ask(probe, null, "192.0.2.9").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void existingPathsAreRefusedInTheirOwnFormAndNotForCallersWeKnow() {
        save("old-caller-key", "old caller", Scope.HEALTH_READ);
        ask(ROUTE, "old-caller-key", "192.0.2.10");

        HttpResponse<String> first = ask(EXISTING, null, "192.0.2.10");
        HttpResponse<String> refused = flood(() -> ask(EXISTING, null, "192.0.2.10"));
        HttpResponse<String> inventedKey = flood(() -> ask(EXISTING, WRONG + System.nanoTime(), "192.0.2.10"));

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("RateLimit")).isEmpty();
        for (HttpResponse<String> answer : new HttpResponse[] {refused, inventedKey}) {
            assertThat(house.app().jsonOf(answer).fieldNames()).toIterable().containsExactly("detail");
            assertThat(field(answer, "Content-Type")).startsWith("application/json");
            assertThat(Integer.parseInt(field(answer, "Retry-After"))).isPositive();
            assertThat(field(answer, "RateLimit-Policy")).isEqualTo("\"existing-routes\";q=5;w=1");
        }
        ask(
                ROUTE,
                "old-caller-key",
                "192.0.2.10"); // what was read of a key is old after two seconds, and here nobody waits for it
        assertThat(ask(EXISTING, "old-caller-key", "192.0.2.10").statusCode()).isEqualTo(200);
        assertThat(ask(EXISTING, null, "192.0.2.11").statusCode()).isEqualTo(200);
    }

    /** Nobody waits there until it is known who it is, but it was known before. */
    @Test
    void whoeverIsKnownIsNotRefusedOnAnExistingPathWhileTheyAreLookedUpAnew() {
        save("first-visit-key", "first visit", Scope.HEALTH_READ);
        String session = signIn(house.app().request("/session"), "first-visit-key", "192.0.2.16");
        assertThat(browse(session, "192.0.2.16").statusCode()).isEqualTo(200);
        HttpResponse<String> flooded = flood(() -> ask(EXISTING, null, "192.0.2.16"));
        assertThat(field(flooded, "RateLimit-Policy")).isEqualTo("\"existing-routes\";q=5;w=1");

        HttpResponse<String> first = browse(EXISTING, session, "192.0.2.16");

        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    }

    @Test
    void butAKeyThatHasEndedSparesNobodyTheLimitThere() {
        save("former-caller-key", "former caller", Scope.HEALTH_READ);
        assertThat(ask(ROUTE, "former-caller-key", "192.0.2.17").statusCode()).isEqualTo(200);

        revoke("former caller");

        RunningApp.await(() -> field(flood(() -> ask(EXISTING, "former-caller-key", "192.0.2.17")), "RateLimit-Policy")
                .startsWith("\"existing-routes\""));
    }

    /** Which needs a credential although its path does not, however it is written. */
    @Test
    void keysAreNotTriedOnAnExistingPathEither() {
        for (String asks : new String[] {"include_whoop=true", "include%5Fwhoop=%74rue"}) {
            HttpResponse<String> refused =
                    flood(() -> ask(EXISTING + "&" + asks, WRONG + System.nanoTime(), "192.0.2.12"));

            assertThat(field(refused, "RateLimit-Policy")).startsWith("\"address\"");
            assertThat(house.app().jsonOf(refused).fieldNames()).toIterable().containsExactly("detail");
        }
    }

    @Test
    void webhooksThatAreNotSignedCountForTheAddressAndThoseThatAreDoNotCount() {
        for (String path : new String[] {"/webhooks/whoop", "/webhooks/sahha"}) {
            HttpResponse<String> refused = flood(() -> deliver(path, Map.of("Content-Type", "application/json"), "{}"));

            assertProblem(refused, path);
        }
        for (int i = 0; i < FLOOD; i++) {
            Signed whoop = Signed.whoopSleep(77, "limits-" + i, house.clock().instant());
            Signed sahha = Signed.sahhaScore("nobody-by-this-id", "limits-" + i);
            assertThat(deliver("/webhooks/whoop", whoop.headers(), whoop.body()).statusCode())
                    .isEqualTo(204);
            assertThat(deliver("/webhooks/sahha", sahha.headers(), sahha.body()).statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void soAreThoseWhoTryKeysOnTheAdminPort() {
        save("operator-key", "operator", Scope.OPERATOR);
        assertThat(change("operator-key").statusCode()).isEqualTo(200);

        HttpResponse<String> refused = flood(() -> change(WRONG + System.nanoTime()));

        assertThat(house.app().jsonOf(refused).path("code").asText()).isEqualTo("too_many_requests");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(change("operator-key").statusCode()).isEqualTo(200);
        assertThat(house.app().admin("GET", "/ping", "").statusCode()).isEqualTo(200);
    }

    @Test
    void operatorsSeeIt() {
        long before = count("limits.address.refused");
        long eventsBefore = count("security.limit_reached");

        flood(() -> ask("/no/such/route", null, "192.0.2.13"));

        assertThat(count("limits.address.refused")).isGreaterThan(before);
        assertThat(count("security.limit_reached") - eventsBefore).isEqualTo(1);
    }

    private static <T> List<T> atOnce(Supplier<T> request) {
        return Stream.generate(() -> CompletableFuture.supplyAsync(request, command -> new Thread(command).start()))
                .limit(20)
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
    }

    /** The first answer that is a refusal. */
    private static HttpResponse<String> flood(Supplier<HttpResponse<String>> request) {
        for (int i = 0; i < FLOOD; i++) {
            HttpResponse<String> answer = request.get();
            if (answer.statusCode() == 429) {
                return answer;
            }
        }
        throw new AssertionError("none of " + FLOOD + " requests was refused");
    }

    private static void assertProblem(HttpResponse<String> answer, String path) {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(field(answer, "Content-Type")).startsWith("application/problem+json");
        JsonNode problem = house.app().jsonOf(answer);
        assertThat(problem.path("code").asText()).isEqualTo("too_many_requests");
        assertThat(problem.path("instance").asText()).isEqualTo(path);
        assertThat(problem.path("retry_after_seconds").asText()).isEqualTo(field(answer, "Retry-After"));
        assertThat(Integer.parseInt(field(answer, "Retry-After"))).isPositive();
    }

    private static String field(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static HttpResponse<String> ask(String path, String key, String from) {
        return ask("GET", path, key, from);
    }

    private static HttpResponse<String> ask(String method, String path, String key, String from) {
        HttpRequest.Builder request = house.app()
                .request(path)
                .method(method, BodyPublishers.noBody())
                .header("X-Forwarded-For", from);
        if (key != null) {
            request.header("X-API-Key", key);
        }
        return house.app().exchange(request);
    }

    private static HttpResponse<String> deliver(String path, Map<String, String> headers, String body) {
        HttpRequest.Builder request = house.app()
                .request(path)
                .header("X-Forwarded-For", "192.0.2.20")
                .POST(BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return house.app().exchange(request);
    }

    private static HttpResponse<String> change(String key) {
        return change("192.0.2.30", "X-API-Key", key);
    }

    private static HttpResponse<String> change(String from, String... headers) {
        return house.app()
                .admin("PUT", "/flags/PARALLEL_READ", "{\"enabled\":false}", with(headers, "X-Forwarded-For", from));
    }

    private static HttpResponse<String> admin(String method, String path, String from, String... headers) {
        return house.app().admin(method, path, "", with(headers, "X-Forwarded-For", from));
    }

    private static String signIn(HttpRequest.Builder session, String key, String from) {
        return cookieOf(house.app()
                .exchange(session.POST(BodyPublishers.noBody())
                        .header("X-API-Key", key)
                        .header("X-Forwarded-For", from)));
    }

    private static String cookieOf(HttpResponse<String> signedIn) {
        assertThat(signedIn.statusCode()).isEqualTo(200);
        return field(signedIn, "Set-Cookie").replaceAll(";.*", "");
    }

    private static HttpResponse<String> browse(String cookies, String from) {
        return browse(ROUTE, cookies, from);
    }

    private static HttpResponse<String> browse(String path, String cookies, String from) {
        return house.app()
                .exchange(house.app()
                        .request(path)
                        .header("X-Forwarded-For", from)
                        .header("Cookie", cookies));
    }

    /** Looks like the secret of a session. */
    private static String invented() {
        return "%043d".formatted(System.nanoTime());
    }

    private static String[] with(String[] headers, String... more) {
        return Stream.of(headers, more).flatMap(Stream::of).toArray(String[]::new);
    }

    private static long count(String meter) {
        return house.app()
                .jsonOf(house.app().admin("GET", "/metrics", ""))
                .path("meters")
                .path(meter)
                .path("count")
                .asLong(-1);
    }

    private static void save(String key, String name, String scope) {
        keys.save(key, name, Set.of(scope), house.clock().instant());
    }

    private static void revoke(String name) {
        String id = house.app()
                .sahhaDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select public_id from api_key where name = :name")
                        .bind("name", name)
                        .mapTo(String.class)
                        .one());
        keys.revoke(id, house.clock().instant());
    }
}
