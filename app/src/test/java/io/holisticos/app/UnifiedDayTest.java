package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The members of the sandbox's story, each at the place where it stands. */
class UnifiedDayTest {

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void annaHasBothSources() throws Exception {
        house.connect("demo-anna");

        JsonNode day = overview("demo-anna");

        assertThat(texts(day.path("data_sources"))).containsExactly("sahha", "whoop");
        assertThat(day.path("enhanced_with_whoop").asBoolean()).isTrue();
        assertThat(day.path("date").asText()).isEqualTo("2026-11-22");
        assertThat(day.path("scores").path("readiness").path("source").asText()).isEqualTo("sahha");
        assertThat(day.path("scores").path("whoop_recovery").path("scale").asText())
                .isEqualTo("0-100");
        assertThat(day.path("metrics").path("heart_rate.resting").path("source").asText())
                .isEqualTo("whoop");
        assertThat(day.path("metrics").path("steps").path("source").asText()).isEqualTo("sahha");
        assertThat(day.path("whoop").path("cycle").path("score_state").asText()).isEqualTo("SCORED");
        assertThat(texts(day.path("sources"), "status")).containsExactly("ok", "ok");
        assertThat(keys(day))
                .containsExactly(
                        "user_id",
                        "period",
                        "date",
                        "utc_offset",
                        "generated_at",
                        "merge_version",
                        "data_sources",
                        "enhanced_with_whoop",
                        "scores",
                        "metrics",
                        "workouts",
                        "whoop",
                        "sources",
                        "completeness",
                        "revision",
                        "processing_stats");
    }

    @Test
    void benConnectsInABrowserAndHisDayHoldsWhoopWithinSeconds() throws Exception {
        JsonNode before = overview("demo-ben");
        assertThat(texts(before.path("sources"), "status")).containsExactly("ok", "not_connected");
        assertThat(before.path("enhanced_with_whoop").asBoolean()).isFalse();

        HttpResponse<String> page = house.connect("demo-ben");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        JsonNode after = overview("demo-ben");
        assertThat(texts(after.path("sources"), "status")).containsExactly("ok", "ok");
        assertThat(texts(after.path("data_sources"))).containsExactly("sahha", "whoop");
    }

    @Test
    void chenHasToGiveConsentAgain() throws Exception {
        house.connect("demo-chen");
        house.whoop().revokeGrant("demo-chen");

        House.await(() -> {
            house.send("POST", "/internal/sync/demo-chen", ""); // the one that is under way may have begun before
            return texts(overview("demo-chen").path("sources"), "status").contains("reauthorization_required");
        });
        assertThat(texts(overview("demo-chen").path("sources"), "status"))
                .containsExactly("ok", "reauthorization_required");
    }

