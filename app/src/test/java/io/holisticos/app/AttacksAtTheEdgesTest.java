package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.ApiDocument.Route;
import io.holisticos.testing.LogLines;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks on the whole service at its edges: each is refused or answered as any other request, stores nothing, and leaves no
 * secret and nothing of itself in any log or answer. {@code docs/security-edges.md} lists them all, with those of other classes.
 */
class AttacksAtTheEdgesTest {

    /** A part of every text that is injected, so that it is found wherever it comes out. */
    static final String MARK = "Inj3cted";

    private static final String ANNA = "demo-anna";
    private static final String UNIFIED = "/api/v1/unified-health/";
    private static final String JSON = "Content-Type: application/json";
    private static final String KEY = "X-API-Key: " + House.KEY;

    static final List<String> TEXTS = List.of(
            MARK + "' or '1'='1",
            MARK + "'; drop table api_key; --",
            MARK + "\" or \"\"=\"",
            MARK + "');select pg_sleep(20);--",
            MARK + "\\'; select 1; --",
            MARK + "' union select key_sha256::text from api_key --",
            MARK + "$$; select pg_sleep(20); $$",
            MARK + "%' or id like '%",
            MARK + ":id ?::text ?1 {0}",
            MARK + "\r\nevent=security kind=forged client=192.0.2.1",
            MARK + "\n{\"event\":\"forged\"}",
            MARK + "\u0085event=forged \u2028event=forged",
            MARK + "\u001b[2J\u001b[31m",
            MARK + "\u202efdp.exe",
            MARK + "${jndi:ldap://127.0.0.1:1/a}${env:SERVICE_KEY}",
            MARK + "{} %n%d{yyyy}%X{request_id}",
            MARK + "<script>alert(1)</script><img src=x onerror=alert(1)>",
            MARK + "${7*7}<#assign x=1>{{7*7}}#{7*7}",
            MARK + "$(sleep 20)`sleep 20`|sleep 20&sleep 20",
            MARK + "../../../../etc/passwd",
            MARK + "\ud83d\ude00\ufeff\ufffd");

    private static House house;
    private static List<String> secrets;
    private static List<Route> routes;
    private static Map<String, Long> rows;

    private final ObjectMapper json = new ObjectMapper();
    private final LogLines lines = LogLines.ofAll();

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(Map.of(
                "HOSTS", "health.internal",
                "EXISTING_ROUTES", "open", // observed callers are counted in a table in the background
                "SAHHA_CALLS_PER_SECOND", "1000", // each text is a stranger whom Sahha is asked about
                "RETURN_TO", "[\"https://app.example.com/back\"]"));
        house.connect(ANNA);
        house.awaitReady();
        for (String path : List.of("overview", "biomarkers")) {
            house.get("/api/v1/health-metrics/" + path + "?profile_id=" + ANNA);
        }
        house.get(UNIFIED + "overview/" + ANNA);
        routes = ApiDocument.routes(house);
        secrets = List.of(
                House.KEY,
                House.SAHHA_WEBHOOK_SECRET,
                "sandbox-client-secret",
                "sandbox-sahha-secret",
                Base64.getEncoder().encodeToString(new byte[32]));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void listen() {
        rows = rows();
    }

    @AfterEach
    void nothingIsStoredAndNothingOfItIsLogged() throws IOException {
        lines.close();
        assertThat(rows()).isEqualTo(rows);
        for (String line : lines.written(new EventLayout())) {
            assertThat(line).doesNotContain(MARK).doesNotContain(secrets).endsWith("\n");
            assertThat(json.readTree(line).path("event").asText()).isNotEqualTo("forged");
            assertThat(line.strip().lines()).hasSize(1);
        }
    }

