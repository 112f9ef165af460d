package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the scriptable sources are for, on one example each. */
class ScriptedHouseTest {

    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final Instant LAST_NIGHT = Instant.parse("2026-11-21T22:00:00Z");
    private static final UUID NIGHT = UUID.fromString("0a0a0a0a-0000-4000-8000-000000000001");

    @Test
    void aMemberConnectsAndARecordAndARowArriveEverywhere() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.whoop().has(ScriptedWhoop.CYCLES, ScriptedWhoop.cycle(93845, LAST_NIGHT));
            house.whoop().has(ScriptedWhoop.SLEEPS, ScriptedWhoop.sleep(NIGHT, 93845, LAST_NIGHT));
            house.whoop()
                    .has(
                            ScriptedWhoop.RECOVERIES,
                            ScriptedWhoop.recovery(93845, NIGHT, LAST_NIGHT.plus(Duration.ofHours(9))));
            house.sahha().has(ScriptedSahha.SCORES, "olga", ScriptedSahha.score("score-1", "activity", 0.79, TODAY));

            house.connectAndSync("olga", 4711);

            JsonNode cycles = house.json("/internal/data/cycles/olga?date=" + TODAY);
            assertThat(cycles.findValuesAsText("id")).contains("93845");
            JsonNode day = house.json("/api/v1/unified-health/overview/olga?period=" + TODAY);
            assertThat(day.path("data_sources")).extracting(JsonNode::asText).containsExactly("sahha", "whoop");
            assertThat(house.whoop().server().asked("/v2/cycle")).isNotEmpty();
            assertThat(house.whoop().server().asked("/v2/cycle").get(0).header("authorization"))
                    .startsWith("Bearer access-4711-");
        }
    }

    @Test
    void anyCallMayBeAnsweredOtherwiseOnce() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.whoop().has(ScriptedWhoop.WORKOUTS, ScriptedWhoop.workout(NIGHT, LAST_NIGHT));
            house.whoop().server().next(ScriptedWhoop.WORKOUTS, Reply.of(502, "text/html", "<html>bad gateway</html>"));

            house.connect("otto", 4712);
            RunningApp.await(
                    () -> !house.whoop().server().asked("/activity/workout").isEmpty());
            RunningApp.await(() -> {
                house.clock().advance(Duration.ofSeconds(30));
                return house.isOver("otto", "first-sync");
            });

            assertThat(house.json("/internal/data/workouts/otto?date=2026-11-21")
                            .toString())
                    .contains(NIGHT.toString());
        }
    }
}
