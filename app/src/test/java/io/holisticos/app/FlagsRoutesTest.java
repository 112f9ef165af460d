package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The switches of the admin port, and what off means. */
class FlagsRoutesTest {

    private static final String KEY = "X-API-Key";
    private static final String ON = "{\"enabled\":true}";
    private static final String OFF = "{\"enabled\":false}";
    private static final Duration PROMISED = Duration.ofSeconds(2);

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect("demo-anna");
        new ApiKeyStore(house.sahhaDatabase().jdbi())
                .save("no-operator", "no operator", Set.of(Scope.HEALTH_READ, Scope.INTERNAL), House.START);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void everythingOn() {
        for (String flag : List.of("WHOOP_INTEGRATION", "WHOOP_SYNC", "WHOOP_CONNECT")) {
            set(flag, "{\"enabled\":true,\"percentage\":100,\"users\":[]}");
        }
    }

    @Test
    void listsReadsAndSets() {
        JsonNode all = house.jsonOf(house.admin("GET", "/flags", ""));
        assertThat(all.fieldNames())
                .toIterable()
                .contains("WHOOP_INTEGRATION", "WHOOP_SYNC", "WHOOP_CONNECT", "PARALLEL_READ");
        assertThat(all.path("WHOOP_SYNC").toString()).isEqualTo("{\"enabled\":true,\"percentage\":100,\"users\":[]}");

        String wanted = "{\"enabled\":true,\"percentage\":25,\"users\":[\"demo-anna\",\"demo-ben\"]}";
        HttpResponse<String> answer = house.admin("PUT", "/flags/WHOOP_SYNC", wanted, KEY, House.KEY);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(wanted);
        assertThat(house.admin("GET", "/flags/WHOOP_SYNC", "", KEY, House.KEY).body())
                .isEqualTo(wanted);
    }

