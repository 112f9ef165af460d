package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.ScriptedServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code sync-status} and {@code members} say of members who are not well. */
class SyncStatusOfTroubleTest {

    private static final String CONFIG = "config.yml";

    private static ScriptedHouse house;
    private static long account = 8_100;

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
        quota("?action=unblock");
    }

    @Test
    void aListThatFailsIsTheLastErrorAndSaysWhenItIsTriedAgain() throws Exception {
        String member = "member-" + account;
        house.whoop().server().on(ScriptedWhoop.WORKOUTS, Reply.json("{\"records\":17}"));

        house.connect(member, account++);
        await(() -> of(member).path("last_error").path("times").asInt() >= 3);

        JsonNode status = of(member);
        assertThat(status.path("sync").asText()).isEqualTo("failing");
        assertThat(status.path("last_error").path("error").asText()).isEqualTo("bad_reply");
        assertThat(status.path("last_error").path("reading").asText()).isEqualTo("workouts");
        assertThat(status.path("failing")).hasSize(1);
        assertThat(status.path("listed_at").has("workout")).isFalse();
        assertThat(lines(member))
                .containsPattern("last error: bad_reply at workouts, \\d+ times in a row, again at 2026-");
        assertThat(house.app().command("sync-status", CONFIG).out()).containsPattern("failing [1-9]");
    }

    @Test
    void anOutagePausesTheMember() throws Exception {
        String member = "member-" + account;
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().server().on(list, Reply.status(503)));

        house.connect(member, account++);
        await(() -> of(member).path("pause").path("times").asInt() >= 2);

        JsonNode status = of(member);
        assertThat(status.path("sync").asText()).isEqualTo("paused");
        assertThat(status.path("pause").path("because").asText()).isEqualTo("unavailable");
        assertThat(status.path("last_error").path("error").asText()).isEqualTo("unavailable");
        assertThat(status.path("runs").path(0).path("kind").asText()).isEqualTo("first-sync");
        assertThat(lines(member))
                .contains("pause: lane interactive and below until 2026-", "coverage: none", "run: first-sync");
    }

    @Test
    void aMemberWithoutPermitWaitsForIt() throws Exception {
        String member = "member-" + account;
        house.connectAndSync(member, account++);
        quota("?action=block&window=day&for=2h");
        house.app().send("POST", "/internal/sync/" + member, "");
        await(() -> of(member).path("pause").isObject());

        JsonNode status = of(member);
        assertThat(status.path("pause").path("because").asText()).isEqualTo("no_permit");
        assertThat(status.path("coverage").isObject()).isTrue();

        quota("?action=unblock&window=day");
        quota("?action=block&window=minute&for=60s");
        String newcomer = "member-" + account;
        house.connect(newcomer, account++);
        assertThat(house.app()
                        .command("members", CONFIG, "--state", "awaiting_profile")
                        .out())
                .contains(newcomer);
        assertThat(lines(newcomer))
                .contains("connection: awaiting_profile", "sync: nothing was read yet", "not known yet");
    }

    @Test
    void whoLostConsentIsStoppedAndFoundByStateWithTheReason() throws Exception {
        String member = "member-" + account;
        house.connectAndSync(member, account++);
        ScriptedWhoop.LISTS.forEach(list -> house.whoop().server().on(list, Reply.status(401)));
        house.app().send("POST", "/internal/sync/" + member, "");
        await(() -> of(member).path("state").asText().equals("reauthorization_required"));

        await(() -> of(member).path("sync").asText().equals("stopped"));
        assertThat(lines(member)).contains("next step: none until the member connects again");
        assertThat(house.app()
                        .command("members", CONFIG, "--state", "reauthorization_required")
                        .out())
                .containsPattern(member + " .* refused_with_fresh_token");
    }

    private static JsonNode of(String member) {
        CommandRun run = house.app().command("sync-status", CONFIG, "--user", member, "--json");
        assertThat(run.status()).as(run.lastLine()).isZero();
        try {
            return new ObjectMapper().readTree(run.out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lines(String member) {
        return house.app().command("sync-status", CONFIG, "--user", member).out();
    }

    private static void quota(String query) {
        assertThat(house.app()
                        .admin("POST", "/tasks/quota" + query, "", "X-API-Key", RunningApp.KEY)
                        .statusCode())
                .isEqualTo(200);
    }

    private static void await(BooleanSupplier holds) {
        RunningApp.await(() -> {
            house.clock().advance(Duration.ofSeconds(10));
            return holds.getAsBoolean();
        });
    }
}