    /** Of both databases; but for the note of whom Sahha knows, and the counts of callers, which are saved each minute. */
    private static Map<String, Long> rows() {
        Map<String, Long> all = new TreeMap<>();
        Stream.of(house.sahhaDatabase(), house.whoopDatabase()).forEach(database -> all.putAll(Rows.of(database)));
        all.keySet().removeAll(Set.of("sahha_profile_check", "observed_caller"));
        return all;
    }

    // --- texts in every parameter ---

    /** Every parameter of every route of the document, one after another, the others as they should be. */
    @Test
    void noTextInAnyParameterIsMoreThanAText() throws Exception {
        int asked = 0;
        for (Route route : routes) {
            for (JsonNode parameter : route.operation().path("parameters")) {
                if (startsAConsent(route) && parameter.path("in").asText().equals("path")) {
                    continue; // any id may be connected; what is stored then is asked for below
                }
                for (String text : TEXTS) {
                    assertHarmless(send(
                            route,
                            parameter.path("name").asText(),
                            parameter.path("in").asText(),
                            text));
                    asked++;
                }
            }
        }
        assertThat(asked).isGreaterThan(500);
    }

    private static boolean startsAConsent(Route route) {
        return route.method().equals("POST") && route.path().contains("/connect/whoop/");
    }

    private static HttpResponse<String> send(Route route, String name, String in, String text) {
        String path = route.path();
        Map<String, String> query = new LinkedHashMap<>();
        Map<String, String> headers = new HashMap<>();
        for (JsonNode parameter : route.operation().path("parameters")) {
            String other = parameter.path("name").asText();
            if (parameter.path("in").asText().equals("query")
                    && parameter.path("required").asBoolean()) {
                query.put(other, valid(other));
            }
        }
        switch (in) {
            case "query" -> query.put(name, text);
            case "header" -> headers.put(name, encoded(text));
            default -> path = path.replace("{" + name + "}", encoded(text));
        }
        path = path.replace("{user_id}", ANNA).replaceAll("\\{[a-z_]+}", "nothing");
        StringBuilder address = new StringBuilder(path).append('?');
        query.forEach((key, value) ->
                address.append(key).append('=').append(encoded(value)).append('&'));
        HttpRequest.Builder request = house.request(address.toString())
                .header("X-API-Key", House.KEY)
                .method(route.method(), BodyPublishers.noBody());
        headers.forEach(request::header);
        return house.exchange(request);
    }

    private static String valid(String name) {
        return switch (name) {
            case "from", "to", "date", "start_date", "end_date" -> "2026-11-22";
            case "metric" -> "steps";
            case "profile_id", "user_id" -> ANNA;
            default -> "";
        };
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Every text of every JSON body that routes read. */
    static List<String> bodies() {
        return List.of(
                "POST /internal/oauth/initiate {\"user_id\":\"demo-ben\",\"return_to\":\"%s\"}",
                "POST /internal/oauth/callback {\"code\":\"%s\",\"state\":\"s\"}",
                "POST /internal/oauth/callback {\"code\":\"c\",\"state\":\"%s\"}",
                "POST /api/v1/unified-health/connect/whoop/demo-ben {\"return_to\":\"%s\"}",
                "POST /api/v1/unified-health/overviews {\"user_ids\":[\"%s\"]}",
                "POST /api/v1/unified-health/overviews {\"user_ids\":[\"demo-anna\"],\"period\":\"%s\"}",
                "POST /api/v1/unified-health/overviews {\"%s\":[]}",
                "PUT /api/v1/unified-health/preferences/demo-anna {\"order\":[\"%s\"]}",
                "PUT /api/v1/unified-health/preferences/demo-anna {\"by_metric\":{\"%s\":[\"sahha\"]}}");
    }

    @ParameterizedTest
    @MethodSource
    void bodies(String row) throws Exception {
        String[] parts = row.split(" ", 3);
        for (String text : TEXTS) {
            String written = json.writeValueAsString(text);
            String body = parts[2].replace("%s", written.substring(1, written.length() - 1));

            HttpResponse<String> answer = house.send(parts[0], parts[1], body);

            assertHarmless(answer);
            if (!parts[1].endsWith("/overviews")) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            }
        }
    }