    @Test
    void aKillSwitchThatIsThrownAndTakenBackLeavesATrialATrial() {
        set("WHOOP_SYNC", "{\"enabled\":true,\"percentage\":25,\"users\":[\"demo-anna\"]}");

        set("WHOOP_SYNC", OFF);
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":false,\"percentage\":25,\"users\":[\"demo-anna\"]}");
        set("WHOOP_SYNC", ON);
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":true,\"percentage\":25,\"users\":[\"demo-anna\"]}");
        setByTask("enabled=false");
        setByTask("enabled=true");
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":true,\"percentage\":25,\"users\":[\"demo-anna\"]}");
        setByTask("percentage=30");
        set("WHOOP_SYNC", "{\"enabled\":false}");
        set("WHOOP_SYNC", "{\"percentage\":40}");
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":false,\"percentage\":40,\"users\":[\"demo-anna\"]}");
        set("WHOOP_SYNC", "{\"users\":[]}");
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":false,\"percentage\":40,\"users\":[]}");
        setByTask("enabled=true&users=demo-ben");
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":true,\"percentage\":0,\"users\":[\"demo-ben\"]}");
        setByTask("users=");
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":true,\"percentage\":0,\"users\":[]}");
    }

    @Test
    void theTaskListsAndSets() {
        JsonNode listed = house.jsonOf(house.admin("POST", "/tasks/flags", "", KEY, House.KEY));
        JsonNode set = house.jsonOf(house.admin(
                "POST",
                "/tasks/flags?flag=WHOOP_SYNC&enabled=false&percentage=30&users="
                        + URLEncoder.encode("demo-anna,demo-ben", StandardCharsets.UTF_8),
                "",
                KEY,
                House.KEY));

        assertThat(listed.path("WHOOP_SYNC").path("enabled").asBoolean()).isTrue();
        assertThat(set.path("WHOOP_SYNC").toString())
                .isEqualTo("{\"enabled\":false,\"percentage\":30,\"users\":[\"demo-anna\",\"demo-ben\"]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flag=WHOOP_SYNC&enabled=maybe",
                "flag=WHOOP_SYNC",
                "enabled=false",
                "flag=WHOOP_SYNC&enable=false",
                "flag=WHOOP_SYNC&enabled=false&enabled=true",
                "flag=WHOOP_SYNC&users=demo-anna,,demo-ben",
                "flag=WHOOP_SYNC&enabled=true&percentage=101",
                "flag=WHOOP_SYNC&enabled=true&percentage=half"
            })
    void theTaskRefusesWhatMakesNoSense(String query) {
        HttpResponse<String> answer = house.admin("POST", "/tasks/flags?" + query, "", KEY, House.KEY);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(house.jsonOf(answer).path("error").asText())
                .containsAnyOf(" must be ", "unknown parameters", "was given 2 times");
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":true,\"percentage\":100,\"users\":[]}");
    }

    @Test
    void theTaskAnswers404ForAFlagThatThereIsNot() {
        HttpResponse<String> answer = house.admin("POST", "/tasks/flags?flag=NONE&enabled=true", "", KEY, House.KEY);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(house.jsonOf(answer).path("error").asText()).contains("WHOOP_INTEGRATION");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"enable\":true}                      | unknown fields [enable]",
                "{\"enabled\":\"true\"}                 | enabled must be true or false",
                "{\"enabled\":1}                        | enabled must be true or false",
                "{\"percentage\":\"25\"}                | percentage must be a whole number",
                "{\"percentage\":25.5}                  | percentage must be a whole number",
                "{\"percentage\":null}                  | percentage must be a whole number",
                "{\"percentage\":99999999999}           | percentage must be a whole number",
                "{\"percentage\":101}                   | percentage must be 0 to 100, was 101",
                "{\"users\":[1]}                        | users must be a list of texts",
                "{\"users\":null}                       | users must be a list of texts",
                "{\"enabled\":false,\"enabled\":true}   | fields left out stay as they are",
                "{\"enabled\":false} {}                 | fields left out stay as they are"
            })
    void whatIsWrongWithABodyIsSaidInOneLine(String body, String said) {
        HttpResponse<String> answer = house.admin("PUT", "/flags/WHOOP_SYNC", body, KEY, House.KEY);

        assertProblem(answer, 400, "invalid_request");
        assertThat(house.jsonOf(answer).path("detail").asText()).contains(said).doesNotContain("\n");
        assertThat(stateOfFlag()).isEqualTo("{\"enabled\":true,\"percentage\":100,\"users\":[]}");
    }

    @Test
    void changesNeedAnOperator() {
        for (String path : List.of("/flags/WHOOP_INTEGRATION", "/flags/NONE")) {
            HttpResponse<String> nobody = house.admin("PUT", path, "{");
            assertProblem(nobody, 401, "unauthenticated");
            assertThat(nobody.headers().firstValue("WWW-Authenticate")).isPresent();
            assertProblem(house.admin("PUT", path, OFF, KEY, "unknown-key"), 401, "unauthenticated");
            assertProblem(house.admin("PUT", path, OFF, KEY, "no-operator"), 403, "forbidden");
        }
        assertProblem(house.admin("POST", "/tasks/flags?flag=WHOOP_SYNC&enabled=false", ""), 401, "unauthenticated");
        assertProblem(house.admin("POST", "/tasks/gc", "", KEY, "no-operator"), 403, "forbidden");
        assertThat(house.jsonOf(house.admin("GET", "/flags/WHOOP_INTEGRATION", ""))
                        .path("enabled")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void unknownFlagsAndHugeBodiesAreRefused() {
        assertProblem(house.admin("GET", "/flags/NONE", ""), 404, "not_found");
        assertProblem(house.admin("PUT", "/flags/NONE", ON, KEY, House.KEY), 404, "not_found");
        String huge = "{\"enabled\":true,\"users\":[\"" + "x".repeat(70_000) + "\"]}";
        assertProblem(house.admin("PUT", "/flags/WHOOP_SYNC", huge, KEY, House.KEY), 413, "request_entity_too_large");
    }

    @Test
    void aFlagThatCannotBeWrittenIsAnswered503BothWays() {
        try (Handle lock = house.sahhaDatabase().jdbi().open()) {
            lock.begin().execute("lock table feature_flag in access exclusive mode");

            HttpResponse<String> put = house.admin("PUT", "/flags/WHOOP_SYNC", OFF, KEY, House.KEY);
            HttpResponse<String> task =
                    house.admin("POST", "/tasks/flags?flag=WHOOP_SYNC&enabled=false", "", KEY, House.KEY);

            assertProblem(put, 503, "source_unavailable");
            assertThat(put.headers().firstValue("Retry-After")).contains("5");
            assertThat(house.jsonOf(put).path("detail").asText()).contains("try again");
            assertThat(task.statusCode()).isEqualTo(503);
            lock.rollback();
        }
        set("WHOOP_SYNC", OFF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{}",
                "{\"enabled\":\"maybe\"}",
                "{\"enabled\":null}",
                "{\"enabled\":true,\"percentage\":101}",
                "{\"enabled\":true,\"percentage\":-1}",
                "{\"enabled\":true,\"percentage\":\"many\"}",
                "{\"enabled\":true,\"users\":\"demo-anna\"}",
                "{\"enabled\":true,\"users\":[\"\"]}",
                "{\"enabled\":true,\"users\":[null]}",
                "{\"enabled\":true,\"unknown\":1}",
                "null",
                ""
            })
    void bodiesThatAreNoState(String body) {
        assertProblem(house.admin("PUT", "/flags/WHOOP_SYNC", body, KEY, House.KEY), 400, "invalid_request");
        assertThat(house.jsonOf(house.admin("GET", "/flags/WHOOP_SYNC", "")).toString())
                .isEqualTo("{\"enabled\":true,\"percentage\":100,\"users\":[]}");
    }

    @Test
    void aChangeReachesTheOtherReplicaWithinTwoSecondsAndSurvivesARestart() throws Exception {
        try (House.Replica replica = house.replica()) {
            RunningApp.assertKept(PROMISED, () -> {
                set("WHOOP_INTEGRATION", ON);
                House.await(() -> whoopOf("demo-anna", replica.uri("")).equals("ok"));

                set("WHOOP_INTEGRATION", OFF);
                long changed = System.nanoTime();

                House.await(() -> whoopOf("demo-anna", replica.uri("")).equals("disabled"));
                return Duration.ofNanos(System.nanoTime() - changed);
            });
        }
        house.restartApp();
        assertThat(whoopOf("demo-anna")).isEqualTo("disabled");
    }

    @Test
    void offMeansDisabledForReadersAndLeavingStaysPossible() {
        set("WHOOP_INTEGRATION", OFF);

        assertThat(whoopOf("demo-anna")).isEqualTo("disabled");
        JsonNode old =
                house.jsonOf(house.get("/api/v1/health-metrics/overview?profile_id=demo-anna&include_whoop=true"));
        assertThat(old.path("whoop").path("status").asText()).isEqualTo("disabled");
        assertThat(old.at("/combined/steps/source").asText()).isEqualTo("sahha");
        assertProblem(house.send("POST", "/api/v1/unified-health/connect/whoop/demo-ben", ""), 503, "disabled");
        for (String path : List.of(
                "/internal/oauth/status/demo-anna",
                "/internal/data/sleep/demo-anna",
                "/internal/data/health/demo-anna",
                "/internal/data/sleep/nobody")) {
            assertProblem(house.get(path), 503, "disabled");
        }
        assertProblem(house.send("POST", "/internal/oauth/initiate", "{\"user_id\":\"demo-ben\"}"), 503, "disabled");
        assertProblem(house.send("POST", "/internal/oauth/validate/demo-anna", ""), 503, "disabled");
        assertProblem(house.send("POST", "/internal/sync/demo-anna", ""), 503, "disabled");
        assertThat(house.send("DELETE", "/api/v1/unified-health/connect/whoop/demo-ben", "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(house.send("DELETE", "/internal/oauth/disconnect/demo-ben", "")
                        .statusCode())
                .isEqualTo(204);

        set("WHOOP_INTEGRATION", ON);
        assertThat(whoopOf("demo-anna")).isEqualTo("ok");
    }

    @Test
    void jobsPauseAndGoOnWithoutLoss() {
        set("WHOOP_SYNC", OFF);
        HttpResponse<String> accepted = house.send("POST", "/internal/sync/demo-anna", "");
        assertThat(accepted.statusCode()).isEqualTo(202);
        String status = house.jsonOf(accepted).path("status_url").asText();
        assertThat(stateOf(status)).isEqualTo("queued");

        set("WHOOP_INTEGRATION", OFF);
        set("WHOOP_SYNC", ON);
        house.clock().advance(Duration.ofMinutes(1)); // it looks again, and waits on

        set("WHOOP_INTEGRATION", ON);
        assertThat(stateOf(status)).isIn("queued", "running", "done");
        House.await(() -> {
            boolean done = stateOf(status).equals("done");
            if (!done) {
                house.clock()
                        .advance(Duration.ofSeconds(10)); // it looks again, and what failed meanwhile is tried again
            }
            return done;
        });
        assertThat(house.jsonOf(house.get(status)).path("records").asInt()).isPositive();
    }

    @Test
    void aFlagDecidesMemberByMember() {
        set("WHOOP_INTEGRATION", "{\"enabled\":true,\"percentage\":0,\"users\":[\"demo-anna\"]}");

        assertThat(whoopOf("demo-anna")).isEqualTo("ok");
        assertThat(whoopOf("demo-ben")).isEqualTo("disabled");
        assertProblem(house.get("/internal/oauth/status/demo-ben"), 503, "disabled");
        assertThat(house.get("/internal/oauth/status/demo-anna").statusCode()).isEqualTo(200);
    }

    @Test
    void nobodyNewConnectsWhileConnectingIsOff() {
        set("WHOOP_CONNECT", OFF);

        assertProblem(house.send("POST", "/api/v1/unified-health/connect/whoop/demo-ben", ""), 503, "disabled");
        assertThat(whoopOf("demo-anna")).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/flags", "/flags/WHOOP_SYNC", "/metrics", "/healthcheck", "/ping", "/threads", "/ops"})
    void noneOfItIsOnTheOtherPort(String path) {
        assertProblem(house.get(path), 404, "not_found");
        assertProblem(house.send("PUT", path, OFF), 404, "not_found");
        assertProblem(house.send("POST", "/tasks/flags", ""), 404, "not_found");
    }

    private static void set(String flag, String state) {
        HttpResponse<String> answer = house.admin("PUT", "/flags/" + flag, state, KEY, House.KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void setByTask(String query) {
        HttpResponse<String> answer = house.admin("POST", "/tasks/flags?flag=WHOOP_SYNC&" + query, "", KEY, House.KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String stateOfFlag() {
        return house.admin("GET", "/flags/WHOOP_SYNC", "", KEY, House.KEY).body();
    }

    private static String stateOf(String statusUrl) {
        return house.jsonOf(house.get(statusUrl)).path("state").asText();
    }

    private static String whoopOf(String userId) {
        return whoopOf(userId, house.uri(""));
    }

    private static String whoopOf(String userId, java.net.URI at) {
        HttpResponse<String> answer =
                house.exchange(HttpRequest.newBuilder(at.resolve("/api/v1/unified-health/overview/" + userId))
                        .timeout(Duration.ofSeconds(20))
                        .header(KEY, House.KEY));
        return house.jsonOf(answer).path("sources").path(1).path("status").asText();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = house.jsonOf(answer);
        assertThat(problem.path("code").asText()).isEqualTo(code);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
    }
}
