package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every mistake a caller can make has its documented answer, and leaves no trace in either database. */
class BadInputTest {

    private static final String ANNA = "demo-anna";
    private static final String BEN = "demo-ben";
    private static final String NOBODY = "nobody-by-this-id";
    private static final String TOO_LONG = "x".repeat(101);
    private static final String UNIFIED = "/api/v1/unified-health/";
    private static final String CONNECT = UNIFIED + "connect/whoop/";
    private static final String OAUTH = "/internal/oauth/";
    private static final String PROBLEM = "application/problem+json";

    private static final List<String> DAY_PATHS = Stream.of(
                    "overview", "activity", "sleep", "recovery", "scores", "biomarkers")
            .map("/api/v1/health-metrics/"::concat)
            .toList();
    private static final List<String> ROW_PATHS = Stream.of("scores", "biomarkers", "archetypes")
            .map("/api/v1/sahha/"::concat)
            .toList();
    private static final List<String> WITH_DAYS = List.of("cycles", "recovery", "sleep", "workouts");
    private static final List<String> WITHOUT_DAYS = List.of("profile", "body", "health");

    private static House house;
    private static List<String> rows;
    private static String cursorOfAnna;

    private final ObjectMapper json = new ObjectMapper();

    /** A request and what it must be answered with; {@code code} is for new routes. */
    private record Wrong(String method, String path, String body, String contentType, int status, String code) {

        static Wrong get(String path, int status, String code) {
            return new Wrong("GET", path, "", "", status, code);
        }

        static Wrong json(String method, String path, String body, int status, String code) {
            return new Wrong(method, path, body, "application/json", status, code);
        }

