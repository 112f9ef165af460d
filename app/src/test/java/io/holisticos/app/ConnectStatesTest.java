package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.app.ScriptedServer.Asked;
import io.holisticos.app.ScriptedServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What WHOOP may say while members come, and what callers then see: the whole service, a WHOOP that says what it is told. */
class ConnectStatesTest {

    private static final String BEN = "ben";
    private static final Instant NIGHT = Instant.parse("2026-11-21T22:00:00Z");
    private static final String EDGE = "error code: 1010";

    private ScriptedHouse house;

    @AfterEach
    void close() throws Exception {
        house.close();
    }

    @Test
    void aForbiddenDataCallEndsNoConnectionAndShowsInHealth() throws Exception {
        house = ScriptedHouse.open();
        house.connectAndSync(BEN, 1);
        house.whoop().server().on("/developer/", Reply.of(403, "text/plain; charset=UTF-8", EDGE));
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().server().on(list, Reply.of(403, "text/plain", EDGE)));

        house.app().send("POST", "/internal/sync/" + BEN, "");
        RunningApp.await(() -> health().path("forbidden").path("count").asLong() > 0);

        assertThat(health().path("forbidden").path("last_body").asText()).isEqualTo("plain_text");
        assertThat(health().path("status").asText()).isEqualTo("degraded");
        assertThat(status(BEN).path("status").asText()).isEqualTo("active");
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().has(list));
        RunningApp.await(() -> {
            house.app().clock.advance(Duration.ofMinutes(1));
            return house.isOver(BEN, "sync");
        });
        assertThat(house.stateOf(BEN, "sync")).isEqualTo("done");
        house.app().clock.advance(Duration.ofMinutes(20));
        RunningApp.await(() -> health().path("status").asText().equals("ok"));
    }

    @Test
    void aConsentThatMeetsASpentQuotaIsKeptAndGoesOnByItself() throws Exception {
        house = ScriptedHouse.open();
        hasANight(1);
        house.whoop().server().on(ScriptedWhoop.PROFILE, Reply.status(429).with("Retry-After", "30"));

        JsonNode answered = house.connect(BEN, 1);

        assertThat(answered.path("status").asText()).isEqualTo("awaiting_profile");
        assertThat(answered.path("whoop_user_id").isNull()).isTrue();
        JsonNode day = overview(BEN);
        assertThat(whoopOf(day).path("status").asText()).isEqualTo("stale");
        assertThat(day.path("completeness").path("missing").findValuesAsText("reason"))
                .contains("pending");
        assertThat(day.path("data_sources").toString()).doesNotContain("whoop");
        assertThat(house.json("/internal/data/sleep/" + BEN).path("records")).isEmpty();
        assertThat(code(house.app().send("POST", "/internal/sync/" + BEN, ""))).isEqualTo("409 awaiting_profile");
        assertThat(house.stateOf(BEN, "first-sync")).isEmpty();
        assertThat(health().path("members").path("awaiting").asInt()).isEqualTo(1);

        house.whoop()
                .server()
                .on(ScriptedWhoop.PROFILE, Reply.json(ScriptedWhoop.profile(1).toString()));
        house.app().clock.advance(Duration.ofMinutes(2));

        RunningApp.await(() -> house.stateOf(BEN, "first-sync").equals("done"));
        assertThat(status(BEN).path("whoop_user_id").asLong()).isEqualTo(1);
        assertThat(overview(BEN).path("data_sources").toString()).contains("whoop");
    }

    @Test
    void aConsentSurvivesARestartBeforeItsProfileIsKnown() throws Exception {
        house = ScriptedHouse.open();
        house.whoop().server().on(ScriptedWhoop.PROFILE, Reply.of(403, "text/html", "<html>no</html>"));
        house.connect(BEN, 1);
        house.app().whoopDatabase.jdbi().useHandle(handle -> handle.execute("delete from scheduled_tasks"));

        house.app().restart();
        house.whoop()
                .server()
                .on(ScriptedWhoop.PROFILE, Reply.json(ScriptedWhoop.profile(1).toString()));
        house.app().clock.advance(Duration.ofMinutes(11));

        RunningApp.await(() -> house.stateOf(BEN, "first-sync").equals("done"));
    }

    @Test
    void fifteenConsentsWithinSecondsAreAllKept() throws Exception {
        house = ScriptedHouse.open();
        List<String> users = IntStream.range(0, 15).mapToObj(i -> "user-" + i).toList();
        Map<String, Long> accounts =
                users.stream().collect(Collectors.toMap(user -> user, user -> 100L + users.indexOf(user)));
        house.whoop()
                .server()
                .next(
                        ScriptedWhoop.PROFILE,
                        IntStream.range(0, 4)
                                .mapToObj(i -> Reply.status(429).with("Retry-After", "1"))
                                .toArray(Reply[]::new));

        for (String user : users) {
            JsonNode answered = house.connect(user, accounts.get(user));
            assertThat(answered.path("status").asText()).isIn("active", "awaiting_profile");
        }

        RunningApp.await(() -> {
            house.app().clock.advance(Duration.ofSeconds(20));
            return users.stream()
                    .allMatch(user -> status(user).path("whoop_user_id").asLong() == accounts.get(user));
        });
    }

    @Test
    void theMemberLimitHoldsAndIsShown() throws Exception {
        house = ScriptedHouse.openWith(Map.of("WHOOP_MEMBER_LIMIT", "2"));
        house.connect("one", 1);
        assertThat(health().path("members").path("warning").isNull()).isTrue();
        house.connect("two", 2);

        RunningApp.await(
                () -> health().path("members").path("warning").asText("").contains("2 of 2"));
        assertThat(code(begin("three"))).isEqualTo("409 member_limit_reached");
        assertThat(code(house.app().send("POST", "/internal/oauth/initiate", "{\"user_id\":\"three\"}")))
                .isEqualTo("409 member_limit_reached");
        assertThat(gauge("whoop.members.connected")).isEqualTo(2.0);
        assertThat(gauge("whoop.members.limit")).isEqualTo(2.0);

        house.app().send("DELETE", "/internal/oauth/disconnect/one", "");
        house.connect("three", 3);
        assertThat(house.connect("one", 1).path("status").asText())
                .as("was here before")
                .isEqualTo("active");
    }

    @Test
    void anotherAccountsRecordsTakeThePlaceOfTheFormerOnes() throws Exception {
        house = ScriptedHouse.open();
        UUID former = hasANight(1);
        house.connectAndSync(BEN, 1);
        assertThat(sleeps()).contains(former.toString());
        house.app().send("DELETE", "/internal/oauth/disconnect/" + BEN, "");

        UUID own = hasANight(2);
        HttpResponse<String> asked = bring(BEN, 2, "");

        assertThat(code(asked)).isEqualTo("409 account_replacement_required");
        assertThat(status(BEN).path("status").asText()).isEqualTo("awaiting_confirmation");
        assertThat(status(BEN).path("whoop_user_id").isNull()).isTrue();
        assertThat(whoopOf(overview(BEN)).path("status").asText()).isEqualTo("stale");
        assertThat(sleeps()).doesNotContain(former.toString(), own.toString());
        int calls = house.whoop().server().asked().size();

        assertThat(bring(BEN, 2, ",\"replace_account\":true").statusCode()).isEqualTo(200);
        RunningApp.await(() -> sleeps().contains(own.toString()));

        assertThat(calls).isLessThan(house.whoop().server().asked().size());
        assertThat(sleeps()).doesNotContain(former.toString());
        assertThat(held("whoop_sleep", former)).isZero();
        assertThat(held("whoop_sleep_history where whoop_user_id = 1 and", former))
                .as("kept, under its account")
                .isEqualTo(1);
        int bodies = house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from whoop_body_measurement_history where whoop_user_id = 1")
                        .mapTo(Integer.class)
                        .one());
        assertThat(bodies).isEqualTo(1);
    }

    private int held(String table, UUID id) {
        String where = table.contains("where") ? " id = :id" : " where id = :id";
        return house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + table + where)
                        .bind("id", id)
                        .mapTo(Integer.class)
                        .one());
    }

    /** The account has one night, and a cycle that it opened. */
    private UUID hasANight(long account) {
        UUID sleep = UUID.randomUUID();
        ObjectNode cycle = ScriptedWhoop.cycle(account * 1000, NIGHT).put("user_id", account);
        ObjectNode night = ScriptedWhoop.sleep(sleep, account * 1000, NIGHT).put("user_id", account);
        house.whoop().has(ScriptedWhoop.CYCLES, cycle);
        house.whoop().has(ScriptedWhoop.SLEEPS, night);
        return sleep;
    }

    private String sleeps() {
        return house.json("/internal/data/sleep/" + BEN).toString();
    }

    /** A consent, and the code as a service brings it. */
    private HttpResponse<String> bring(String userId, long account, String more) throws Exception {
        house.whoop().consentsAs(account);
        JsonNode begun = house.app()
                .jsonOf(house.app().send("POST", "/internal/oauth/initiate", "{\"user_id\":\"" + userId + "\"}"));
        HttpResponse<Void> consent = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        begun.path("authorization_url").asText()))
                                .build(),
                        BodyHandlers.discarding());
        URI back = URI.create(consent.headers().firstValue("Location").orElseThrow());
        Asked returned = new Asked("GET", back.getPath(), back.getRawQuery(), Map.of(), "");
        return house.app()
                .send(
                        "POST",
                        "/internal/oauth/callback",
                        "{\"code\":\"" + returned.parameter("code") + "\",\"state\":\"" + returned.parameter("state")
                                + "\"" + more + "}");
    }

    private HttpResponse<String> begin(String userId) {
        return house.app().send("POST", "/api/v1/unified-health/connect/whoop/" + userId, "");
    }

    private String code(HttpResponse<String> answer) {
        return answer.statusCode() + " "
                + house.app().jsonOf(answer).path("code").asText();
    }

    private JsonNode status(String userId) {
        return house.json("/internal/oauth/status/" + userId);
    }

    private JsonNode overview(String userId) {
        return house.json("/api/v1/unified-health/overview/" + userId);
    }

    private static JsonNode whoopOf(JsonNode day) {
        for (JsonNode source : day.path("sources")) {
            if (source.path("name").asText().equals("whoop")) {
                return source;
            }
        }
        throw new AssertionError(day.toString());
    }

    private JsonNode health() {
        return house.json("/api/v1/unified-health/health/whoop");
    }

    private double gauge(String name) throws Exception {
        HttpResponse<String> metrics = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(house.app().adminUri("/metrics")).build(), BodyHandlers.ofString());
        return house.app()
                .jsonOf(metrics)
                .path("gauges")
                .path(name)
                .path("value")
                .asDouble();
    }
}
