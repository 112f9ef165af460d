package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.testing.LogLines;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Browsers that sign in on both ports of two replicas, and all that others try with their sessions. */
class BrowserSessionsTest {

    private static final String API_COOKIE = "__Host-session=";
    private static final String ADMIN_COOKIE = "__Host-admin-session=";
    private static final String OVERVIEW = "/api/v1/unified-health/overview/demo-anna";
    private static final String PREFERENCES = "/api/v1/unified-health/preferences/demo-anna";
    private static final String ORDER = "{\"order\":[\"sahha\",\"whoop\"]}";
    private static final String FLAG = "/flags/WHOOP_SYNC";
    private static final Pattern COOKIE = Pattern.compile(
            "(__Host-(?:admin-)?session=)([\\w-]{43}); Max-Age=\\d+; Path=/; Secure; HttpOnly;" + " SameSite=Strict");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static House house;
    private static House.Replica other;
    private static ApiKeyStore keys;
    private static LogLines logged;
    private static final List<String> secrets = new ArrayList<>();

    private String key;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(java.util.Map.of("EXISTING_ROUTES", "enforce"));
        other = house.replica();
        keys = new ApiKeyStore(house.sahhaDatabase().jdbi());
        logged = LogLines.ofAll();
    }

    @AfterAll
    static void close() throws Exception {
        logged.close();
        other.close();
        house.close();
    }

    @BeforeEach
    void aKeyOfItsOwn() {
        key = "key-" + System.nanoTime();
        keys.save(key, "dashboard", Scope.ALL, house.clock().instant());
    }

    @AfterEach
    void nothingSecretIsWrittenAnywhere() {
        List<String> lines = logged.messages();
        String tables = house.sahhaDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select coalesce(string_agg(s::text, ' '), '') from browser_session s")
                        .mapTo(String.class)
                        .one());
        for (String secret : secrets) {
            assertThat(lines).noneMatch(line -> line.contains(secret));
            assertThat(tables).doesNotContain(secret);
        }
    }

    @Test
    void aBrowserSignsInReadsChangesAndSignsOut() {
        HttpResponse<String> signedIn = signIn(house.uri("/session"), key);
        String session = cookieOf(signedIn);

        assertThat(session).startsWith(API_COOKIE);
        assertThat(signedIn.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(value -> assertThat(value).contains("no-store"));
        assertThat(house.jsonOf(signedIn).path("scopes"))
                .extracting(scope -> scope.asText())
                .containsExactly("connect", "health:read", "preferences:write", "privacy");
        assertThat(signedIn.body()).doesNotContain(session.substring(API_COOKIE.length()));
        assertThat(api("GET", OVERVIEW, session).statusCode()).isEqualTo(200);
        assertThat(api("GET", "/api/v1/sahha/scores?user_id=demo-anna", session).statusCode())
                .isEqualTo(200);
        assertThat(own("PUT", PREFERENCES, session, ORDER).statusCode()).isEqualTo(200);

        HttpResponse<String> signedOut = own("DELETE", "/session", session, "");
        assertThat(signedOut.statusCode()).isEqualTo(204);
        assertThat(signedOut.headers().firstValue("Set-Cookie"))
                .hasValue("__Host-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
        assertThat(api("GET", OVERVIEW, session).statusCode()).isEqualTo(401);
        assertThat(own("PUT", PREFERENCES, session, ORDER).statusCode()).isEqualTo(401);
        withinTwoSeconds(() -> get(other.uri(OVERVIEW), "Cookie", session) == 401);
    }

    @Test
    void anOperatorSignsInOnTheAdminPortAndChangesFromItsOwnPagesOnly() {
        String session = cookieOf(signIn(house.adminUri("/session"), key));
        assertThat(session).startsWith(ADMIN_COOKIE);

        assertThat(flag(session).statusCode()).isEqualTo(403);
        assertThat(flag(session, "Origin", origin(house.adminUri(""))).statusCode())
                .isEqualTo(403);
        assertThat(flag(session, "X-Requested-With", "fetch").statusCode()).isEqualTo(403);
        for (String origin : List.of("null", "https://evil.example", origin(house.uri("")), "http://localhost:3000")) {
            assertThat(flag(session, "X-Requested-With", "fetch", "Origin", origin)
                            .statusCode())
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(flag(session, own(house.adminUri(""))).statusCode()).isEqualTo(200);
        assertThat(send("POST", house.adminUri("/tasks/flags"), "", headers(session, own(house.adminUri(""))))
                        .statusCode())
                .isEqualTo(200);

        assertThat(send("DELETE", house.adminUri("/session"), "", headers(session))
                        .statusCode())
                .as("signing out is a change, too")
                .isEqualTo(403);
        assertThat(send("DELETE", house.adminUri("/session"), "", headers(session, own(house.adminUri(""))))
                        .statusCode())
                .isEqualTo(204);
        assertThat(flag(session, own(house.adminUri(""))).statusCode()).isEqualTo(401);
    }

    @Test
    void nobodySignsInOnTheAdminPortWhoMayDoNothingThere() {
        keys.save(
                "reader-" + key,
                "reader",
                Set.of(Scope.HEALTH_READ, Scope.INTERNAL),
                house.clock().instant());
        keys.save(
                "metrics-" + key,
                "metrics",
                Set.of(Scope.METRICS),
                house.clock().instant());

        assertThat(signIn(house.adminUri("/session"), "reader-" + key).statusCode())
                .isEqualTo(403);
        assertThat(signIn(house.uri("/session"), "metrics-" + key).statusCode()).isEqualTo(403);
        String session = cookieOf(signIn(house.adminUri("/session"), "metrics-" + key));
        assertThat(flag(session, own(house.adminUri(""))).statusCode()).isEqualTo(403);
        assertThat(send("GET", house.adminUri("/session"), "", headers(session)).statusCode())
                .isEqualTo(405);
    }

    @Test
    void onTheApisPortNoSessionDoesWhatOperatorsAndServicesDo() {
        String session = cookieOf(signIn(house.uri("/session"), key));

        assertThat(api("GET", "/internal/oauth/status/demo-anna", session).statusCode())
                .isEqualTo(403);
        assertThat(own("POST", "/internal/oauth/initiate", session, "{\"user_id\":\"demo-anna\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(own("POST", "/internal/sync/demo-anna", session, "").statusCode())
                .isEqualTo(403);
    }

    @Test
    void theCookieOfOnePortOpensNothingOnTheOther() {
        String api = cookieOf(signIn(house.uri("/session"), key)).substring(API_COOKIE.length());
        String admin = cookieOf(signIn(house.adminUri("/session"), key)).substring(ADMIN_COOKIE.length());

        for (String cookie : List.of(API_COOKIE + api, ADMIN_COOKIE + api, API_COOKIE + admin)) {
            assertThat(flag(cookie, own(house.adminUri(""))).statusCode())
                    .as(cookie.substring(0, API_COOKIE.length()))
                    .isEqualTo(401);
        }
        for (String cookie : List.of(ADMIN_COOKIE + admin, API_COOKIE + admin, ADMIN_COOKIE + api)) {
            assertThat(api("GET", OVERVIEW, cookie).statusCode()).isEqualTo(401);
        }
        assertThat(api("GET", OVERVIEW, ADMIN_COOKIE + admin + "; " + API_COOKIE + api)
                        .statusCode())
                .as("a browser sends both")
                .isEqualTo(200);
    }

    @Test
    void whatAnotherPageCanMakeABrowserSendChangesNothing() {
        String session = cookieOf(signIn(house.uri("/session"), key));
        String ours = origin(house.uri(""));
        List<String[]> tried = List.of(
                new String[] {},
                new String[] {"Origin", ours},
                new String[] {"X-Requested-With", "fetch"},
                new String[] {"Origin", "null", "X-Requested-With", "fetch"},
                new String[] {"Origin", "https://evil.example", "X-Requested-With", "fetch"},
                new String[] {"Origin", ours + ".evil.example", "X-Requested-With", "fetch"},
                new String[] {"Origin", ours.replaceAll(":\\d+$", ":3000"), "X-Requested-With", "fetch"},
                new String[] {"Origin", ours.replace("http:", "https:") + "/", "X-Requested-With", "fetch"},
                new String[] {"Origin", ours, "X-Requested-With", "fetch", "Sec-Fetch-Site", "cross-site"},
                new String[] {"Referer", ours + "/explore", "X-Requested-With", "fetch"});
        String before = api("GET", PREFERENCES, session).body();

        for (String[] headers : tried) {
            for (String type : List.of(
                    "application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
                String[] all = headers(session, concat(headers, "Content-Type", type));
                assertThat(send("PUT", house.uri(PREFERENCES), ORDER, all).statusCode())
                        .as(String.join(" ", headers) + ' ' + type)
                        .isIn(type.equals("application/json") ? List.of(403) : List.of(403, 415));
                assertThat(send("POST", house.uri("/api/v1/unified-health/connect/whoop/demo-anna"), "{}", all)
                                .statusCode())
                        .isIn(403, 415);
            }
            assertThat(send("DELETE", house.uri("/session"), "", headers(session, headers))
                            .statusCode())
                    .isEqualTo(403);
        }

        assertThat(api("GET", PREFERENCES, session).body()).isEqualTo(before);
        assertThat(house.jsonOf(own("PUT", PREFERENCES, session, ORDER))
                        .path("order")
                        .isArray())
                .isTrue();
    }

    @Test
    void aHeaderDecidesWhereBothAreSent() {
        String session = cookieOf(signIn(house.uri("/session"), key));
        keys.save(
                "reader-" + key,
                "reader",
                Set.of(Scope.HEALTH_READ),
                house.clock().instant());

        assertThat(get(house.uri(PREFERENCES), "Cookie", session, "X-API-Key", "reader-" + key))
                .isEqualTo(403);
        assertThat(get(house.uri(OVERVIEW), "Cookie", session, "X-API-Key", "nobody-s-key"))
                .isEqualTo(401);
        assertThat(get(house.uri(OVERVIEW), "Cookie", session, "Authorization", "Bearer nobody-s-key"))
                .isEqualTo(401);
        assertThat(get(house.uri(OVERVIEW), "Cookie", API_COOKIE + "x", "X-API-Key", key))
                .isEqualTo(200);
        assertThat(send(
                                "PUT",
                                house.uri(PREFERENCES),
                                ORDER,
                                "Cookie",
                                session,
                                "X-API-Key",
                                key,
                                "Content-Type",
                                "application/json")
                        .statusCode())
                .as("a key in a header needs no page")
                .isEqualTo(200);
    }

    @Test
    void aSessionBeginsWithNothingButAKeyOrTokenFromNoOtherPage() {
        String session = cookieOf(signIn(house.uri("/session"), key));

        assertThat(own("POST", "/session", session, "").statusCode())
                .as("from a session")
                .isEqualTo(403);
        assertThat(send("POST", house.uri("/session"), "").statusCode()).isEqualTo(401);
        assertThat(send("POST", house.uri("/session"), "", "X-API-Key", "nobody-s-key")
                        .statusCode())
                .isEqualTo(401);
        for (URI port : List.of(house.uri("/session"), house.adminUri("/session"))) {
            for (String[] page : List.of(
                    new String[] {"Origin", "https://evil.example"},
                    new String[] {"Origin", "null"},
                    new String[] {"Sec-Fetch-Site", "cross-site"})) {
                HttpResponse<String> refused = send("POST", port, "", concat(page, "X-API-Key", key));
                assertThat(refused.statusCode()).as(port.getPath() + page[1]).isEqualTo(403);
                assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
            }
            String adminSession = cookieOf(signIn(house.adminUri("/session"), key));
            assertThat(send("POST", house.adminUri("/session"), "", headers(adminSession, own(house.adminUri(""))))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void aSecretThatSomebodyElseChoseIsNeverTakenOver() {
        String chosen = API_COOKIE + "A".repeat(43);

        String session = cookieOf(send("POST", house.uri("/session"), "", "X-API-Key", key, "Cookie", chosen));

        assertThat(session).isNotEqualTo(chosen);
        assertThat(api("GET", OVERVIEW, chosen).statusCode()).isEqualTo(401);
        String next = cookieOf(send("POST", house.uri("/session"), "", "X-API-Key", key, "Cookie", session));
        assertThat(api("GET", OVERVIEW, session).statusCode())
                .as("the former session of the browser ends")
                .isEqualTo(401);
        assertThat(api("GET", OVERVIEW, next).statusCode()).isEqualTo(200);
    }

    @Test
    void aCookieThatWasChangedOpensNothing() {
        String session = cookieOf(signIn(house.uri("/session"), key));

        for (String changed : List.of(
                session.substring(0, session.length() - 1) + (session.endsWith("A") ? "B" : "A"),
                session + "A",
                session.substring(0, session.length() - 1),
                API_COOKIE + "%00",
                API_COOKIE + "' or 1=1 --",
                API_COOKIE + "../../" + "A".repeat(37),
                API_COOKIE + "A".repeat(5_000),
                session + "; " + API_COOKIE + "A".repeat(43))) {
            assertThat(api("GET", OVERVIEW, changed).statusCode()).isEqualTo(401);
        }
        assertThat(api("GET", OVERVIEW, session).statusCode()).isEqualTo(200);
    }

    @Test
    void aSessionEndsOnEveryReplicaWhenItsKeyIsRevoked() {
        String api = cookieOf(signIn(house.uri("/session"), key));
        String admin = cookieOf(signIn(house.adminUri("/session"), key));
        assertThat(get(other.uri(OVERVIEW), "Cookie", api)).isEqualTo(200);
        assertThat(api("GET", OVERVIEW, api).statusCode()).isEqualTo(200);
        assertThat(flag(admin, own(house.adminUri(""))).statusCode()).isEqualTo(200);

        keys.revoke(idOf(key), house.clock().instant());

        withinTwoSeconds(() -> get(other.uri(OVERVIEW), "Cookie", api) == 401);
        withinTwoSeconds(() -> api("GET", OVERVIEW, api).statusCode() == 401);
        withinTwoSeconds(() -> flag(admin, own(house.adminUri(""))).statusCode() == 401);
    }

    @Test
    void aPersonSeesWhereElseTheyAreSignedInAndEndsThat() {
        String here = cookieOf(signIn(house.uri("/session"), key));
        String there = cookieOf(signIn(house.uri("/session"), key));
        String admin = cookieOf(signIn(house.adminUri("/session"), key));
        assertThat(get(other.uri(OVERVIEW), "Cookie", there)).isEqualTo(200);

        HttpResponse<String> listed = api("GET", "/session", here);

        assertThat(listed.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(value -> assertThat(value).contains("no-store"));
        assertThat(house.jsonOf(listed).path("scopes"))
                .as("what a page may offer")
                .extracting(JsonNode::asText)
                .containsExactly("connect", "health:read", "preferences:write", "privacy");
        JsonNode sessions = house.jsonOf(listed).path("sessions");
        assertThat(sessions).hasSize(2);
        assertThat(sessions.findValuesAsText("this_one")).containsExactlyInAnyOrder("true", "false");
        assertThat(sessions.get(0).fieldNames())
                .toIterable()
                .containsExactly("id", "port", "started_at", "last_used_at", "expires_at", "this_one");
        String id = idThat(sessions, "this_one", false);

        assertThat(api("DELETE", "/session/" + id, here).statusCode())
                .as("as every change, from a script of our own page only")
                .isEqualTo(403);
        assertThat(own("DELETE", "/session/" + id, here, "").statusCode()).isEqualTo(204);
        assertThat(own("DELETE", "/session/" + id, here, "").statusCode()).isEqualTo(404);
        assertThat(api("GET", OVERVIEW, there).statusCode()).isEqualTo(401);
        withinTwoSeconds(() -> get(other.uri(OVERVIEW), "Cookie", there) == 401);
        assertThat(api("GET", OVERVIEW, here).statusCode()).isEqualTo(200);
        assertThat(flag(admin, own(house.adminUri(""))).statusCode()).isEqualTo(200);
    }

    @Test
    void endingOnesOwnSessionTakesTheCookieBackAndEndingTheOthersLeavesIt() {
        String here = cookieOf(signIn(house.uri("/session"), key));
        String there = cookieOf(signIn(house.uri("/session"), key));
        String admin = cookieOf(signIn(house.adminUri("/session"), key));

        assertThat(own("DELETE", "/session/others", here, "").statusCode()).isEqualTo(204);
        assertThat(api("GET", OVERVIEW, there).statusCode()).isEqualTo(401);
        assertThat(api("GET", OVERVIEW, here).statusCode()).isEqualTo(200);
        assertThat(flag(admin, own(house.adminUri(""))).statusCode())
                .as("an operator's")
                .isEqualTo(200);

        String id = idThat(house.jsonOf(api("GET", "/session", here)).path("sessions"), "this_one", true);
        HttpResponse<String> ended = own("DELETE", "/session/" + id, here, "");
        assertThat(ended.statusCode()).isEqualTo(204);
        assertThat(ended.headers().firstValue("Set-Cookie"))
                .hasValue("__Host-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
        assertThat(api("GET", "/session", here).statusCode()).isEqualTo(401);

        assertThat(send("DELETE", house.uri("/session/others"), "", "X-API-Key", key)
                        .statusCode())
                .as("whoever has the key ends all of it, on both ports")
                .isEqualTo(204);
        assertThat(flag(admin, own(house.adminUri(""))).statusCode()).isEqualTo(401);
    }

    /** A stolen cookie signs its owner out nowhere else. */
    @Test
    void endingAnotherSessionNeedsASignInOfLatelyOrTheKeyItself() {
        String there = cookieOf(signIn(house.uri("/session"), key));
        String here = cookieOf(signIn(house.uri("/session"), key));
        house.clock().advance(Duration.ofMinutes(5));
        JsonNode sessions = house.jsonOf(api("GET", "/session", here)).path("sessions");
        String others = idThat(sessions, "this_one", false);

        for (String target : List.of(others, "others")) {
            HttpResponse<String> refused = own("DELETE", "/session/" + target, here, "");
            assertThat(refused.statusCode()).as(target).isEqualTo(403);
            assertThat(house.jsonOf(refused).path("detail").asText()).contains("sign in again", "POST /session");
        }
        assertThat(own("DELETE", "/session/" + "0".repeat(32), here, "").statusCode())
                .isEqualTo(404);
        assertThat(api("GET", OVERVIEW, there).statusCode()).isEqualTo(200);

        String again = cookieOf(send("POST", house.uri("/session"), "", "X-API-Key", key, "Cookie", here));
        assertThat(own("DELETE", "/session/" + others, again, "").statusCode()).isEqualTo(204);
        assertThat(api("GET", OVERVIEW, there).statusCode()).isEqualTo(401);

        house.clock().advance(Duration.ofMinutes(5));
        assertThat(own("DELETE", "/session/others", again, "").statusCode())
                .as("where there are none")
                .isEqualTo(204);
        String self = idThat(house.jsonOf(api("GET", "/session", again)).path("sessions"), "this_one", true);
        assertThat(own("DELETE", "/session/" + self, again, "").statusCode())
                .as("whoever leaves is not asked")
                .isEqualTo(204);
    }

    @Test
    void anothersSessionIsNotThere() {
        keys.save("other-" + key, "other", Scope.ALL, house.clock().instant());
        String mine = cookieOf(signIn(house.uri("/session"), key));
        String others = cookieOf(signIn(house.uri("/session"), "other-" + key));
        String id = idThat(house.jsonOf(api("GET", "/session", others)).path("sessions"), "this_one", true);

        HttpResponse<String> refused = own("DELETE", "/session/" + id, mine, "");
        HttpResponse<String> nobodys = own("DELETE", "/session/" + "0".repeat(32), mine, "");

        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body().replace(id, "0".repeat(32))).isEqualTo(nobodys.body());
        assertThat(api("GET", OVERVIEW, others).statusCode()).isEqualTo(200);
        assertThat(house.jsonOf(api("GET", "/session", mine)).path("sessions")).hasSize(1);
        assertThat(send("GET", house.uri("/session"), "").statusCode()).isEqualTo(401);
    }

    private static String idThat(JsonNode sessions, String field, boolean value) {
        for (JsonNode session : sessions) {
            if (session.path(field).asBoolean() == value) {
                return session.path("id").asText();
            }
        }
        throw new AssertionError("no session with " + field + ' ' + value);
    }

    @Test
    void aSessionEndsAfterEightHours() {
        String session = cookieOf(signIn(house.uri("/session"), key));

        for (int i = 0; i < 4; i++) {
            house.clock().advance(Duration.ofMinutes(119));
            assertThat(api("GET", OVERVIEW, session).statusCode()).isEqualTo(200);
        }
        house.clock().advance(Duration.ofMinutes(4));

        HttpResponse<String> ended = api("GET", OVERVIEW, session);
        assertThat(ended.statusCode()).isEqualTo(401);
        assertThat(house.jsonOf(ended).path("detail").asText()).contains("this session has ended");
    }

    @Test
    void aSessionThatIsNotUsedForTwoHoursEndsOnBothPorts() {
        String session = cookieOf(signIn(house.uri("/session"), key));
        String admin = cookieOf(signIn(house.adminUri("/session"), key));

        house.clock().advance(Duration.ofHours(2));

        assertThat(api("GET", OVERVIEW, session).statusCode()).isEqualTo(401);
        assertThat(flag(admin, own(house.adminUri(""))).statusCode()).isEqualTo(401);
    }

    @Test
    void noOtherOriginIsToldThatItMaySendTheCookie() {
        for (String method : List.of("POST", "PUT", "DELETE")) {
            HttpResponse<String> preflight = send(
                    "OPTIONS",
                    house.uri("/session"),
                    "",
                    "Origin",
                    "https://evil.example",
                    "Access-Control-Request-Method",
                    method,
                    "Access-Control-Request-Headers",
                    "x-requested-with,x-api-key");
            assertThat(preflight.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control-allow"));
        }
    }

    private static String idOf(String key) {
        return house.sahhaDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select public_id from api_key where key_sha256 = sha256(cast(:key as bytea))")
                        .bind("key", key)
                        .mapTo(String.class)
                        .one());
    }

    private static HttpResponse<String> signIn(URI at, String key) {
        return send("POST", at, "", "X-API-Key", key);
    }

    private static String cookieOf(HttpResponse<String> signedIn) {
        assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(200);
        Matcher cookie =
                COOKIE.matcher(signedIn.headers().firstValue("Set-Cookie").orElse(""));
        assertThat(cookie.matches()).isTrue();
        secrets.add(cookie.group(2));
        return cookie.group(1) + cookie.group(2);
    }

    private static HttpResponse<String> api(String method, String path, String cookies) {
        return send(method, house.uri(path), "", "Cookie", cookies);
    }

    /** As a script of our own page sends it. */
    private static HttpResponse<String> own(String method, String path, String cookies, String body) {
        return send(
                method,
                house.uri(path),
                body,
                headers(cookies, concat(own(house.uri("")), "Content-Type", "application/json")));
    }

    private static HttpResponse<String> flag(String cookies, String... headers) {
        return send(
                "PUT",
                house.adminUri(FLAG),
                "{\"enabled\":true}",
                headers(cookies, concat(headers, "Content-Type", "application/json")));
    }

    private static String[] own(URI port) {
        return new String[] {"Origin", origin(port), "X-Requested-With", "fetch"};
    }

    private static String origin(URI port) {
        return port.getScheme() + "://" + port.getRawAuthority();
    }

    private static String[] headers(String cookies, String... more) {
        return concat(more, "Cookie", cookies);
    }

    private static String[] concat(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    private static int get(URI at, String... headers) {
        return send("GET", at, "", headers).statusCode();
    }

    private static HttpResponse<String> send(String method, URI at, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at)
                .timeout(RunningApp.PATIENCE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(method + ' ' + at.getPath(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void withinTwoSeconds(BooleanSupplier holds) {
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about within 2 s");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
