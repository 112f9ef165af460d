package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A member's own token: what is theirs, and nothing of anybody else's, kept answers included. */
class MemberAccessTest {

    private static final String ANNA = "m-anna";
    private static final String BEN = "m-ben";
    private static final String NOBODY = "m-none";
    private static final String OVERVIEW = "/api/v1/unified-health/overview/";
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");

    /** A value of hers that is in every answer about her day. */
    private static final String HERS = "\"0.8125\"";

    private static MembersHouse house;
    private static String annas;
    private static String bens;

    private record Route(String method, String path, String rule) {

        String to(String userId) {
            return path.replace("{user_id}", userId)
                    .replace("{job_id}", "00000000-0000-4000-8000-000000000000")
                    .replace("{id}", "0123456789abcdef0123456789abcdef");
        }

        String body() {
            return method.equals("PUT") || method.equals("POST") ? "{" : "";
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = MembersHouse.open(Map.of("EXISTING_ROUTES", "enforce"));
        ScriptedSahha sahha = house.house().sahha();
        sahha.has(
                ScriptedSahha.SCORES,
                ANNA,
                ScriptedSahha.score("00000000-0000-4000-8000-000000000001", "readiness", 0.8125, TODAY));
        sahha.server().on(ScriptedSahha.PROFILE + NOBODY, Reply.status(404));
        annas = house.token(ANNA);
        bens = house.token(BEN);
        ApiKeyStore keys = new ApiKeyStore(house.app().sahhaDatabase.jdbi());
        for (String scope : Scope.ALL) {
            Set<String> others = new HashSet<>(Scope.ALL);
            others.remove(scope);
            keys.save("all-but-" + scope, "all but " + scope, others, RunningApp.START);
        }
        RunningApp.await(() -> house.get(annas, OVERVIEW + ANNA).statusCode() == 200);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void aMemberReadsAndWritesWhatIsTheirs() {
        for (String path : List.of(
                OVERVIEW + ANNA,
                OVERVIEW + "%6D-anna",
                "/api/v1/unified-health/days/" + ANNA + "?from=2026-11-20&to=2026-11-22",
                "/api/v1/unified-health/sources/" + ANNA,
                "/api/v1/unified-health/changes/" + ANNA,
                "/api/v1/unified-health/explain/" + ANNA + "?metric=steps",
                "/api/v1/unified-health/preferences/" + ANNA,
                "/api/v1/health-metrics/overview?profile_id=" + ANNA,
                "/api/v1/health-metrics/overview?include_whoop=true&profile_id=" + ANNA,
                "/api/v1/sahha/scores?user_id=" + ANNA)) {
            assertThat(house.get(annas, path).statusCode()).as(path).isEqualTo(200);
        }
        String preferences = "/api/v1/unified-health/preferences/" + ANNA;
        assertThat(house.as(annas, "PUT", preferences, "{\"order\":[\"sahha\",\"whoop\"]}")
                        .statusCode())
                .isEqualTo(200);
        String connect = "/api/v1/unified-health/connect/whoop/" + ANNA;
        assertThat(house.as(annas, "POST", connect, "{}").statusCode()).isEqualTo(200);
        assertThat(house.as(annas, "DELETE", connect, "").statusCode()).isEqualTo(204);
    }

    @Test
    void ofAnotherMemberEveryRouteAnswersAsOfSomebodyWhomNobodyKnows() {
        Map<String, Long> stored = house.stored();
        int calls = house.house().sahha().server().asked().size();

        for (Route route : routes()) {
            HttpResponse<String> others = send(route, ANNA, bens);
            HttpResponse<String> nobodys = send(route, NOBODY, bens);

            assertThat(others.statusCode()).as(route.toString()).isEqualTo(404);
            assertThat(others.body())
                    .as(route.toString())
                    .contains("\"code\":\"member_not_found\"", "\"detail\":\"no such user\"")
                    .isEqualTo(nobodys.body().replace(NOBODY, ANNA));
            assertThat(headers(others)).as(route.toString()).isEqualTo(headers(nobodys));
        }

        assertThat(house.stored()).isEqualTo(stored);
        assertThat(house.house().sahha().server().asked()).as("calls to Sahha").hasSize(calls);
    }

    @Test
    void thatIsWhatAServiceIsAnsweredForAnUnknownId() {
        for (String path : List.of(
                OVERVIEW,
                "/api/v1/unified-health/sources/",
                "/api/v1/unified-health/changes/",
                "/api/v1/unified-health/preferences/")) {
            HttpResponse<String> unknown = house.app().get(path + NOBODY);
            HttpResponse<String> others = house.get(bens, path + ANNA);

            assertThat(unknown.statusCode()).as(path).isEqualTo(404);
            assertThat(others.body()).as(path).isEqualTo(unknown.body().replace(NOBODY, ANNA));
            assertThat(headers(others)).as(path).isEqualTo(headers(unknown));
        }
    }

    @Test
    void aKeyWithoutTheScopeReachesNobody() {
        Map<String, Long> stored = house.stored();

        for (Route route : routes()) {
            HttpResponse<String> answer = house.app()
                    .exchange(MembersHouse.request(
                            house.app().request(route.to(ANNA)),
                            "all-but-" + route.rule(),
                            route.method(),
                            route.body()));

            assertThat(answer.statusCode()).as(route.toString()).isEqualTo(403);
            assertThat(answer.body()).doesNotContain(HERS);
        }

        assertThat(house.stored()).isEqualTo(stored);
    }

    @Test
    void noSpellingOfAnIdReachesAnotherMember() {
        for (String spelled : List.of(
                "m%2Danna",
                "m-anna%20",
                "%20m-anna",
                "M-ANNA",
                "m-anna;user_id=m-ben",
                "m-ben;m-anna",
                "m-anna?user_id=m-ben",
                "m-ben/../m-anna",
                "m-ben%2F..%2Fm-anna",
                "./m-anna",
                "m-anna/",
                "m%252Danna",
                "m-anna%00",
                "m-anna%E2%80%8B",
                "x".repeat(101))) {
            HttpResponse<String> answer = house.get(bens, OVERVIEW + spelled);

            assertThat(answer.body()).as(spelled).doesNotContain("0.8125");
            if (answer.statusCode() == 200) {
                assertThat(house.app().jsonOf(answer).path("user_id").asText())
                        .as(spelled)
                        .isEqualTo(BEN);
            } else {
                assertThat(answer.statusCode()).as(spelled).isIn(400, 404);
            }
        }
        for (String query : List.of(
                "profile_id=m-anna",
                "profile_id=m-ben&profile_id=m-anna",
                "profile_id=m-anna&profile_id=m-ben",
                "profile_id=m-anna&user_id=m-ben",
                "profile_id=m-ben&user_id=m-anna",
                "profile_id=m-ann%61",
                "profile_id=m-anna&include_whoop=true")) {
            HttpResponse<String> answer = house.get(bens, "/api/v1/health-metrics/overview?" + query);

            assertThat(answer.statusCode()).as(query).isEqualTo(404);
            assertThat(answer.body()).as(query).isEqualTo("{\"detail\":\"no such user\"}");
        }
    }

    /** A path with parameters can look like another one to whoever reads it another way than the router does. */
    @Test
    void noSpellingOfARouteReachesAnotherMember() throws Exception {
        Map<String, Long> stored = house.stored();
        for (Route route : routes()) {
            for (String target : spellings(route.to(ANNA))) {
                RawRequest.Answer answer =
                        RawRequest.send(house.app().uri(""), route.method(), target, "Authorization: Bearer " + bens);

                assertThat(answer.status()).as(route.method() + " " + target).isIn(400, 404);
                assertThat(answer.body()).as(target).doesNotContain("0.8125");
            }
        }
        assertThat(house.stored()).isEqualTo(stored);
    }

    @Test
    void noSpellingOfAnExistingPathNeedsNoCredential() throws Exception {
        for (String path :
                List.of("/api/v1/health-metrics/overview", "/api/v1/health-metrics/scores", "/api/v1/sahha/scores")) {
            for (String target : spellings(path)) {
                RawRequest.Answer answer = RawRequest.send(
                        house.app().uri(""),
                        "GET",
                        target.replaceAll("[?].*", "") + "?profile_id=" + ANNA + "&user_id=" + ANNA);

                assertThat(answer.status()).as(target).isIn(400, 401, 404);
                assertThat(answer.body()).as(target).doesNotContain("0.8125");
            }
        }
    }

    /** Each segment with parameters that read like other paths, and the path with its letters encoded. */
    private static List<String> spellings(String path) {
        List<String> all = new ArrayList<>();
        String named = path.contains("?") ? "&" : "?";
        for (String parameters : List.of(
                ";",
                ";a=b",
                ";x=%2Fv1%2Fsahha%2F",
                ";x=%2Fapi%2Fv1%2Fsahha%2F",
                ";a=%2F",
                ";%2F..",
                ";/..;",
                ";x=%252F")) {
            for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
                all.add(path.substring(0, slash) + parameters + path.substring(slash));
            }
            all.add(path + parameters);
        }
        all.add("/%61pi" + path.substring(4));
        all.add(path.replace("/v1/", "/v1/%2e/"));
        all.add("/api/v1/sahha/..%2f" + path.substring(8));
        return all.stream()
                .map(target -> target + named + "user_id=" + BEN + "&profile_id=" + BEN)
                .toList();
    }

