package io.holisticos.twins.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EditsTest {
    private final Twin twin = new Twin();
    private final String token = twin.token("demo-anna");

    @AfterEach
    void close() {
        twin.close();
    }

    @Test
    void aRescoreMovesUpdatedAtAndTheScore() {
        JsonNode before = newest("/developer/v2/recovery");
        twin.clock.advance(Duration.ofMinutes(5));

        JsonNode done = edit(Map.of("kind", "rescore"));

        JsonNode after = newest("/developer/v2/recovery");
        assertThat(done.path("events")).hasToString("[\"sleep.updated\",\"recovery.updated\"]");
        assertThat(after.path("sleep_id")).isEqualTo(before.path("sleep_id"));
        assertThat(after.path("updated_at").asText()).isEqualTo(WhoopFormat.time(Twin.START.plusSeconds(300)));
        assertThat(after.path("score")).isNotEqualTo(before.path("score"));
        assertThat(newest("/developer/v2/activity/sleep").path("updated_at")).isEqualTo(after.path("updated_at"));
    }

    @Test
    void anEditedSleepMovesItsCycleToo() {
        JsonNode before = newest("/developer/v2/activity/sleep");

        edit(Map.of("kind", "edit-sleep"));

        JsonNode after = newest("/developer/v2/activity/sleep");
        assertThat(after.path("id")).isEqualTo(before.path("id"));
        assertThat(after.path("start").asText())
                .isGreaterThan(before.path("start").asText());
        assertThat(after.path("end").asText()).isLessThan(before.path("end").asText());
        assertThat(newest("/developer/v2/cycle").path("start")).isEqualTo(after.path("start"));
        JsonNode previous =
                twin.json("/developer/v2/cycle?limit=2", token).path("records").get(1);
        assertThat(previous.path("end")).isEqualTo(after.path("start"));
    }

    @Test
    void aDeletedSleepTakesItsRecoveryAlong() {
        JsonNode sleep = newest("/developer/v2/activity/sleep");
        String cycle = "/developer/v2/cycle/" + sleep.path("cycle_id").asText();

        JsonNode done =
                edit(Map.of("kind", "delete-sleep", "id", sleep.path("id").asText()));

        assertThat(done.path("events")).hasToString("[\"sleep.deleted\",\"recovery.deleted\"]");
        assertThat(twin.get("/developer/v2/activity/sleep/" + sleep.path("id").asText(), token)
                        .statusCode())
                .isEqualTo(404);
        assertThat(twin.get(cycle + "/recovery", token).statusCode()).isEqualTo(404);
        assertThat(twin.get(cycle + "/sleep", token).statusCode()).isEqualTo(404);
        assertThat(twin.get(cycle, token).statusCode()).isEqualTo(200);
        assertThat(newest("/developer/v2/recovery").path("cycle_id")).isNotEqualTo(sleep.path("cycle_id"));
    }

    @Test
    void workoutsCanBeAddedAndDeleted() {
        String added = edit(Map.of("kind", "add-workout")).path("id").asText();
        JsonNode found = newest("/developer/v2/activity/workout");
        JsonNode deleted = edit(Map.of("kind", "delete-workout"));

        assertThat(found.path("id").asText()).isEqualTo(added);
        assertThat(found.path("score_state").asText()).isEqualTo("SCORED");
        assertThat(deleted.path("id").asText()).isEqualTo(added);
        assertThat(newest("/developer/v2/activity/workout").path("id").asText()).isNotEqualTo(added);
    }

    @Test
    void revokingInsideTheAppKillsTheTokens() {
        edit(Map.of("kind", "revoke"));

        assertThat(twin.get("/developer/v2/cycle", token).statusCode()).isEqualTo(401);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        String path = "/_twin/users/" + twin.id("demo-anna") + "/edits";

        HttpResponse<String> unknown = twin.post(path, Map.of("kind", "explode"));

        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).isEqualTo("{\"error\":\"unknown kind 'explode'\"}");
        assertThat(twin.post(path, Map.of("kind", "rescore", "id", "nothing")).statusCode())
                .isEqualTo(404);
        assertThat(twin.post("/_twin/users/1/edits", Map.of("kind", "rescore")).statusCode())
                .isEqualTo(404);
        assertThat(twin.post("/_twin/webhooks", Map.of("mode", "loud")).statusCode())
                .isEqualTo(400);
    }

    private JsonNode newest(String path) {
        return twin.json(path + "?limit=1", token).path("records").get(0);
    }

    private JsonNode edit(Map<String, String> order) {
        HttpResponse<String> reply = twin.post("/_twin/users/" + twin.id("demo-anna") + "/edits", order);
        assertThat(reply.statusCode()).isEqualTo(200);
        return Twin.parse(reply.body());
    }
}