    @Test
    void eveIsKnownToWhoopOnly() throws Exception {
        assertThat(house.get("/api/v1/unified-health/overview/demo-eve").statusCode())
                .isEqualTo(404);

        house.connect("demo-eve");

        JsonNode day = overview("demo-eve");
        assertThat(texts(day.path("data_sources"))).containsExactly("whoop");
        assertThat(texts(day.path("sources"), "status")).containsExactly("not_connected", "ok");
        assertThat(day.path("whoop")
                        .path("recovery")
                        .path("score")
                        .path("user_calibrating")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void dinaCrossesTheDateLineAndEveryDayIsThereOnce() throws Exception {
        house.connect("demo-dina");

        JsonNode days = whenSahhaIsRead("demo-dina", "2026-10-28", "2026-11-22");

        List<String> dates = texts(days, "date");
        assertThat(dates).isSorted().doesNotHaveDuplicates().hasSize(26);
        assertThat(texts(days, "utc_offset").stream().distinct())
                .as("each day says where she was")
                .hasSizeGreaterThan(1);
        Map<String, Object> truth = house.whoop().truth("demo-dina");
        assertThat(cyclesOf(days)).doesNotHaveDuplicates().containsAll(idsSince(truth.get("cycles")));
        assertThat(workoutsOf(days)).doesNotHaveDuplicates().containsAll(idsSince(truth.get("workouts")));
        assertThat(days)
                .as("a date that she lived twice has two cycles, one that she skipped has none")
                .anyMatch(day -> day.path("whoop").has("other_cycles"));
        for (JsonNode day : days) {
            String date = day.path("date").asText();
            assertThat(data(whenSahhaIsRead("demo-dina", date, date).get(0)))
                    .as("%s asked for alone", date)
                    .isEqualTo(data(day));
        }
    }

    @Test
    void daysCanBeAskedForWithoutTheRecordsOfTheirSources() throws Exception {
        house.connect("demo-anna");
        String days = "/api/v1/unified-health/days/demo-anna?from=2026-11-21&to=2026-11-22";
        JsonNode whole = whenSahhaIsRead("demo-anna", "2026-11-21", "2026-11-22");
        JsonNode merged = house.jsonOf(house.get(days + "&details=false"));

        assertThat(whole.findValues("whoop")).hasSize(2);
        assertThat(merged.findValues("whoop")).isEmpty();
        for (int day = 0; day < 2; day++) {
            ObjectNode withoutRecords = ((ObjectNode) data(whole.get(day))).without(List.of("whoop"));
            assertThat(data(merged.get(day))).isEqualTo(withoutRecords);
        }
        HttpResponse<String> refused = house.get(days + "&details=perhaps");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("details must be true or false");
    }

    /** Days of a member once all that Sahha has of them was fetched; a request waits some seconds for that. */
    private static JsonNode whenSahhaIsRead(String userId, String from, String to) {
        for (int asked = 0; asked < 20; asked++) {
            JsonNode days =
                    house.jsonOf(house.get("/api/v1/unified-health/days/" + userId + "?from=" + from + "&to=" + to));
            if (days.findValuesAsText("coverage").stream().allMatch("complete"::equals)
                    && texts(days.get(0).path("sources"), "status").stream().allMatch("ok"::equals)) {
                return days;
            }
        }
        throw new AssertionError("Sahha's days were not read");
    }

    /** A day without what belongs to the answer as a whole. The revision counts for the person: it moves when anything of theirs comes in between two answers. */
    private static JsonNode data(JsonNode day) {
        return ((ObjectNode) day.deepCopy())
                .without(List.of("generated_at", "sources", "period", "completeness", "revision"));
    }

    private static List<String> cyclesOf(JsonNode days) {
        List<String> ids = new ArrayList<>();
        for (JsonNode day : days) {
            if (day.path("whoop").isObject()) {
                ids.add(day.path("whoop").path("cycle").path("id").asText());
            }
            day.path("whoop")
                    .path("other_cycles")
                    .forEach(other -> ids.add(other.path("cycle").path("id").asText()));
        }
        return ids;
    }

    private static List<String> workoutsOf(JsonNode days) {
        List<String> ids = new ArrayList<>();
        days.forEach(day -> day.path("workouts").forEach(workout -> {
            if (workout.path("source").asText().equals("whoop")) {
                ids.add(workout.path("id").asText());
            }
        }));
        return ids;
    }

    /** The ids of WHOOP's records that began on one of the days whatever the offset. */
    private static List<String> idsSince(Object records) {
        return ((List<?>) records)
                .stream()
                        .map(record -> (Map<?, ?>) record)
                        .filter(record -> String.valueOf(record.get("start")).compareTo("2026-10-29") > 0)
                        .map(record -> String.valueOf(record.get("id")))
                        .toList();
    }

    @Test
    void sourcesSayHowEachOneStands() throws Exception {
        JsonNode sources = house.jsonOf(house.get("/api/v1/unified-health/sources/demo-anna"));

        assertThat(texts(sources.path("sources"), "name")).containsExactly("sahha", "whoop");
        assertThat(sources.path("sources").get(0).path("available").asBoolean()).isTrue();
    }

    @Test
    void theOldOverviewTakesWhoopAlongForWhoHasAKey() throws Exception {
        house.connect("demo-anna");
        String path = "/api/v1/health-metrics/overview?profile_id=demo-anna&period=today";

        String plain = house.getWithoutKey(path).body();
        HttpResponse<String> refused = house.getWithoutKey(path + "&include_whoop=true");
        HttpResponse<String> with = house.get(path + "&include_whoop=true");

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(with.body()).startsWith(plain.substring(0, plain.length() - 1));
        assertThat(house.jsonOf(with).path("whoop").path("status").asText()).isEqualTo("ok");
        assertThat(house.jsonOf(with).path("combined"))
                .isEqualTo(house.jsonOf(house.get("/api/v1/unified-health/overview/demo-anna?period=2026-11-22"))
                        .path("metrics"));
        assertThat(house.getWithoutKey(path + "&include_whoop=false").body()).isEqualTo(plain);
    }

    private static JsonNode overview(String userId) {
        HttpResponse<String> answer = house.get("/api/v1/unified-health/overview/" + userId);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return house.jsonOf(answer);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(one -> texts.add(one.asText()));
        return texts;
    }

    private static List<String> texts(JsonNode list, String key) {
        List<String> texts = new ArrayList<>();
        list.forEach(one -> texts.add(one.path(key).asText()));
        return texts;
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