    @Test
    void amongManyOnlyTheMembersOwnLineIsADay() {
        HttpResponse<String> answer = house.as(
                bens,
                "POST",
                "/api/v1/unified-health/overviews",
                "{\"user_ids\":[\"" + ANNA + "\",\"" + BEN + "\",\"" + NOBODY + "\"]}");

        List<String> lines = answer.body().lines().toList();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo(lines.get(2).replace(NOBODY, ANNA)).contains("\"status\":404");
        assertThat(lines.get(1)).contains("\"user_id\":\"" + BEN + "\"").doesNotContain("\"status\":404");
    }

    @Test
    void whatIsOfNoMemberIsForServices() {
        for (String path : List.of("/api/v1/unified-health/health/whoop", "/api/v1/health/detailed")) {
            assertThat(house.get(bens, path).statusCode()).as(path).isEqualTo(403);
        }
        for (String path : List.of(
                "/internal/oauth/status/" + BEN, "/internal/data/sleep/" + BEN, "/internal/data/profile/" + BEN)) {
            assertThat(house.get(bens, path).statusCode()).as(path).isEqualTo(403);
        }
        for (String path : List.of("/internal/oauth/initiate", "/internal/oauth/callback")) {
            assertThat(house.as(bens, "POST", path, "{\"user_id\":\"" + BEN + "\"}")
                            .statusCode())
                    .as(path)
                    .isEqualTo(403);
        }
    }

