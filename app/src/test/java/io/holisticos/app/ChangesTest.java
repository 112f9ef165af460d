package io.holisticos.app;

import static io.holisticos.app.ScriptedWhoop.CYCLES;
import static io.holisticos.app.ScriptedWhoop.RECOVERIES;
import static io.holisticos.app.ScriptedWhoop.SLEEPS;
import static io.holisticos.app.ScriptedWhoop.cycle;
import static io.holisticos.app.ScriptedWhoop.recovery;
import static io.holisticos.app.ScriptedWhoop.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Revisions, entity tags and changes of the whole service, by what WHOOP, Sahha, operators and members do. */
class ChangesTest {

    private static final String DAY = "2026-11-21";
    private static final Instant BEDTIME = Instant.parse("2026-11-20T22:00:00Z");
    private static final UUID SLEEP = new UUID(0, 1);
    private static final AtomicInteger MEMBERS = new AtomicInteger();

    private static ScriptedHouse house;

    private String who;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** With both sources; nothing goes on by itself. */
    @BeforeEach
    void aMemberWithBothSources() throws Exception {
        int number = MEMBERS.incrementAndGet();
        house.clock().advance(Duration.ofMinutes(2)); // the calls of the test before are out of the quota's window
        who = "changing-" + number;
        house.sahha().has(ScriptedSahha.SCORES, who, ScriptedSahha.score("s", "sleep", 0.7, LocalDate.parse(DAY)));
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        who,
                        ScriptedSahha.biomarker("b", "activity", "steps", "8000", "count", LocalDate.parse(DAY)));
        house.whoop().has(CYCLES, cycle(7, BEDTIME));
        house.whoop().has(SLEEPS, sleep(SLEEP, 7, BEDTIME));
        house.whoop().has(RECOVERIES, recovery(7, SLEEP, BEDTIME.plus(Duration.ofHours(9))));
        house.connectAndSyncAll(who, 4900 + number);
        overview();
    }

    @Test
    void anAnswerIsTheSameUntilSomethingChangesItHoweverOftenTheSourcesAreAsked() {
        HttpResponse<String> first = overview();
        String tag = tagOf(first);
        String next = changes("").path("next").asText();
        assertThat(tag)
                .isEqualTo("W/\"" + house.app().jsonOf(first).path("revision").asText() + "\"");

        house.clock().advance(Duration.ofMinutes(20)); // Sahha is asked again, and WHOOP's lists are read again
        sync();
        HttpResponse<String> again = overview();

        assertThat(asOf(again)).isNotEqualTo(asOf(first));
        assertThat(tagOf(again)).isEqualTo(tag);
        assertThat(overview("If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(overview("If-None-Match", tag).body()).isEmpty();
        assertThat(changes(next).path("changes")).isEmpty();
    }

    @Test
    void aNewScoreOfWhoopIsToldWithItsDayAndMetricAndTheAnswerHasAnotherTag() {
        String tag = tagOf(overview());
        String next = changes("").path("next").asText();
        ObjectNode rescored = recovery(7, SLEEP, BEDTIME.plus(Duration.ofHours(9)));
        rescored.put("updated_at", BEDTIME.plus(Duration.ofHours(12)).toString());
        rescored.withObject("/score").put("resting_heart_rate", 61.0);
        house.whoop().has(RECOVERIES, rescored);
        sync();
        RunningApp.await(() -> overview().body().contains("\"value\":61"));

        JsonNode told = changes(next);

        assertThat(overview("If-None-Match", tag).statusCode()).isEqualTo(200);
        assertThat(told.path("changes").get(0).toString())
                .isEqualTo("{\"days\":[\"" + DAY + "\"],\"metrics\":[\"heart_rate.resting\"],\"reason\":\"sync\","
                        + "\"source\":\"whoop\"}");
        assertThat(changes(told.path("next").asText()).path("changes")).isEmpty();
    }

    @Test
    void aNewValueOfSahhaIsToldByWhoeverAsksForChanges() {
        String next = changes("").path("next").asText();
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        who,
                        ScriptedSahha.biomarker("b", "activity", "steps", "8123", "count", LocalDate.parse(DAY)));
        house.clock().advance(Duration.ofMinutes(20));

        assertThat(changes(next).path("changes").get(0).toString())
                .isEqualTo("{\"days\":[\"" + DAY + "\"],\"metrics\":[\"steps\"],\"reason\":\"refresh\","
                        + "\"source\":\"sahha\"}");
    }

    @Test
    void anEditByHandIsToldInBothDatabases() {
        String tag = tagOf(overview());
        String next = changes("").path("next").asText();

        house.app()
                .sahhaDatabase
                .jdbi()
                .useHandle(handle -> handle.execute("update scores set score = 0.9 where profile_id = ?", who));
        house.app()
                .whoopDatabase
                .jdbi()
                .useHandle(handle -> handle.execute("update whoop_cycle set step_count = 5 where user_id = ?", who));

        assertThat(tagOf(overview())).isNotEqualTo(tag);
        assertThat(reasons(changes(next)))
                .containsExactly("sahha edit [\"" + DAY + "\"]", "whoop edit [\"" + DAY + "\"]");
    }

    @Test
    void aConnectionThatEndsChangesEveryDay() {
        String tag = tagOf(overview());
        String next = changes("").path("next").asText();

        house.app().send("DELETE", "/api/v1/unified-health/connect/whoop/" + who, "");

        assertThat(tagOf(overview())).isNotEqualTo(tag);
        assertThat(reasons(changes(next))).contains("whoop connection []");
    }

    @Test
    void aSwitchChangesEveryDayAndBackAgain() {
        String tag = tagOf(overview());
        String next = changes("").path("next").asText();

        flag(false);
        String tagWhileOff = tagOf(overview());
        JsonNode off = changes(next);
        flag(true);
        JsonNode on = changes(off.path("next").asText());

        assertThat(tagWhileOff).isNotEqualTo(tag);
        assertThat(reasons(off)).containsExactly("whoop switched_off []");
        assertThat(reasons(on)).containsExactly("whoop switched_on []");
        assertThat(tagOf(overview())).isEqualTo(tag);
    }

    @Test
    void whileWhoopsDatabaseHangsSahhasChangesGoOnAndWhoopsAreToldAfterwards() {
        String next = changes("").path("next").asText();
        house.app()
                .sahhaDatabase
                .jdbi()
                .useHandle(handle -> handle.execute("update scores set score = 0.8 where profile_id = ?", who));
        house.app()
                .whoopDatabase
                .jdbi()
                .useHandle(handle -> handle.execute("update whoop_cycle set step_count = 6 where user_id = ?", who));

        JsonNode without = house.app().whoopDatabase.jdbi().inTransaction(handle -> {
            handle.execute("lock table whoop_day_change in access exclusive mode");
            return changes(next);
        });
        JsonNode later = changes(without.path("next").asText());

        assertThat(without.path("sources").toString())
                .isEqualTo("[{\"name\":\"sahha\",\"status\":\"ok\"},{\"name\":\"whoop\",\"status\":\"unavailable\"}]");
        assertThat(reasons(without)).containsExactly("sahha edit [\"" + DAY + "\"]");
        assertThat(reasons(later)).containsExactly("whoop edit [\"" + DAY + "\"]");
    }

    @Test
    void aPlaceThatCannotBeReadOnFromIsAProblemThatSaysWhatToDo() {
        String next = changes("").path("next").asText();

        for (String since : List.of("17", "%20", next.substring(2), next + "A")) {
            HttpResponse<String> garbage = house.get(path() + "?since=" + since);
            assertThat(garbage.statusCode()).as(since).isEqualTo(400);
            assertThat(house.app().jsonOf(garbage).path("detail").asText()).contains("ask again without since");
        }
        HttpResponse<String> ofAnother = house.get("/api/v1/unified-health/changes/changing-0?since=" + next);
        assertThat(ofAnother.statusCode()).isEqualTo(400);
        assertThat(ofAnother.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(house.app().jsonOf(ofAnother).path("detail").asText()).contains("another user");
    }

    /** As the runbook says it; what a restore does itself is not needed for that. */
    @Test
    void afterTheRunbookOfARestoreNoTagAndNoPlaceOfBeforeIsTaken() throws Exception {
        List<String> blocks = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/runbooks/database-restore.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        String tag = tagOf(overview());
        String next = changes("").path("next").asText();

        for (int i = 0; i < 2; i++) {
            String block = blocks.get(i);
            var database = i == 0 ? house.app().sahhaDatabase : house.app().whoopDatabase;
            database.jdbi()
                    .useHandle(handle -> handle.createScript(
                                    block.replace("begin;", "").replace("commit;", ""))
                            .execute());
            HttpResponse<String> before = house.get(path() + "?since=" + next);

            assertThat(tagOf(overview())).isNotEqualTo(tag);
            assertThat(overview("If-None-Match", tag).statusCode()).isEqualTo(200);
            assertThat(before.statusCode()).isEqualTo(400);
            assertThat(before.body()).contains("ask again without since");
            next = changes("").path("next").asText();
            tag = tagOf(overview());
        }
        assertThat(blocks).hasSize(2);
        assertThat(changes(next).path("changes")).isEmpty();
    }

    @Test
    void everyDayOfTheRangeBearsTheRevisionThatItHasAlone() {
        JsonNode days = house.json("/api/v1/unified-health/days/" + who + "?from=2026-11-20&to=" + DAY);

        assertThat(days.get(1).path("revision").asText())
                .isEqualTo(house.app().jsonOf(overview()).path("revision").asText());
    }

    private void sync() {
        house.app().send("POST", "/internal/sync/" + who, "");
        RunningApp.await(() -> house.isOver(who, "sync"));
    }

    private static void flag(boolean enabled) {
        house.app()
                .admin(
                        "PUT",
                        "/flags/WHOOP_INTEGRATION",
                        "{\"enabled\":" + enabled + ",\"percentage\":100}",
                        "X-API-Key",
                        RunningApp.KEY);
    }

    private HttpResponse<String> overview(String... headers) {
        var request = house.app()
                .request("/api/v1/unified-health/overview/" + who + "?period=" + DAY)
                .header("X-API-Key", RunningApp.KEY);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return house.app().exchange(request.GET());
    }

    private String path() {
        return "/api/v1/unified-health/changes/" + who;
    }

    private JsonNode changes(String since) {
        return house.json(path() + (since.isEmpty() ? "" : "?since=" + since));
    }

    private static String tagOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElseThrow();
    }

    private static String asOf(HttpResponse<String> answer) {
        return house.app()
                .jsonOf(answer)
                .path("sources")
                .findValuesAsText("as_of")
                .toString();
    }

    /** But for days that look back or around, which depend on today. */
    private static List<String> reasons(JsonNode answer) {
        List<String> reasons = new ArrayList<>();
        answer.path("changes").forEach(change -> {
            if (!change.path("reason").asText().startsWith("looks_")) {
                reasons.add(change.path("source").asText() + " "
                        + change.path("reason").asText() + " " + change.path("days"));
            }
        });
        return reasons;
    }
}
