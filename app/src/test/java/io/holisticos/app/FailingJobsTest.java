package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Work that fails the same way again and again shows where operators look, until it works. */
class FailingJobsTest {

    private static final String HEALTH = "/api/v1/unified-health/health/whoop";

    private static ScriptedHouse house;
    private static long account = 4_711;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void mend() {
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().has(list));
        house.whoop().tellsWhoMembersAre();
        await(() -> statusOf(house.json(HEALTH)).equals("ok"));
    }

    @Test
    void aListThatIsGarbageShowsAfterThreeTimesAndGoesWhenItIsMended() throws Exception {
        house.whoop().server().on(ScriptedWhoop.WORKOUTS, Reply.json("{\"records\":17}"));

        house.connect("member-" + account, account++);
        await(() -> statusOf(house.json(HEALTH)).equals("degraded"));

        JsonNode failing = house.json(HEALTH).path("failing_jobs");
        assertThat(failing).hasSize(1);
        assertThat(failing.get(0).path("job").asText()).isEqualTo("whoop-member");
        assertThat(failing.get(0).path("error").asText()).isEqualTo("bad_reply");
        assertThat(failing.get(0).path("collection").asText()).isEqualTo("workout");
        // members of other tests are read as well, and may meet the same list
        assertThat(failing.get(0).path("members").asInt()).isPositive();
        JsonNode jobs =
                house.app().jsonOf(house.app().admin("GET", "/healthcheck", "")).path("jobs");
        assertThat(jobs.path("healthy").asBoolean()).isFalse();
        assertThat(jobs.path("message").asText()).contains("whoop-member bad_reply workout (");
        await(() -> house.app()
                        .jsonOf(house.app().admin("GET", "/metrics", ""))
                        .path("gauges")
                        .path("whoop.jobs.failing")
                        .path("value")
                        .asInt()
                >= 1);
    }

    @Test
    void anOutageOfAllListsShowsAfterThreeTimesAndTheRunGoesOnByItself() throws Exception {
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().server().on(list, Reply.status(503)));
        String member = "member-" + account;

        house.connect(member, account++);
        await(() -> errors().contains("unavailable"));

        assertThat(house.isOver(member, "first-sync")).isFalse();
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().has(list));
        await(() -> house.isOver(member, "first-sync"));
        assertThat(house.stateOf(member, "first-sync")).isEqualTo("done");
    }

    @Test
    void aConsentWhoseProfileCannotBeReadShowsTooAndItsNumberAloneSettlesIt() throws Exception {
        String member = "member-" + account;
        house.whoop().server().on(ScriptedWhoop.PROFILE, Reply.json("{\"email\":\"x\"}"));

        house.connect(member, account);
        await(() -> statusOf(house.json(HEALTH)).equals("degraded"));

        JsonNode failing = house.json(HEALTH).path("failing_jobs");
        assertThat(failing.findValuesAsText("job")).contains("whoop-arrival");
        assertThat(failing.findValuesAsText("error")).contains("bad_reply");
        assertThat(house.app()
                        .jsonOf(house.app().admin("GET", "/healthcheck", ""))
                        .path("jobs")
                        .path("message")
                        .asText())
                .contains("whoop-arrival bad_reply (1)", "event=arrival_failed");
        house.whoop()
                .server()
                .on(
                        ScriptedWhoop.PROFILE,
                        Reply.json("{\"user_id\":" + account++
                                + ",\"email\":null,\"first_name\":{},\"last_name\":\"\\u0000\"}"));
        await(() -> house.isOver(member, "first-sync"));
        assertThat(house.stateOf(member, "first-sync")).isEqualTo("done");
    }

    @Test
    void listsThatFailInTurnShowAfterThreeTimesEach() throws Exception {
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().server().on(list, Reply.json("{\"records\":17}")));
        String member = "member-" + account;

        house.connect(member, account++);
        await(() -> errors().size() == ScriptedWhoop.LISTS.size());
        await(() -> house.isOver(member, "first-sync"));

        assertThat(errors()).containsOnly("bad_reply");
        assertThat(house.stateOf(member, "first-sync")).isEqualTo("failed");
    }

    private static List<String> errors() {
        return house.json(HEALTH).path("failing_jobs").findValuesAsText("error");
    }

    @Test
    void aPageThatTheDatabaseRefusesShowsToo() throws Exception {
        house.app()
                .whoopDatabase
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "alter table whoop_workout add constraint refused check (sport_name <> 'refused')"));
        house.whoop()
                .has(
                        ScriptedWhoop.WORKOUTS,
                        ScriptedWhoop.workout(java.util.UUID.randomUUID(), RunningApp.START.minusSeconds(7_200))
                                .put("sport_name", "refused"));
        String member = "member-" + account;

        house.connect(member, account++);
        await(() -> house.isOver(member, "first-sync"));

        assertThat(house.stateOf(member, "first-sync")).isEqualTo("failed");
        JsonNode failing = house.json(HEALTH).path("failing_jobs");
        assertThat(failing.findValuesAsText("error")).contains("internal");
    }

    private static String statusOf(JsonNode health) {
        return health.path("status").asText();
    }

    private static void await(BooleanSupplier holds) {
        RunningApp.await(() -> {
            house.clock().advance(Duration.ofSeconds(10));
            return holds.getAsBoolean();
        });
    }
}