    /** Form fields and cookies of a member's browser, and headers that everybody may send. */
    @Test
    void neitherIsATextInAFormACookieOrAHeader() throws Exception {
        for (String text : TEXTS) {
            String safe = encoded(text);
            assertHarmless(house.exchange(house.request("/connect/no-such-link")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("token=" + safe + "&answer=" + safe))));
            String latin = text.replaceAll("[\\r\\n\\u0000-\\u001f]|[^\\x00-\\xff]", "");
            for (String header : List.of(
                    "traceparent: ",
                    "X-API-Key: ",
                    "Authorization: Bearer ",
                    "Cookie: whoop_connect_x=",
                    "If-None-Match: ",
                    "User-Agent: ",
                    "X-Forwarded-For: ",
                    "Accept-Language: ",
                    "Origin: ")) {
                assertHarmless(RawRequest.send(house.uri(""), "GET", UNIFIED + "overview/" + ANNA, header + latin));
            }
        }
    }

    /** Read by libraries of ours, which know more of these headers than browsers write. */
    @Test
    void noCookieAndNoLanguageKeepsAPageFromBeingShown() throws Exception {
        List<String> headers = List.of(
                "Cookie: $Version=x; a=b",
                "Cookie: $Version=99999999999; $Path=/; $Domain=.a; whoop_connect_x=y",
                "Cookie: $Path=/",
                "Cookie: ;;=;==;a",
                "Cookie: a=\"",
                "Cookie: " + "a=b;".repeat(1_500),
                "Accept-Language: -",
                "Accept-Language: ;q=2",
                "Accept-Language: fa",
                "Accept-Language: ar-EG,ar;q=0.9",
                "Accept-Language: hi-IN-u-nu-deva",
                "Accept-Language: tr-TR",
                "Accept-Language: " + "a-b,".repeat(2_000),
                "Accept-Language: en_US");
        for (String page :
                List.of("/explore", "/docs", "/connect/no-such-link", "/api/v1/whoop/callback?code=c&state=s&error=")) {
            int usual = RawRequest.send(house.uri(""), "GET", page).status();
            for (String header : headers) {
                RawRequest.Answer answer = RawRequest.send(house.uri(""), "GET", page, header);

                assertThat(answer.status()).as(page + " " + header).isEqualTo(usual);
                assertThat(answer.headers().getOrDefault("content-type", "")).startsWith("text/html");
                assertHarmless(answer);
            }
        }
        for (String header : headers) {
            RawRequest.Answer answer = RawRequest.send(
                    house.uri(""),
                    "POST",
                    "/connect/answer",
                    header,
                    "Sec-Fetch-Site: same-origin",
                    "Content-Type: application/x-www-form-urlencoded");
            assertThat(answer.status()).as(header).isEqualTo(403);
            assertHarmless(answer);
        }
    }

    /** Jersey would hand the parameters of {@code Accept} on to the answer. */
    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "UTF-16", "IBM500", "UTF-7", "%s", "\"", "ISO-8859-1"})
    void noAcceptHeaderSaysHowAnAnswerIsWritten(String charset) throws Exception {
        for (String path : List.of(
                "/health",
                "/health/ready",
                "/api/openapi.json",
                "/session",
                "/api/v1/health/detailed",
                "/api/v1/health-metrics/overview?profile_id=" + ANNA,
                UNIFIED + "overview/" + ANNA,
                UNIFIED + "preferences/" + ANNA,
                "/internal/oauth/status/" + ANNA)) {
            for (String type : List.of("application/json", "application/*", "*/*")) {
                RawRequest.Answer answer = RawRequest.send(
                        house.uri(""), "GET", path, KEY, "Accept: " + type + ";charset=" + charset + ";x=" + MARK);

                assertThat(answer.status()).as(path).isIn(200, 400);
                if (answer.status() == 200) {
                    assertThat(answer.headers().get("content-type")).as(path).isEqualTo("application/json");
                    assertThat(answer.body()).as(path).startsWith("{").doesNotContain("\0");
                }
                assertThat(answer.headers().values()).noneMatch(value -> value.contains(MARK));
            }
        }
    }

    @Test
    void noContentTypeOfAFormOrABodyIsAFaultOfOurs() throws Exception {
        for (String type : List.of(
                "application/x-www-form-urlencoded; charset=nonsense",
                "application/x-www-form-urlencoded; charset=%s",
                "application/x-www-form-urlencoded; charset=",
                "application/x-www-form-urlencoded; charset=UTF-16",
                "application/x-www-form-urlencoded; charset=UTF-7",
                "multipart/form-data",
                "multipart/form-data; boundary=a",
                "text/html",
                "nonsense",
                "*/*",
                "application/json; charset=nonsense",
                "application/json; charset=UTF-32")) {
            for (String target : List.of(
                    "POST /connect/answer",
                    "POST /connect/no-such-link",
                    "POST " + UNIFIED + "overviews",
                    "PUT " + UNIFIED + "preferences/" + ANNA,
                    "POST /internal/oauth/initiate",
                    "POST /webhooks/whoop")) {
                for (String body : List.of("", "token=a&answer=%zz")) {
                    String[] words = target.split(" ");
                    HttpResponse<String> answer = house.exchange(house.request(words[1])
                            .header("X-API-Key", House.KEY)
                            .header("Content-Type", type)
                            .method(words[0], BodyPublishers.ofString(body)));

                    assertHarmless(answer);
                }
            }
        }
    }

    /** Stored as any other text, by which the connection is found again. */
    @Test
    void anIdThatReadsLikeACommandIsAnIdToConnect() throws Exception {
        for (String text : TEXTS.subList(0, 9)) {
            String id = encoded(text);
            HttpResponse<String> begun = house.send("POST", UNIFIED + "connect/whoop/" + id, "");
            if (begun.statusCode() == 400) {
                continue; // the server takes no backslash in a path
            }
            assertThat(begun.statusCode()).isEqualTo(200);
            assertThat(house.jsonOf(begun).path("user_id").asText()).isEqualTo(text);
            assertThat(house.get("/internal/oauth/status/" + id).statusCode()).isEqualTo(404);
        }
        Map<String, Long> after = rows();
        assertThat(after.keySet()).isEqualTo(rows.keySet());
        rows = after; // the consents that were begun, as they should be
    }

    // --- addresses ---

    /** Whichever way a path is written: nothing of the machine, and no protected route without a credential. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/..%2f..%2f..%2fetc%2fpasswd",
                "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/%252e%252e%252f%252e%252e%252fetc%252fpasswd",
                "/..%252f..%252fetc/passwd",
                "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
                "/%c0%af..%c0%afetc/passwd",
                "/%e0%80%af..%e0%80%afetc/passwd",
                "/%uff0e%uff0e/etc/passwd",
                "/..;/..;/etc/passwd",
                "/..\\..\\..\\etc\\passwd",
                "/..%5c..%5cetc%5cpasswd",
                "/....//....//etc/passwd",
                "//etc/passwd",
                "///etc/passwd",
                "/etc/passwd%00.json",
                "/config.yml",
                "/.env",
                "/.git/config",
                "/WEB-INF/web.xml",
                "/META-INF/MANIFEST.MF",
                "/assets/..%2f..%2fconfig.yml",
                "/api/openapi.json/../../config.yml",
                "/api/v1/unified-health/overview/demo-anna",
                "/%61pi/v1/unified-health/overview/demo-anna",
                "/api/v1/unified-health/./overview/demo-anna",
                "/api/v1/unified-health//overview/demo-anna",
                "//api/v1/unified-health/overview/demo-anna",
                "/api/v1/unified-health;a=b/overview/demo-anna",
                "/api/v1/unified-health/overview/demo-anna;a=b",
                "/api/v1/unified-health/overview/demo-anna/",
                "/api/v1/unified-health/overview/demo-anna%20",
                "/api/v1/unified-health/overview/demo-anna%2f",
                "/API/V1/UNIFIED-HEALTH/OVERVIEW/demo-anna",
                "/health/live/../../api/v1/unified-health/overview/demo-anna",
                "/health/live/..;/..;/api/v1/unified-health/overview/demo-anna",
                "/health/live/%2e%2e/%2e%2e/api/v1/unified-health/overview/demo-anna",
                "/webhooks/../internal/data/sleep/demo-anna",
                "/webhooks/..%2finternal%2fdata%2fsleep%2fdemo-anna",
                "/connect/../internal/oauth/status/demo-anna",
                "/internal/data/sleep/demo-anna",
                "/internal;/data/sleep/demo-anna",
                "/internal/oauth/status/demo-anna",
                "/internal/%6fauth/status/demo-anna",
                "/api/v1/health/detailed",
                "/api/v1/health-metrics/overview?profile_id=demo-anna&include_whoop=true",
                "/api/v1/health-metrics/overview?profile_id=demo-anna&include%5fwhoop=%74rue",
                "/api/v1/health-metrics/overview;x=1?profile_id=demo-anna&include_whoop=true",
                "/flags",
                "/metrics",
                "/tasks/drain"
            })
    void noWayOfWritingAnAddressLeadsAround(String target) throws Exception {
        for (String method : List.of("GET", "HEAD", "POST", "DELETE")) {
            RawRequest.Answer answer = RawRequest.send(house.uri(""), method, target);

            assertThat(answer.status()).as(method + " " + answer.body()).isBetween(400, 431);
            assertHarmless(answer);
            assertThat(answer.body()).doesNotContain("root:", "heart_rate", "recovery_score", "deploymentId");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ping/../tasks/drain",
                "/ping/..;/tasks/drain",
                "/ping/%2e%2e/tasks/drain",
                "//tasks/drain",
                "/tasks;a=b/drain",
                "/tasks/drain;a=b",
                "/%74asks/drain",
                "/tasks/%64rain",
                "/TASKS/drain",
                "/tasks/drain/",
                "/flags/../tasks/drain"
            })
    void norDoesOneOnTheAdminPort(String target) throws Exception {
        for (String method : List.of("POST", "GET", "PUT", "post")) {
            RawRequest.Answer answer = RawRequest.send(house.adminUri(""), method, target);

            assertThat(answer.status()).as(method + " " + answer.body()).isBetween(400, 431);
            assertHarmless(answer);
        }
        assertThat(house.get("/health/ready").statusCode()).isEqualTo(200);
    }

    // --- methods ---

    /** A method is what the request line says. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-HTTP-Method-Override: %s",
                "X-HTTP-Method: %s",
                "X-Method-Override: %s",
                "X-Original-Method: %s",
                "_method: %s"
            })
    void noHeaderOverridesTheMethod(String header) throws Exception {
        String status = "/internal/oauth/status/" + ANNA;
        assertThat(RawRequest.send(house.uri(""), "GET", status, KEY, header.formatted("DELETE"))
                        .status())
                .isEqualTo(200);
        assertThat(RawRequest.send(house.uri(""), "GET", status + "?_method=DELETE", KEY, header.formatted("DELETE"))
                        .status())
                .isEqualTo(200);
        String disconnect = "/internal/oauth/disconnect/" + ANNA;
        assertThat(RawRequest.send(house.uri(""), "GET", disconnect, KEY, header.formatted("DELETE"))
                        .status())
                .isEqualTo(405);
        assertThat(RawRequest.send(
                                house.uri(""), "POST", disconnect + "?_method=DELETE", KEY, header.formatted("DELETE"))
                        .status())
                .isEqualTo(405);
        assertThat(RawRequest.send(house.adminUri(""), "GET", "/flags/WHOOP_SYNC", KEY, header.formatted("PUT"))
                        .status())
                .isIn(200, 404, 405);
        assertThat(RawRequest.send(house.adminUri(""), "GET", "/tasks/drain", header.formatted("POST"))
                        .status())
                .isIn(404, 405);
        assertThat(house.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(house.get(status).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "TRACK", "CONNECT", "PROPFIND", "PATCH", "get", "GET\u0001", "G\tET", "DEBUG"})
    void methodsThatNobodyNeedsAreRefusedOnBothPorts(String method) throws Exception {
        for (URI port : List.of(house.uri(""), house.adminUri(""))) {
            RawRequest.Answer answer =
                    RawRequest.send(port, method, "/health", "Cookie: secret=" + MARK, "X-Echo: " + MARK);

            assertThat(answer.status()).as(answer.body()).isIn(400, 401, 404, 405, 501);
            assertHarmless(answer);
        }
    }

    // --- headers ---

    @Test
    void noLineOfOursIsWrittenByACaller() throws Exception {
        for (String crlf : List.of("%0d%0a", "%0a", "%0d", "%e5%98%8d%e5%98%8a", "%E2%80%A8", "%c4%8d%c4%8a")) {
            String injected = MARK + crlf + "Set-Cookie:%20" + MARK + "=1" + crlf + crlf + "<html>";
            for (String target : List.of(
                    UNIFIED + "overview/" + injected,
                    UNIFIED + "overview/" + ANNA + "?period=" + injected,
                    "/connect/" + injected,
                    "/api/v1/whoop/callback?code=c&error=" + injected + "&state=" + injected,
                    "/api/v1/health-metrics/overview?profile_id=" + injected,
                    "/internal/sync/" + ANNA + "/" + injected)) {
                RawRequest.Answer answer = RawRequest.send(house.uri(""), "GET", target, KEY);

                assertHarmless(answer);
                assertThat(answer.headers()).doesNotContainKeys("set-cookie", MARK.toLowerCase(java.util.Locale.ROOT));
            }
        }
        for (URI port : List.of(house.uri(""), house.adminUri(""))) {
            for (String authority :
                    List.of(MARK + ":99999", "[" + MARK, "/" + MARK, MARK + ":x", MARK + "@[", "[::1]" + MARK)) {
                assertHarmless(RawRequest.send(port, "CONNECT", authority));
                assertHarmless(RawRequest.send(port, "GET", "http://" + authority + "/health"));
                assertHarmless(RawRequest.sendFor(authority, port, "GET", "/health"));
            }
        }
        for (String id : List.of(MARK + "\tb", MARK + " b", MARK + "\u00e4", MARK + "<b>", MARK.repeat(30))) {
            RawRequest.Answer answer = RawRequest.send(house.uri(""), "GET", "/health", "X-Request-Id: " + id);
            assertThat(answer.headers().getOrDefault("x-request-id", "")).doesNotContain(MARK);
        }
    }

    /** Links that members follow are made of our own name, whatever a request calls us. */
    @Test
    void noLinkIsMadeOfWhatARequestCallsUs() throws Exception {
        for (String header : List.of(
                "X-Forwarded-Host: evil.example.com",
                "X-Forwarded-Server: evil.example.com",
                "X-Host: evil.example.com",
                "X-Original-URL: /internal/data/sleep/" + ANNA,
                "X-Rewrite-URL: /internal/data/sleep/" + ANNA,
                "Forwarded: host=evil.example.com",
                "Referer: https://evil.example.com/")) {
            RawRequest.Answer answer = RawRequest.send(house.uri(""), "GET", "/api/openapi.json", header);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).doesNotContain("evil.example.com");
            assertThat(RawRequest.send(house.uri(""), "GET", "/connect/no-such-link", header)
                            .body())
                    .doesNotContain("evil.example.com");
        }
    }

    /** Requests that a proxy and we might part at different places. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5|Transfer-Encoding: chunked",
                "Content-Length: 5|Content-Length: 6",
                "Content-Length: 5, 6",
                "Content-Length: +5",
                "Content-Length: -1",
                "Content-Length: 0x5",
                "Content-Length: 99999999999999999999",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked, chunked",
                "Transfer-Encoding : chunked",
                "Content-Length : 5",
                "X-Folded: a| b",
                "X Name: a",
                "X-Null: a\u0000b",
                "NoColon",
                "Host: evil.example.com"
            })
    void requestsWithTwoReadingsAreRefusedAndTheirConnectionEnds(String headers) throws Exception {
        for (URI port : List.of(house.uri(""), house.adminUri(""))) {
            try (Wire wire = Wire.to(port)) {
                List<String> head = new ArrayList<>(List.of("Host: " + port.getAuthority(), JSON, KEY));
                head.addAll(List.of(headers.split("\\|")));
                String path = port.equals(house.uri("")) ? UNIFIED + "overviews" : "/flags/WHOOP_SYNC";
                wire.head("POST", path, head.toArray(String[]::new))
                        .send("0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");

                String answers = wire.untilItIsClosed();

                assertThat(answers).startsWith("HTTP/1.1 4").doesNotContain("HTTP/1.1 200");
                assertThat(answers).doesNotContain(secrets);
            }
        }
    }

    @Test
    void manyAndLongHeadersAreRefused() throws Exception {
        for (URI port : List.of(house.uri(""), house.adminUri(""))) {
            String[] many = Stream.iterate(0, i -> i + 1)
                    .limit(2_000)
                    .map(i -> "X-H" + i + ": " + MARK)
                    .toArray(String[]::new);
            assertThat(RawRequest.send(port, "GET", "/health/live", many).status())
                    .isEqualTo(431);
            assertThat(RawRequest.send(port, "GET", "/health/live", "Cookie: a=" + "x".repeat(17_000))
                            .status())
                    .isEqualTo(431);
            assertThat(RawRequest.send(port, "GET", "/health/live", "X-" + "n".repeat(17_000) + ": a")
                            .status())
                    .isEqualTo(431);
        }
    }

    // --- bodies ---

    /** Within the 64 kB that a body may have, so that only reading it could take long. */
    @Test
    void bodiesThatAreHardToReadAreRefusedAtOnce() {
        List<String> hard = List.of(
                "[".repeat(60_000),
                "{\"a\":".repeat(10_000),
                "{\"user_ids\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}",
                "{\"user_ids\":[" + "9".repeat(60_000) + "]}",
                "{\"user_ids\":[1e999999999]}",
                "{\"user_ids\":[-1E-2147483648]}",
                "{\"percentage\":-1E-2147483648}",
                "{\"" + "k".repeat(60_000) + "\":1}",
                "{" + "\"a\":1,".repeat(9_000) + "\"b\":1}",
                "\"" + "\\u0041".repeat(10_000) + "\"",
                " ".repeat(60_000),
                "{\"__proto__\":{\"admin\":true},\"user_ids\":[]}",
                "{\"@class\":\"java.net.URL\",\"user_ids\":[]}",
                "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>");
        for (String body : hard) {
            for (String[] route : new String[][] {
                {"POST", UNIFIED + "overviews"},
                {"PUT", UNIFIED + "preferences/" + ANNA},
                {"PUT", "admin/flags/PARALLEL_READ"},
                {"POST", "/internal/oauth/initiate"},
                {"POST", "/internal/oauth/callback"}
            }) {
                long begun = System.nanoTime();
                HttpResponse<String> answer = route[1].startsWith("admin")
                        ? house.admin(route[0], route[1].substring(5), body, "X-API-Key", House.KEY)
                        : house.send(route[0], route[1], body);

                assertThat(answer.statusCode())
                        .as(route[1] + body.substring(0, Math.min(30, body.length())))
                        .isEqualTo(400);
                assertHarmless(answer);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            }
        }
    }

    // --- webhooks ---

    /** A delivery counts where, when and as it was signed. */
    @Test
    void aDeliveryThatWasSignedForSomethingElseIsRefused() {
        Signed whoop = Signed.whoopSleep(77, "edges", house.clock().instant());
        Signed sahha = Signed.sahhaScore(ANNA, "edges");
        Map<String, String> later = new HashMap<>(whoop.headers());
        later.put(
                "X-WHOOP-Signature-Timestamp",
                Long.toString(house.clock().instant().plusSeconds(1).toEpochMilli()));
        Signed future = Signed.whoopSleep(77, "edges", house.clock().instant().plus(Duration.ofHours(2)));
        Signed old = Signed.whoopSleep(77, "edges", house.clock().instant().minus(Duration.ofHours(2)));
        Map<String, String> both = new HashMap<>(whoop.headers());
        both.put("X-Signature", both.get("X-WHOOP-Signature"));
        both.put("X-Event-Type", "ScoreCreatedIntegrationEvent");

        assertThat(deliver("/webhooks/sahha", both, whoop.body())).isEqualTo(401);
        assertThat(deliver("/webhooks/whoop", sahha.headers(), sahha.body())).isEqualTo(401);
        assertThat(deliver("/webhooks/whoop", later, whoop.body())).isEqualTo(401);
        assertThat(deliver("/webhooks/whoop", future.headers(), future.body())).isEqualTo(401);
        assertThat(deliver("/webhooks/whoop", old.headers(), old.body())).isEqualTo(401);
        assertThat(deliver("/webhooks/whoop", whoop.headers(), whoop.body() + " "))
                .isEqualTo(401);
        for (String signature : List.of("", "=", "AAAA", "null", "a".repeat(5_000))) {
            Map<String, String> forged = new HashMap<>(whoop.headers());
            forged.put("X-WHOOP-Signature", signature);
            assertThat(deliver("/webhooks/whoop", forged, whoop.body())).isEqualTo(401);
            Map<String, String> forgedToo = new HashMap<>(sahha.headers());
            forgedToo.put("X-Signature", signature);
            assertThat(deliver("/webhooks/sahha", forgedToo, sahha.body())).isEqualTo(401);
        }
    }

    private static int deliver(String path, Map<String, String> headers, String body) {
        HttpRequest.Builder request = house.request(path).POST(BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return house.exchange(request).statusCode();
    }

    // --- what every answer keeps to ---

    private static void assertHarmless(HttpResponse<String> answer) {
        boolean sahhaKnowsNothingOfIt = answer.statusCode() == 503
                && answer.body().contains("sahha is not available")
                && answer.headers().firstValue("Retry-After").isPresent();
        assertThat(sahhaKnowsNothingOfIt || answer.statusCode() < 500)
                .as(answer.statusCode() + answer.body())
                .isTrue();
        assertSaysNoSecret(answer.body());
        boolean shown = answer.headers().firstValue("Content-Type").orElse("").contains("html");
        assertThat(answer.body()).doesNotContain(shown ? MARK : "<script>alert(1)</script>&");
    }

    private static void assertHarmless(RawRequest.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isLessThan(500);
        assertSaysNoSecret(answer.body());
        boolean shown = answer.headers().getOrDefault("content-type", "").contains("html");
        assertThat(shown && answer.body().contains(MARK)).isFalse();
    }

    private static void assertSaysNoSecret(String body) {
        assertThat(body)
                .doesNotContain(secrets)
                .doesNotContain("org.postgresql", "SQLSTATE", "syntax error", "\tat ", "Exception");
    }
}