        @Override
        public String toString() {
            String shown = path.replace(TOO_LONG, "101-characters");
            String sent = body.length() > 40 ? body.substring(0, 40) + "…" : body;
            return (method + ' ' + shown + ' ' + sent).strip() + " → " + status + ' ' + code;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        for (String path : List.of(DAY_PATHS.get(0), DAY_PATHS.get(5))) { // Sahha's rows are held from here on
            assertThat(house.get(path + "?profile_id=" + ANNA).statusCode()).isEqualTo(200);
        }
        assertThat(house.get(UNIFIED + "overview/" + ANNA).statusCode()).isEqualTo(200);
        cursorOfAnna = house.jsonOf(house.get(UNIFIED + "changes/" + ANNA))
                .path("next")
                .asText();
        assertThat(cursorOfAnna).isNotBlank();
        assertThat(house.get(UNIFIED + "changes/" + BEN).statusCode()).isEqualTo(200);
        rows = rows();
        assertThat(rows).hasSizeGreaterThan(20);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void nothingIsWritten() {
        List<String> before = rows;
        rows = rows();
        assertThat(rows).isEqualTo(before);
    }

    /**
     * Of both databases; but for the note of whom Sahha knows, which is kept for a day, and for how many callers came without a
     * credential, which is written once a minute.
     */
    private static List<String> rows() {
        return Stream.of(house.sahhaDatabase(), house.whoopDatabase())
                .flatMap(database -> Rows.of(database).entrySet().stream())
                .filter(table ->
                        !List.of("sahha_profile_check", "observed_caller").contains(table.getKey()))
                .map(Object::toString)
                .toList();
    }

    static List<Wrong> onExistingPaths() {
        List<Wrong> all = new ArrayList<>();
        for (String path : DAY_PATHS) {
            badMembers(path, "profile_id", all);
            for (String period : List.of(
                    "lastweek",
                    "",
                    "TODAY",
                    "2026-13-01",
                    "2026-02-30",
                    "02/30/2026",
                    "2026-1-1",
                    "22.11.2026",
                    "%00")) {
                all.add(Wrong.get(path + "?profile_id=" + ANNA + "&period=" + period, 400, ""));
            }
        }
        all.add(Wrong.get(DAY_PATHS.get(0) + "?profile_id=" + ANNA + "&include_whoop=maybe", 400, ""));
        all.add(Wrong.get(DAY_PATHS.get(0) + "?profile_id=" + ANNA + "&include_whoop=", 400, ""));
        for (String path : ROW_PATHS) {
            badMembers(path, "user_id", all);
            for (String query : List.of(
                    "start_date=yesterday",
                    "end_date=2026-02-30",
                    "start_date=",
                    "end_date=11/22/2026",
                    "start_date=2026-11-22&end_date=2026-11-15",
                    "limit=0",
                    "limit=-1",
                    "limit=1001",
                    "limit=ten",
                    "limit=",
                    "limit=99999999999")) {
                all.add(Wrong.get(path + "?user_id=" + ANNA + '&' + query, 400, ""));
            }
        }
        all.add(Wrong.get("/api/v1/health-metrics/nothing?profile_id=" + ANNA, 404, ""));
        all.add(Wrong.get("/api/v1/sahha/nothing?user_id=" + ANNA, 404, ""));
        for (String path : List.of("/", "/health", DAY_PATHS.get(0), DAY_PATHS.get(3), ROW_PATHS.get(0))) {
            all.add(Wrong.json("POST", path, "{}", 405, ""));
            all.add(Wrong.json("DELETE", path, "", 405, ""));
        }
        return all;
    }

    private static void badMembers(String path, String name, List<Wrong> all) {
        all.add(Wrong.get(path, 400, ""));
        for (String id : List.of("", "%20", TOO_LONG, "%00", "a%0Ab", "a%7Fb")) {
            all.add(Wrong.get(path + '?' + name + '=' + id, 400, ""));
        }
        all.add(Wrong.get(path + '?' + name + '=' + NOBODY, 404, ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void onExistingPaths(Wrong wrong) throws Exception {
        HttpResponse<String> answer = send(wrong);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(wrong.status());
        assertDetail(answer.headers().firstValue("Content-Type").orElse(""), answer.body());
        assertAllow(answer);
    }

    static List<Wrong> onNewRoutes() {
        List<Wrong> all = new ArrayList<>();
        unified(all);
        manyMembers(all);
        preferences(all);
        explaining(all);
        changes(all);
        connecting(all);
        internalOAuth(all);
        internalData(all);
        all.add(Wrong.get("/nothing", 404, "not_found"));
        all.add(Wrong.get("/internal", 404, "not_found"));
        all.add(Wrong.json("POST", "/api/openapi.json", "{}", 405, "method_not_allowed"));
        all.add(Wrong.json("POST", "/connect/some-link", "{}", 415, "unsupported_media_type"));
        all.add(Wrong.json("PUT", "/connect/some-link", "{}", 405, "method_not_allowed"));
        all.add(Wrong.json("POST", "/api/v1/whoop/callback", "{}", 405, "method_not_allowed"));
        return all;
    }

    private static void unified(List<Wrong> all) {
        for (String route : List.of("overview/", "days/", "sources/")) {
            for (String id : List.of("%20", TOO_LONG, "a%0Ab", "a%7Fb")) {
                all.add(Wrong.get(UNIFIED + route + id + "?from=2026-11-01&to=2026-11-02", 400, "invalid_request"));
            }
            all.add(Wrong.get(UNIFIED + route + NOBODY + "?from=2026-11-01&to=2026-11-02", 404, "member_not_found"));
            all.add(Wrong.get(UNIFIED + route, 404, "not_found"));
            all.add(Wrong.json("POST", UNIFIED + route + ANNA, "{}", 405, "method_not_allowed"));
        }
        for (String query : List.of(
                "period=lastweek",
                "period=",
                "period=2026-13-01",
                "period=2026-02-30",
                "period=13/01/2026",
                "period=%00",
                "include_whoop=maybe",
                "include_whoop=")) {
            all.add(Wrong.get(UNIFIED + "overview/" + ANNA + '?' + query, 400, "invalid_request"));
        }
        for (String query : List.of(
                "from=2026-11-01",
                "to=2026-11-01",
                "",
                "from=2026-11-02&to=2026-11-01",
                "from=2026-02-30&to=2026-03-01",
                "from=today&to=2026-03-01",
                "from=2025-11-01&to=2026-11-02",
                "from=11/01/2026&to=11/02/2026",
                "from=&to=")) {
            all.add(Wrong.get(UNIFIED + "days/" + ANNA + '?' + query, 400, "invalid_request"));
        }
    }

    private static void manyMembers(List<Wrong> all) {
        String many = "/api/v1/unified-health/overviews";
        for (String body : List.of(
                "",
                "{",
                "null",
                "[]",
                "\"demo-anna\"",
                "{}",
                "{\"user_ids\":[]}",
                "{\"user_ids\":null}",
                "{\"user_ids\":\"demo-anna\"}",
                "{\"user_ids\":[7]}",
                "{\"user_ids\":[\"\"]}",
                "{\"user_ids\":[\"  \"]}",
                "{\"user_ids\":[\"" + TOO_LONG + "\"]}",
                "{\"user_ids\":[\"a\\u0000b\"]}",
                "{\"user_ids\":[\"a\",\"a\"]}",
                "{\"user_ids\":[" + "\"a\",".repeat(100) + "\"a\"]}",
                "{\"user_ids\":[\"a\"],\"period\":\"lastweek\"}",
                "{\"user_ids\":[\"a\"],\"period\":7}",
                "{\"user_ids\":[\"a\"],\"periods\":\"today\"}",
                "{\"user_ids\":[\"a\"]} {}",
                "[".repeat(100))) {
            all.add(Wrong.json("POST", many, body, 400, "invalid_request"));
        }
        all.add(new Wrong("POST", many, "a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"));
        all.add(Wrong.get(many, 405, "method_not_allowed"));
        all.add(Wrong.json("PUT", many, "{}", 405, "method_not_allowed"));
    }

    private static void preferences(List<Wrong> all) {
        String path = UNIFIED + "preferences/";
        for (String id : List.of("%20", TOO_LONG, "a%0Ab", "a%7Fb")) {
            all.add(Wrong.get(path + id, 400, "invalid_request"));
            all.add(Wrong.json("PUT", path + id, "{}", 400, "invalid_request"));
        }
        all.add(Wrong.get(path + NOBODY, 404, "member_not_found"));
        for (String query : List.of("", "?dry_run=true")) {
            all.add(Wrong.json("PUT", path + NOBODY + query, "{\"order\":[\"whoop\"]}", 404, "member_not_found"));
            for (String body : List.of(
                    "",
                    "{",
                    "[]",
                    "null",
                    "{} {}",
                    "[".repeat(100),
                    "{\"order\":[\"oura\"]}",
                    "{\"order\":[\"sahha\",\"sahha\"]}",
                    "{\"order\":[\"sahha\"],\"order\":[]}",
                    "{\"order\":{}}",
                    "{\"by_family\":{\"mood\":[\"sahha\"]}}",
                    "{\"by_metric\":{\"no.such.metric\":[\"sahha\"]}}",
                    "{\"by_metric\":{\"steps\":[\"oura\"]}}",
                    "{\"by_day\":{}}")) {
                all.add(Wrong.json("PUT", path + ANNA + query, body, 400, "invalid_request"));
            }
        }
        all.add(Wrong.json("PUT", path + ANNA + "?dry_run=maybe", "{}", 400, "invalid_request"));
        all.add(new Wrong("PUT", path + ANNA, "{}", "text/plain", 415, "unsupported_media_type"));
        all.add(Wrong.json("POST", path + ANNA, "{}", 405, "method_not_allowed"));
        all.add(Wrong.json("DELETE", path + ANNA, "", 405, "method_not_allowed"));
    }

    private static void explaining(List<Wrong> all) {
        String path = UNIFIED + "explain/";
        for (String id : List.of("%20", TOO_LONG, "a%0Ab", "a%7Fb")) {
            all.add(Wrong.get(path + id + "?metric=steps", 400, "invalid_request"));
        }
        all.add(Wrong.get(path + NOBODY + "?metric=steps", 404, "member_not_found"));
        for (String query : List.of(
                "",
                "?metric=",
                "?metric=no.such.metric",
                "?metric=readiness",
                "?metric=STEPS",
                "?metric=steps&date=tomorrow",
                "?metric=steps&date=",
                "?metric=steps&date=2026-02-30",
                "?metric=steps&date=1999-12-31",
                "?metric=steps&date=2026-11-24",
                "?metric=steps&date=9999-12-31")) {
            all.add(Wrong.get(path + ANNA + query, 400, "invalid_request"));
        }
        all.add(Wrong.json("POST", path + ANNA, "{}", 405, "method_not_allowed"));
    }

    private static void changes(List<Wrong> all) {
        String path = UNIFIED + "changes/";
        for (String id : List.of("%20", TOO_LONG, "a%0Ab", "a%7Fb")) {
            all.add(Wrong.get(path + id, 400, "invalid_request"));
        }
        all.add(Wrong.get(path + NOBODY, 404, "member_not_found"));
        for (String since :
                List.of("17", "%20", "%00", "x".repeat(5_000), cursorOfAnna + "A", cursorOfAnna.substring(1))) {
            all.add(Wrong.get(path + ANNA + "?since=" + since, 400, "invalid_request"));
        }
        all.add(Wrong.get(path + BEN + "?since=" + cursorOfAnna, 400, "invalid_request"));
        all.add(Wrong.json("POST", path + ANNA, "{}", 405, "method_not_allowed"));
    }

    private static void connecting(List<Wrong> all) {
        for (String id : List.of("%20", TOO_LONG, "a%0Ab")) {
            all.add(Wrong.json("POST", CONNECT + id, "", 400, "invalid_request"));
            all.add(Wrong.json("DELETE", CONNECT + id, "", 400, "invalid_request"));
        }
        for (String body : List.of(
                "{",
                "[]",
                "\"text\"",
                "{\"return_to\":{}}",
                "{\"return_to\":[1]}",
                "{\"return_to\":\"https://elsewhere.example.com\"}",
                "{\"return_to\":\"\"}",
                "{\"return_to\":\"" + "x".repeat(10_000) + "\"}",
                "{} {}",
                "[".repeat(100))) {
            all.add(Wrong.json("POST", CONNECT + ANNA, body, 400, "invalid_request"));
        }
        all.add(new Wrong("POST", CONNECT + ANNA, "{}", "text/plain", 415, "unsupported_media_type"));
        all.add(new Wrong("POST", CONNECT + ANNA, "<a/>", "application/xml", 415, "unsupported_media_type"));
        all.add(Wrong.json("PUT", CONNECT + ANNA, "{}", 405, "method_not_allowed"));
        all.add(Wrong.get(CONNECT + ANNA, 405, "method_not_allowed"));
    }

    private static void internalOAuth(List<Wrong> all) {
        for (String body : List.of(
                "",
                "null",
                "{}",
                "{\"user_id\":null}",
                "{\"user_id\":\"\"}",
                "{\"user_id\":\"  \"}",
                "{\"user_id\":\"" + TOO_LONG + "\"}",
                "{\"user_id\":\"a\\u0000b\"}",
                "{\"user_id\":{\"a\":1}}",
                "{\"user_id\":[\"a\"]}",
                "{\"user_id\":\"a\",\"return_to\":\"javascript:alert(1)\"}",
                "{\"user_id\"",
                "[]")) {
            all.add(Wrong.json("POST", OAUTH + "initiate", body, 400, "invalid_request"));
        }
        for (String body : List.of(
                "",
                "{}",
                "{\"code\":\"c\"}",
                "{\"state\":\"s\"}",
                "{\"code\":\"\",\"state\":\"\"}",
                "{\"code\":\"c\",\"state\":\"never-given\"}",
                "{\"code\":\"c\",\"state\":\"" + "s".repeat(5_000) + "\"}",
                "{\"code\":{},\"state\":\"s\"}",
                "{\"code\":")) {
            all.add(Wrong.json("POST", OAUTH + "callback", body, 400, "invalid_request"));
        }
        for (String route : List.of("initiate", "callback")) {
            all.add(new Wrong(
                    "POST", OAUTH + route, "a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"));
            all.add(Wrong.get(OAUTH + route, 405, "method_not_allowed"));
        }
        all.add(Wrong.json("POST", OAUTH + "validate/" + NOBODY, "", 404, "connection_not_found"));
        all.add(Wrong.get(OAUTH + "status/" + NOBODY, 404, "connection_not_found"));
        for (String id : List.of("%20", TOO_LONG, "a%0Ab")) {
            all.add(Wrong.json("POST", OAUTH + "validate/" + id, "", 400, "invalid_request"));
            all.add(Wrong.get(OAUTH + "status/" + id, 400, "invalid_request"));
            all.add(Wrong.json("DELETE", OAUTH + "disconnect/" + id, "", 400, "invalid_request"));
        }
        all.add(Wrong.get(OAUTH + "validate/" + ANNA, 405, "method_not_allowed"));
        all.add(Wrong.json("POST", OAUTH + "status/" + ANNA, "{}", 405, "method_not_allowed"));
        all.add(Wrong.get(OAUTH + "disconnect/" + ANNA, 405, "method_not_allowed"));
    }

    private static void internalData(List<Wrong> all) {
        Stream.concat(WITH_DAYS.stream(), WITHOUT_DAYS.stream()).forEach(kind -> {
            String path = "/internal/data/" + kind + '/';
            all.add(Wrong.get(path + NOBODY, 404, "member_not_found"));
            all.add(Wrong.get(path + TOO_LONG, 400, "invalid_request"));
            all.add(Wrong.get(path + "a%0Ab", 400, "invalid_request"));
            all.add(Wrong.get(path + ANNA + "?date=2026-02-30", 400, "invalid_request"));
            all.add(Wrong.json("POST", path + ANNA, "{}", 405, "method_not_allowed"));
        });
        for (String kind : WITHOUT_DAYS) {
            all.add(Wrong.get("/internal/data/" + kind + '/' + ANNA + "?days=3", 400, "invalid_request"));
        }
        for (String kind : WITH_DAYS) {
            for (String query : List.of(
                    "date=today",
                    "date=",
                    "date=2026-11-22&days=3",
                    "date=2026-11-22&from=2026-11-22&to=2026-11-22",
                    "from=2026-11-22",
                    "to=2026-11-22",
                    "from=2026-11-22&to=2026-11-21",
                    "from=2025-11-01&to=2026-11-02",
                    "from=2026-11-22&to=2026-11-22&days=1",
                    "days=0",
                    "days=-1",
                    "days=365",
                    "days=many",
                    "days=")) {
                all.add(Wrong.get("/internal/data/" + kind + '/' + ANNA + '?' + query, 400, "invalid_request"));
            }
        }
        all.add(Wrong.get("/internal/data/nothing/" + ANNA, 404, "not_found"));
        all.add(Wrong.json("POST", "/internal/sync/" + NOBODY, "", 404, "connection_not_found"));
        all.add(Wrong.json("POST", "/internal/sync/" + TOO_LONG, "", 400, "invalid_request"));
        all.add(Wrong.get("/internal/sync/" + ANNA, 405, "method_not_allowed"));
        all.add(Wrong.get("/internal/sync/" + ANNA + "/no-uuid", 404, "not_found"));
        all.add(Wrong.get("/internal/sync/" + ANNA + "/00000000-0000-4000-8000-000000000000", 404, "not_found"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void onNewRoutes(Wrong wrong) throws Exception {
        HttpResponse<String> answer = send(wrong);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(wrong.status());
        String path = house.uri(wrong.path()).getRawPath();
        assertProblem(
                answer.headers().firstValue("Content-Type").orElse(""), answer.body(), wrong.status(), wrong.code());
        assertThat(house.jsonOf(answer).path("instance").asText()).isEqualTo(path);
        assertAllow(answer);
    }

    /** Years that no database and no calendar of ours holds are answered too, one way or the other. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                UNIFIED + "days/demo-anna?from=9999-12-31&to=9999-12-31",
                UNIFIED + "days/demo-anna?from=0000-01-01&to=0000-01-01",
                UNIFIED + "overview/demo-anna?period=9999-12-31",
                UNIFIED + "overview/demo-anna?period=0000-01-01",
                "/internal/data/sleep/demo-anna?date=9999-12-31",
                "/internal/data/sleep/demo-anna?date=0000-01-01",
                "/api/v1/health-metrics/overview?profile_id=demo-anna&period=9999-12-31",
                "/api/v1/health-metrics/overview?profile_id=demo-anna&period=0000-01-01",
            })
    void daysAtTheEndsOfTheCalendar(String path) {
        assertThat(house.get(path).statusCode()).isIn(200, 400, 404);
    }

    /** The server refuses some of these before any code of ours sees them; the form is the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                UNIFIED + "overview/%zz",
                UNIFIED + "overview/%",
                UNIFIED + "overview/a%2",
                UNIFIED + "overview/a%00b",
                UNIFIED + "overview/%c3%28",
                UNIFIED + "overview/a%2Fb",
                UNIFIED + "overview/a%5Cb",
                UNIFIED + "overview/..%2f..%2fhealth",
                UNIFIED + "overview/%2e%2e/x",
                UNIFIED + "overview/demo-anna?period=%zz",
                UNIFIED + "overview/demo-anna?period=%",
                "/internal/data/sleep/%00",
                "/internal/oauth/status/%zz",
                "/%00",
                "/%zz",
                "/api/v1/health-metrics/%zz", // nobody can say which path this would have been
            })
    void malformedAddressesOfNewRoutes(String target) throws Exception {
        RawRequest.Answer answer = RawRequest.send(house.uri(""), "GET", target, "X-API-Key: " + House.KEY);

        assertThat(answer.status()).as(answer.body()).isBetween(400, 404);
        assertProblem(
                answer.headers().getOrDefault("content-type", ""),
                answer.body(),
                answer.status(),
                answer.status() == 400 ? "" : "not_found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/health-metrics/overview?profile_id=demo-anna&period=%2",
                "/api/v1/health-metrics/a%5Cb",
                "/api/v1/sahha/a%2Fb",
            })
    void malformedAddressesOfExistingPaths(String target) throws Exception {
        RawRequest.Answer answer = RawRequest.send(house.uri(""), "GET", target);

        assertThat(answer.status()).as(answer.body()).isBetween(400, 404);
        assertDetail(answer.headers().getOrDefault("content-type", ""), answer.body());
    }

    @Test
    void aMethodNobodyKnowsAndHeadersThatAreTooLong() throws Exception {
        RawRequest.Answer method =
                RawRequest.send(house.uri(""), "BREW", UNIFIED + "overview/" + ANNA, "X-API-Key: " + House.KEY);
        RawRequest.Answer header =
                RawRequest.send(house.uri(""), "GET", UNIFIED + "overview/" + ANNA, "X-Long: " + "x".repeat(20_000));
        RawRequest.Answer target = RawRequest.send(house.uri(""), "GET", UNIFIED + "overview/" + "x".repeat(20_000));

        assertThat(List.of(method.status(), header.status(), target.status())).containsExactly(405, 431, 414);
        assertProblem(method.headers().getOrDefault("content-type", ""), method.body(), 405, "method_not_allowed");
    }

    private static HttpResponse<String> send(Wrong wrong) {
        var request = house.request(wrong.path())
                .header("X-API-Key", House.KEY)
                .method(
                        wrong.method(),
                        wrong.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(wrong.body()));
        if (!wrong.contentType().isEmpty()) {
            request.header("Content-Type", wrong.contentType());
        }
        return house.exchange(request);
    }

    private static void assertAllow(HttpResponse<String> answer) {
        if (answer.statusCode() == 405) {
            assertThat(answer.headers().firstValue("Allow").orElse("")).isNotBlank();
        }
    }

    private void assertDetail(String contentType, String body) throws IOException {
        assertThat(contentType).startsWith("application/json");
        JsonNode detail = json.readTree(body);
        assertThat(detail.fieldNames()).toIterable().containsExactly("detail");
        assertThat(detail.path("detail").asText()).isNotBlank();
    }

    private void assertProblem(String contentType, String body, int status, String code) throws IOException {
        assertThat(contentType).as(body).startsWith(PROBLEM);
        JsonNode problem = json.readTree(body);
        assertThat(problem.fieldNames())
                .toIterable()
                .startsWith("type", "title", "status", "detail", "instance", "code");
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("detail").asText()).isNotBlank();
        assertThat(problem.path("code").asText()).isNotBlank();
        if (!code.isEmpty()) {
            assertThat(problem.path("code").asText()).isEqualTo(code);
        }
        assertThat(problem.path("type").asText())
                .isEqualTo("urn:unified-health:problem:" + problem.path("code").asText());
    }
}
