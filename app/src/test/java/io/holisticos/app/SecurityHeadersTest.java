package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The headers of every kind of answer of both ports, and what answers do not say about the server. */
class SecurityHeadersTest {

    private static final String ANNA = "demo-anna";
    private static final String UNIFIED = "/api/v1/unified-health/";
    private static final String STRICT = "max-age=31536000; includeSubDomains";
    private static final String KEY = "X-API-Key: " + House.KEY;

    /** What a page loads: its style, its icon, its logo. */
    private static final Pattern LOADED = Pattern.compile("<(?:link|img)[^>]* (?:href|src)=\"([^\"]*)\"");

    private static House house;

    private record Asked(boolean admin, String method, String target, int status, String... headers) {

        static Asked app(String method, String target, int status, String... headers) {
            return new Asked(false, method, target, status, headers);
        }

        static Asked admin(String method, String target, int status, String... headers) {
            return new Asked(true, method, target, status, headers);
        }

        RawRequest.Answer send() throws Exception {
            URI port = admin ? house.adminUri("") : house.uri("");
            return RawRequest.send(port, method, target, headers);
        }

        @Override
        public String toString() {
            String shown = target.length() > 80 ? target.substring(0, 80) + "…" : target;
            return (admin ? "admin " : "") + method + ' ' + shown + " → " + status;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(Map.of(
                "TRUSTED_PROXIES", "127.0.0.0/8,::1",
                "HOSTS", "health.internal",
                "ALLOWED_ORIGINS", "https://app.example.com"));
        house.connect(ANNA);
        house.awaitReady();
        assertThat(house.get("/api/v1/health-metrics/overview?profile_id=" + ANNA)
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** One of each kind; the server itself answers some of them before any code of ours sees them. */
    static List<Asked> onNewPaths() {
        List<Asked> all = new ArrayList<>(List.of(
                Asked.app("GET", UNIFIED + "overview/" + ANNA, 200, KEY),
                Asked.app("GET", UNIFIED + "sources/" + ANNA, 200, KEY),
                Asked.app("GET", UNIFIED + "changes/" + ANNA, 200, KEY),
                Asked.app("GET", UNIFIED + "preferences/" + ANNA, 200, KEY),
                Asked.app("GET", "/internal/data/sleep/" + ANNA, 200, KEY),
                Asked.app("GET", "/internal/oauth/status/" + ANNA, 200, KEY),
                Asked.app("GET", "/api/v1/health/detailed", 200, KEY),
                Asked.app("GET", "/api/v1/health-metrics/overview?include_whoop=true&profile_id=" + ANNA, 200, KEY),
                Asked.app("GET", "/api/openapi.json", 200),
                Asked.app("GET", "/docs", 200),
                Asked.app("GET", "/health/live", 200),
                Asked.app("GET", "/health/ready", 200),
                Asked.app("HEAD", UNIFIED + "overview/" + ANNA, 200, KEY),
                Asked.app("OPTIONS", UNIFIED + "overview/" + ANNA, 200),
                Asked.app("GET", UNIFIED + "overview/nobody-by-this-id", 404, KEY),
                Asked.app("GET", UNIFIED + "overview/" + ANNA + "?period=never", 400, KEY),
                Asked.app("GET", UNIFIED + "overview/" + ANNA, 401),
                Asked.app("PUT", UNIFIED + "overview/" + ANNA, 405, KEY),
                Asked.app("TRACE", UNIFIED + "overview/" + ANNA, 405, KEY),
                Asked.app("POST", "/webhooks/whoop", 415),
                Asked.app("GET", "/no/such/route", 404),
                Asked.app("GET", "/connect/no-such-link", 404),
                Asked.app("GET", "/api/v1/whoop/callback?code=c&state=s", 400),
                Asked.app("POST", "/connect/no-such-link", 403),
                Asked.app("GET", "/%zz", 400),
                Asked.app("GET", "/no/such%2Froute", 400),
                Asked.app("GET", UNIFIED + "overview/" + ANNA, 431, "X-Long: " + "x".repeat(20_000)),
                Asked.app("GET", "/" + "x".repeat(20_000), 414),
                Asked.app("POST", UNIFIED + "overviews", 413, KEY, "Content-Length: 70000"),
                Asked.app("POST", UNIFIED + "overviews", 415, KEY, "Content-Encoding: gzip", "Content-Length: 1"),
                Asked.app("GET", "http://evil.example.com/health/live", 400)));
        for (String path :
                List.of("/", "/ping", "/metrics", "/prometheus", "/flags", "/quota", "/tenacity/propertykeys")) {
            all.add(Asked.admin("GET", path, 200));
        }
        all.addAll(List.of(
                Asked.admin("PUT", "/flags/WHOOP_SYNC", 401),
                Asked.admin("PUT", "/flags/NO_SUCH_FLAG", 404, KEY),
                Asked.admin("POST", "/tasks/no-such-task", 404, KEY),
                Asked.admin("GET", "/no-such-page", 404),
                Asked.admin("GET", "/threads", 404),
                Asked.admin("TRACE", "/flags", 401),
                Asked.admin("GET", "/%zz", 400),
                Asked.admin("GET", "/flags", 431, "X-Long: " + "x".repeat(20_000)),
                Asked.admin("GET", "http://evil.example.com/metrics", 400)));
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void onNewPaths(Asked asked) throws Exception {
        for (String accepted : List.of("*/*", "text/html, */*;q=0.1")) {
            String[] headers = withAccept(asked, accepted);
            RawRequest.Answer answer =
                    new Asked(asked.admin(), asked.method(), asked.target(), asked.status(), headers).send();

            assertThat(answer.status()).as(answer.body()).isEqualTo(asked.status());
            assertThat(answer.headers()).containsEntry("x-content-type-options", "nosniff");
            assertThat(answer.headers().getOrDefault("content-security-policy", ""))
                    .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.headers().getOrDefault("referrer-policy", "")).isIn("no-referrer", "same-origin");
            assertThat(answer.headers().getOrDefault("cache-control", ""))
                    .matches(answer.headers().containsKey("etag") ? "private, no-cache" : ".*no-store.*");
            assertThat(answer.headers()).doesNotContainKey("strict-transport-security");
            if (!List.of("/metrics", "/prometheus").contains(asked.target())) { // whose names are those of libraries
                assertSaysNothingOfTheServer(answer);
            }
        }
    }

    private static String[] withAccept(Asked asked, String accepted) {
        List<String> headers = new ArrayList<>(List.of(asked.headers()));
        headers.add("Accept: " + accepted);
        return headers.toArray(String[]::new);
    }

    private static void assertSaysNothingOfTheServer(RawRequest.Answer answer) {
        assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by", "via", "x-aspnet-version");
        assertThat(answer.body())
                .doesNotContainIgnoringCase("jetty")
                .doesNotContainIgnoringCase("dropwizard")
                .doesNotContainIgnoringCase("jersey")
                .doesNotContain("\tat ", ".java:", "Caused by", "Exception");
    }

    @Test
    void anAnswerWithAnEntityTagMayBeKeptAndAskedForAgain() {
        for (String path : List.of(
                UNIFIED + "overview/" + ANNA,
                UNIFIED + "days/" + ANNA + "?from=2026-11-20&to=2026-11-22",
                "/internal/data/sleep/" + ANNA,
                "/internal/data/profile/" + ANNA)) {
            AtomicReference<HttpResponse<String>> first = new AtomicReference<>();
            AtomicReference<HttpResponse<String>> again = new AtomicReference<>();
            House.await(
                    () -> { // her history is still read, which changes the tag
                        first.set(house.get(path));
                        String tag = first.get().headers().firstValue("ETag").orElse("\"none\"");
                        again.set(house.exchange(house.request(path)
                                .header("X-API-Key", House.KEY)
                                .header("If-None-Match", tag)));
                        return again.get().statusCode() == 304;
                    });

            for (HttpResponse<String> answer : List.of(first.get(), again.get())) {
                assertThat(answer.headers().firstValue("Cache-Control"))
                        .as(path)
                        .hasValue("private, no-cache");
            }
        }
    }

    /** Their callers see what they always saw. */
    @Test
    void existingPathsHaveNoHeaderMoreThanTheyHad() throws Exception {
        Set<String> known = Set.of(
                "date",
                "content-type",
                "content-length",
                "x-request-id",
                "vary",
                "connection",
                "allow",
                "transfer-encoding");
        for (String target : List.of(
                "/",
                "/health",
                "/api/v1/health-metrics/overview?profile_id=" + ANNA,
                "/api/v1/health-metrics/overview?profile_id=" + ANNA + "&include_whoop=false",
                "/api/v1/health-metrics/overview?profile_id=nobody-by-this-id",
                "/api/v1/health-metrics/overview?period=never",
                "/api/v1/sahha/scores?user_id=" + ANNA,
                "/api/v1/sahha/nothing")) {
            for (String method : List.of("GET", "POST")) {
                RawRequest.Answer answer =
                        RawRequest.send(house.uri(""), method, target, KEY, "X-Forwarded-Proto: https");
                Set<String> more = new TreeSet<>(answer.headers().keySet());
                more.removeAll(known);
                assertThat(more).as(method + " " + target).isEmpty();
                assertSaysNothingOfTheServer(answer);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-Proto: https        | true",
                "X-Forwarded-Proto: HTTPS        | true",
                "X-Forwarded-Proto: https, https | true",
                "Forwarded: for=192.0.2.1;proto=https | false",
                "X-Forwarded-Proto: http         | false",
                "X-Forwarded-Proto: https, http  | false",
                "X-Forwarded-Proto: http, https  | false",
                "X-Forwarded-Proto: httpsx       | false",
                "X-Forwarded-Proto:              | false",
                "X-Forwarded-Ssl: on             | false",
                "Forwarded: for=192.0.2.1        | false",
                "X-Other: https                  | false"
            })
    void browsersAreToldToStayWithHttpsWhereATrustedProxySaysThatTheyUseIt(String header, boolean told)
            throws Exception {
        for (URI port : List.of(house.uri(""), house.adminUri(""))) {
            String target = port.equals(house.uri("")) ? "/health/live" : "/ping";
            RawRequest.Answer answer = RawRequest.send(port, "GET", target, header);

            assertThat(answer.headers().get("strict-transport-security")).isEqualTo(told ? STRICT : null);
        }
    }

    @Test
    void whoeverIsNoTrustedProxyIsNotBelieved() throws Exception {
        try (ScriptedHouse other = ScriptedHouse.openWith(Map.of("TRUSTED_PROXIES", "192.0.2.1"))) {
            HttpResponse<String> answer =
                    other.app().exchange(other.app().request("/health/live").header("X-Forwarded-Proto", "https"));

            assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
        }
    }

    @Test
    void thePagesOfAMemberApplyNoStyleButTheirOwnAndAskForNothingOfTheBrowser() throws Exception {
        String link = house.connectUrl("demo-ben");
        for (String path : List.of(URI.create(link).getRawPath(), "/api/v1/whoop/callback?code=c&state=s")) {
            HttpResponse<String> page = house.getWithoutKey(path);

            assertThat(page.headers().allValues("Content-Security-Policy"))
                    .singleElement()
                    .asString()
                    .contains(
                            "default-src 'none'",
                            "style-src 'self'",
                            "img-src 'self'",
                            "base-uri 'none'",
                            "form-action 'self'",
                            "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.headers().allValues("Cache-Control")).containsExactly("no-store");
            assertThat(page.headers().allValues("Referrer-Policy")).containsExactly("same-origin");
            assertThat(page.headers().firstValue("Permissions-Policy").orElse(""))
                    .contains("camera=()");
            assertThat(page.headers().firstValue("Vary").orElse("")).contains("Accept-Language");
            List<String> loaded = LOADED.matcher(page.body())
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(loaded).hasSize(3).allMatch(address -> address.startsWith("/assets/"));
            for (String asset : loaded) {
                HttpResponse<String> file = house.getWithoutKey(asset);
                assertThat(file.statusCode()).isEqualTo(200);
                assertThat(file.headers().allValues("Cache-Control"))
                        .containsExactly("public, max-age=31536000, immutable");
                assertThat(file.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
                assertThat(file.headers().firstValue("Content-Security-Policy").orElse(""))
                        .contains("default-src 'none'");
            }
            assertThat(page.body()).doesNotContain("<script", "<style", "style=\"", " onclick", "http-equiv");
        }
    }
}
