package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.testing.LogLines;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole service with WHOOP for five percent of members, and a WHOOP that breaks. */
class CanaryFallsBackTest {

    private static final String FLAG = "/flags/WHOOP_INTEGRATION";
    private static final int PERCENT = 5;

    /** As an operator would count who is in: by the same formula as the flag. */
    private static final List<String> INSIDE = members(true);

    private static final String OUTSIDE = members(false).get(0);

    private static final String EVERY_100_MS = "lookEvery: 100ms";

    private ScriptedHouse house;

    private static List<String> members(boolean inside) {
        return IntStream.range(0, 400)
                .mapToObj(number -> "canary-" + number)
                .filter(id -> (Math.floorMod(("WHOOP_INTEGRATION:" + id).hashCode(), 100) < PERCENT) == inside)
                .limit(2)
                .toList();
    }

    @AfterEach
    void close() throws Exception {
        house.close();
    }

    @Test
    void aWhoopThatBreaksSwitchesItselfOffAndExistingCallersNoticeNothing() throws Exception {
        open("true");
        String before = existing();
        try (LogLines said = LogLines.ofAll()) {
            breakWhoop();
            askForSyncs();

            RunningApp.await(() -> !flag().path("enabled").asBoolean());

            assertThat(flag().path("percentage").asInt()).isEqualTo(PERCENT);
            assertThat(fellBack(said))
                    .singleElement()
                    .asString()
                    .contains(
                            "caller=canary flag=WHOOP_INTEGRATION percentage=5", "objective=source_errors", "missed=");
            assertThat(said.messages())
                    .contains("event=flag_set flag=WHOOP_INTEGRATION enabled=false percentage=5 users=0");
        }
        assertThat(existing()).isEqualTo(before);
        assertThat(statusOfWhoop(INSIDE.get(0))).isEqualTo("disabled");
        assertThat(house.app().admin("GET", "/prometheus", "").body())
                .contains("canary_fallbacks_total{objective=\"source_errors\"} 1.0");
    }

    @Test
    void aSecondReplicaFollowsAndSaysNothingOfItsOwn() throws Exception {
        open("true");
        try (House.Replica other = house.app().replica();
                LogLines said = LogLines.ofAll()) {
            breakWhoop();
            askForSyncs();

            RunningApp.await(() -> !flag().path("enabled").asBoolean());
            for (int i = 0; i < 30; i++) { // looks of both that find nothing to do any more
                assertThat(existing()).isNotEmpty();
            }

            assertThat(fellBack(said)).hasSize(1);
        }
    }

    @Test
    void withTheSettingOffNothingHappens() throws Exception {
        open("false");
        breakWhoop();
        askForSyncs();

        assertThat(house.app().admin("GET", "/prometheus", "").body()).doesNotContain("canary_fallbacks_total");
        assertThat(flag().path("enabled").asBoolean()).isTrue();
    }

    @Test
    void whileWhoopIsWellNothingHappens() throws Exception {
        open("true");
        askForSyncs();
        for (int i = 0; i < 50; i++) { // more than the rule needs to conclude anything
            assertThat(existing()).isNotEmpty();
            assertThat(statusOfWhoop(OUTSIDE)).isEqualTo("disabled");
        }

        assertThat(flag().path("enabled").asBoolean()).isTrue();
        assertThat(statusOfWhoop(INSIDE.get(0))).isEqualTo("ok");
        assertThat(house.app().admin("GET", "/prometheus", "").body())
                .contains("canary_fallbacks_total{objective=\"source_errors\"} 0.0");
    }

    @Test
    void connectingThoseOutsideIsRefusedAndNoReasonToFallBack() throws Exception {
        open("true");
        for (int i = 0; i < 50; i++) {
            assertThat(house.app()
                            .send("POST", "/api/v1/unified-health/connect/whoop/" + OUTSIDE, "")
                            .statusCode())
                    .isEqualTo(503);
        }
        RunningApp.await(() -> statusOfWhoop(INSIDE.get(0)).equals("ok"));

        assertThat(flag().path("enabled").asBoolean()).isTrue();
    }

    /** Members inside are connected while it is on for all; then it is on for five percent. */
    private void open(String fallback) throws Exception {
        house = ScriptedHouse.openConfigured(
                Map.of("CANARY_FALLBACK", fallback), yaml -> yaml.replace("lookEvery: 10s", EVERY_100_MS));
        long account = 4_711;
        for (String member : INSIDE) {
            house.clock().advance(Duration.ofMinutes(2)); // the permits of another minute
            house.connectAndSyncAll(member, account++);
        }
        set("{\"enabled\":true,\"percentage\":" + PERCENT + "}");
        house.clock().advance(Duration.ofMinutes(2)); // the permits of another minute
    }

    private void breakWhoop() {
        Stream.concat(ScriptedWhoop.LISTS.stream(), Stream.of(ScriptedWhoop.PROFILE, ScriptedWhoop.BODY))
                .forEach(path -> house.whoop().server().on(path, Reply.status(500)));
    }

    /** Until it is switched off, or far more calls were made, or refused by a breaker, than the rule needs. */
    private void askForSyncs() {
        long begun = calls();
        for (int round = 0; flag().path("enabled").asBoolean() && calls() < begun + 60; round++) {
            assertThat(round).as("rounds without enough calls").isLessThan(300);
            for (String member : INSIDE) {
                int status =
                        house.app().send("POST", "/internal/sync/" + member, "").statusCode();
                assertThat(status).isIn(202, 409, 429, 503);
            }
            house.clock().advance(Duration.ofMinutes(6)); // retries are due, and breakers let one call through
            RunningApp.await(() -> INSIDE.stream()
                    .noneMatch(member -> house.stateOf(member, "sync").equals("running")));
        }
    }

    private long calls() {
        JsonNode gauges =
                house.app().jsonOf(house.app().admin("GET", "/metrics", "")).path("gauges");
        return Stream.of("WHOOP_CYCLE", "WHOOP_SLEEP", "WHOOP_RECOVERY", "WHOOP_WORKOUT", "WHOOP_BODY")
                .flatMap(key -> Stream.of("countSuccess", "countFailure", "countShortCircuited")
                        .map(event -> "TENACITY." + key + "." + event))
                .mapToLong(name -> gauges.path(name).path("value").asLong())
                .sum();
    }

    private static List<String> fellBack(LogLines said) {
        return said.messages().stream()
                .filter(line -> line.startsWith("event=canary_fell_back"))
                .toList();
    }

    private String existing() {
        HttpResponse<String> answer =
                house.get("/api/v1/health-metrics/overview?profile_id=" + OUTSIDE + "&period=today");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private String statusOfWhoop(String member) {
        return house.json("/api/v1/unified-health/overview/" + member)
                .path("sources")
                .path(1)
                .path("status")
                .asText();
    }

    private JsonNode flag() {
        return house.app().jsonOf(house.app().admin("GET", FLAG, ""));
    }

    private void set(String state) {
        HttpResponse<String> answer = house.app().admin("PUT", FLAG, state, "X-API-Key", RunningApp.KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