    @Test
    void aKeptDayNeverAnswersWhoMayNotSeeIt() {
        for (String path : List.of(
                OVERVIEW + ANNA,
                "/api/v1/unified-health/days/" + ANNA + "?from=2026-11-20&to=2026-11-22",
                "/api/v1/unified-health/sources/" + ANNA)) {
            house.get(annas, path);
            long before = hits();
            HttpResponse<String> hers = house.get(annas, path);
            assertThat(hers.statusCode()).isEqualTo(200);
            assertThat(hits()).as("it is kept: " + path).isGreaterThan(before);
            String tag = hers.headers().firstValue("ETag").orElse("*");

            long kept = hits();
            assertRefused(404, bens, path, tag);
            assertRefused(404, house.token("m-anna-2"), path, tag);
            assertRefused(401, "nobodys-key", path, tag);
            assertRefused(403, "all-but-health:read", path, tag);
            assertThat(house.app().exchange(house.app().request(path)).statusCode())
                    .isEqualTo(401);
            assertThat(hits()).as("nobody looked: " + path).isEqualTo(kept);

            assertThat(house.get(annas, path).body()).as("hers still").contains(ANNA);
        }
    }

    @Test
    void aKeptExistingAnswerNeverAnswersWhoMayNotSeeIt() {
        String path = "/api/v1/health-metrics/overview?profile_id=" + ANNA;
        assertThat(house.get(annas, path).statusCode()).isEqualTo(200);
        assertThat(house.get(annas, path).body()).contains("readiness");

        assertRefused(404, bens, path, "*");
        assertRefused(401, "nobodys-key", path, "*");
        assertRefused(403, "all-but-health:read", path, "*");
        assertThat(house.app().exchange(house.app().request(path)).statusCode()).isEqualTo(401);
    }

    private static void assertRefused(int status, String credential, String path, String tag) {
        HttpResponse<String> answer = house.app()
                .exchange(MembersHouse.request(house.app().request(path), credential, "GET", "")
                        .header("If-None-Match", tag));
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        assertThat(answer.body()).as(path).doesNotContain("0.8125");
        assertThat(answer.headers().firstValue("ETag")).isEmpty();
    }

    private static long hits() {
        JsonNode metrics = house.app().jsonOf(house.app().admin("GET", "/metrics", ""));
        return metrics.path("gauges").path("cache.unified.hits").path("value").asLong(-1);
    }

    /** All routes that name a member, by the list that is held against what is registered. */
    private static List<Route> routes() {
        try (InputStream list = MemberAccessTest.class.getResourceAsStream("route-access.txt")) {
            List<Route> routes = new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\\s+"))
                    .filter(words -> words[0].equals("api") && words[2].contains("{user_id}"))
                    .map(words -> new Route(words[1], words[2], words[3]))
                    .toList();
            assertThat(routes).hasSizeGreaterThan(15);
            return routes;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> send(Route route, String userId, String token) {
        return house.as(token, route.method(), route.to(userId), route.body());
    }

    /** Without what differs from answer to answer. */
    private static Map<String, List<String>> headers(HttpResponse<String> answer) {
        Map<String, List<String>> headers =
                new java.util.TreeMap<>(answer.headers().map());
        headers.keySet()
                .removeIf(name ->
                        List.of("date", "x-request-id", "content-length").contains(name)
                                || name.startsWith("ratelimit"));
        return headers;
    }
}
