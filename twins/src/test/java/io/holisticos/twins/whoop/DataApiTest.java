package io.holisticos.twins.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataApiTest {
    private final Twin twin = new Twin();

    @AfterEach
    void close() {
        twin.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/developer/v2/cycle, cycles, id",
        "/developer/v2/recovery, recoveries, cycle_id",
        "/developer/v2/activity/sleep, sleeps, id",
        "/developer/v2/activity/workout, workouts, id",
    })
    void pagesPutTogetherAreTheWholeList(String path, String part, String key) {
        String token = twin.token("demo-anna");
        JsonNode truth = Twin.parse(twin.get("/_twin/users/" + twin.id("demo-anna") + "/truth", "")
                        .body())
                .path(part);

        for (int limit : new int[] {7, 10, 25}) {
            List<JsonNode> all = list(path + "?limit=" + limit, token);

            assertThat(all).containsExactlyElementsOf(truth);
            Set<String> keys = new HashSet<>();
            all.forEach(
                    record -> assertThat(keys.add(record.path(key).asText())).isTrue());
        }
        if (truth.get(0).has("start")) {
            assertThat(truth)
                    .extracting(record -> record.path("start").asText())
                    .isSortedAccordingTo((a, b) -> b.compareTo(a));
        }
        assertThat(truth.size()).isGreaterThan(20);
    }

    @Test
    void defaultsToTenAndRefusesBeyondTwentyFive() {
        String token = twin.token("demo-anna");

        assertThat(twin.json("/developer/v2/cycle", token).path("records")).hasSize(10);
        assertThat(twin.json("/developer/v2/cycle?limit=25", token).path("records"))
                .hasSize(25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/developer/v2/cycle?limit=26",
                "/developer/v2/cycle?limit=0",
                "/developer/v2/cycle?limit=ten",
                "/developer/v2/cycle?start=yesterday",
                "/developer/v2/cycle?end=2026-11-22",
                "/developer/v2/cycle?nextToken=%3F%3F",
                "/developer/v2/cycle?nextToken=MTIzOjEyMzEyMw",
                "/developer/v2/activity/sleep/42",
                "/developer/v2/activity/workout/not-a-uuid-at-all",
                "/developer/v2/cycle/abc",
            })
    void malformedQuestionsGetAnEmpty400(String path) {
        HttpResponse<String> reply = twin.get(path, twin.token("demo-anna"));

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void aTokenKeepsItsFilters() {
        String token = twin.token("demo-anna");
        String filter = "start=2026-10-01T00:00:00Z&end=2026-11-10T00:00:00Z";
        String next = twin.json("/developer/v2/cycle?limit=5&" + filter, token)
                .path("next_token")
                .asText();

        assertThat(twin.get("/developer/v2/cycle?limit=5&" + filter + "&nextToken=" + next, token)
                        .statusCode())
                .isEqualTo(200);
        assertThat(twin.get("/developer/v2/cycle?limit=5&start=2026-10-02T00:00:00Z&nextToken=" + next, token)
                        .statusCode())
                .isEqualTo(400);
        assertThat(twin.get("/developer/v2/recovery?limit=5&" + filter + "&nextToken=" + next, token)
                        .statusCode())
                .isEqualTo(400);
        assertThat(twin.get("/developer/v2/cycle?limit=5&nextToken=" + next, twin.token("demo-ben"))
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/developer/v2/cycle", "/developer/v2/activity/sleep", "/developer/v2/activity/workout"})
    void filtersOverlapHalfOpen(String path) {
        String token = twin.token("demo-anna");
        List<JsonNode> all = list(path + "?limit=25", token);
        JsonNode some = all.get(all.size() / 2);
        Instant start = Instant.parse(some.path("start").asText());
        Instant end = Instant.parse(some.path("end").asText());

        assertThat(list(path + "?limit=25&start=" + start + "&end=" + end, token))
                .contains(some);
        assertThat(list(path + "?limit=25&start=" + end.minusMillis(1), token)).contains(some);
        assertThat(list(path + "?limit=25&start=" + end, token)).doesNotContain(some);
        assertThat(list(path + "?limit=25&end=" + start.plusMillis(1), token)).contains(some);
        assertThat(list(path + "?limit=25&end=" + start, token)).doesNotContain(some);
        Instant from = start.minus(Duration.ofDays(9));
        Instant to = start.plus(Duration.ofDays(5));
        assertThat(list(path + "?limit=25&start=" + from + "&end=" + to, token))
                .containsExactlyElementsOf(all.stream()
                        .filter(record -> record.path("end").isNull()
                                || Instant.parse(record.path("end").asText()).isAfter(from))
                        .filter(record ->
                                Instant.parse(record.path("start").asText()).isBefore(to))
                        .toList());
    }

    @Test
    void recoveriesAreFilteredByTheirSleep() {
        String token = twin.token("demo-anna");
        JsonNode sleep = list("/developer/v2/activity/sleep?limit=25", token).stream()
                .filter(record -> !record.path("nap").asBoolean())
                .skip(3)
                .findFirst()
                .orElseThrow();

        List<JsonNode> found = list(
                "/developer/v2/recovery?start=" + sleep.path("start").asText() + "&end="
                        + sleep.path("end").asText(),
                token);

        assertThat(found).hasSize(1);
        assertThat(found.get(0).path("sleep_id")).isEqualTo(sleep.path("id"));
    }

    @Test
    void scopesAreEnforced() {
        String token = twin.whoop.grant("demo-anna", Set.of("read:sleep")).accessToken();
        String cycle = twin.json("/developer/v2/activity/sleep?limit=1", token)
                .path("records")
                .get(0)
                .path("cycle_id")
                .asText();

        assertThat(twin.get("/developer/v2/cycle/" + cycle + "/sleep", token).statusCode())
                .isEqualTo(200);
        for (String path : List.of(
                "/developer/v2/cycle",
                "/developer/v2/recovery",
                "/developer/v2/activity/workout",
                "/developer/v2/user/profile/basic",
                "/developer/v2/user/measurement/body")) {
            assertThat(twin.get(path, token).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aLapsedMembershipIs403() {
        String token = twin.token("demo-anna");
        twin.whoop.turn(twin.whoop.knobs().withLapsedMembers(Set.of(twin.id("demo-anna"))));

        HttpResponse<String> reply = twin.get("/developer/v2/cycle", token);

        assertThat(reply.statusCode()).isEqualTo(403);
        assertThat(reply.body()).isEqualTo("{\"error\":\"deactivated_user\"}");
    }

    @Test
    void othersRecordsAndUnknownOnesAre404() {
        JsonNode cycle = twin.json("/developer/v2/cycle?limit=1", twin.token("demo-anna"))
                .path("records")
                .get(0);
        String ben = twin.token("demo-ben");

        for (String path : List.of(
                "/developer/v2/cycle/" + cycle.path("id").asText(),
                "/developer/v2/cycle/" + cycle.path("id").asText() + "/recovery",
                "/developer/v2/cycle/" + cycle.path("id").asText() + "/sleep",
                "/developer/v2/activity/sleep/00000000-0000-4000-8000-000000000000",
                "/developer/v2/activity/workout/00000000-0000-4000-8000-000000000000",
                "/v2/cycle")) {
            HttpResponse<String> reply = twin.get(path, ben);
            assertThat(reply.statusCode()).isEqualTo(404);
            assertThat(reply.body()).isEmpty();
        }
    }

    @Test
    void theOpenCycleGrowsAndCloses() {
        String token = twin.whoop.grant("demo-anna").accessToken();
        JsonNode morning = newest("/developer/v2/cycle", token);
        twin.clock.advance(Duration.ofMinutes(50));
        JsonNode later = newest("/developer/v2/cycle", token);
        twin.clock.advance(Duration.ofHours(22));
        JsonNode closed = twin.json(
                "/developer/v2/cycle/" + morning.path("id").asText(),
                twin.whoop.grant("demo-anna").accessToken());

        assertThat(morning.path("end").isNull()).isTrue();
        assertThat(morning.path("score_state").asText()).isEqualTo("SCORED");
        assertThat(later.path("id")).isEqualTo(morning.path("id"));
        assertThat(later.path("updated_at").asText())
                .isGreaterThan(morning.path("updated_at").asText());
        assertThat(later.path("score").path("kilojoule").asDouble())
                .isGreaterThan(morning.path("score").path("kilojoule").asDouble());
        assertThat(later.path("score").path("strain").asDouble())
                .isGreaterThanOrEqualTo(morning.path("score").path("strain").asDouble());
        assertThat(closed.path("end").isTextual()).isTrue();
        assertThat(morning.path("id").asText()).hasSize(10);
    }

    @Test
    void nightsArePendingFirstAndSomeAreScoredAgain() {
        Ledger ledger = new Ledger(twin.world.byUserId("demo-anna").orElseThrow(), Twin.START, Scoring.USUAL);
        Map<Object, Set<Object>> statesOfNight = new HashMap<>();
        Map<Object, Set<Object>> scoringsOfNight = new HashMap<>();

        for (int step = 0; step < 3 * 24 * 40; step++) {
            Instant now = Twin.START.plus(Duration.ofMinutes(20L * step));
            var recovery =
                    ledger.recoveries(now, null).findFirst().orElseThrow().json();
            Object night = recovery.get("sleep_id");
            statesOfNight.computeIfAbsent(night, id -> new LinkedHashSet<>()).add(recovery.get("score_state"));
            if (recovery.get("score_state").equals("SCORED")) {
                scoringsOfNight.computeIfAbsent(night, id -> new HashSet<>()).add(recovery.get("updated_at"));
            }
        }

        assertThat(statesOfNight.values()).contains(new LinkedHashSet<>(List.of("PENDING_SCORE", "SCORED")));
        assertThat(scoringsOfNight.values())
                .anyMatch(times -> times.size() == 2)
                .anyMatch(times -> times.size() == 1);
    }

    @Test
    void headersTellWhatIsLeftAndThenComes429() {
        String token = twin.token("demo-anna");

        HttpResponse<String> first = twin.get("/developer/v2/cycle", token);
        for (int i = 0; i < 99; i++) {
            assertThat(twin.get("/developer/v2/user/profile/basic", "dead").statusCode())
                    .isEqualTo(401);
        }
        twin.clock.advance(Duration.ofMillis(58_500));
        HttpResponse<String> refused = twin.get("/developer/v2/cycle", token);
        twin.clock.advance(Duration.ofSeconds(2));
        HttpResponse<String> again = twin.get("/developer/v2/cycle", token);

        JsonNode observed =
                Twin.parse(Twin.resource("rate-limit-headers.json")).path("observed_first_call_of_a_minute");
        observed.properties()
                .forEach(header -> assertThat(first.headers().firstValue(header.getKey()))
                        .hasValue(header.getValue().asText()));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).isEmpty();
        assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
        assertThat(refused.headers().firstValue("X-RateLimit-Remaining")).hasValue("0");
        assertThat(refused.headers().firstValue("X-RateLimit-Reset")).hasValue("2");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("X-RateLimit-Remaining")).hasValue("99");
        assertThat(twin.whoop.stats().maxCallsIn60s()).isEqualTo(101);
    }

    @Test
    void theDayWindowIsNamedWhenItIsNearest() {
        twin.whoop.turn(twin.whoop.knobs().with(new Knobs.Limits(100, 3, true, false)));
        String token = twin.token("demo-anna");

        List<HttpResponse<String>> replies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            replies.add(twin.get("/developer/v2/cycle", token));
        }

        assertThat(replies.get(0).headers().firstValue("X-RateLimit-Limit"))
                .hasValue("3, 100;window=60, 3;window=86400");
        assertThat(replies.get(3).statusCode()).isEqualTo(429);
        assertThat(replies.get(3).headers().firstValue("Retry-After")).hasValue("86400");
        twin.post("/_twin/quota/reset", Map.of());
        assertThat(twin.get("/developer/v2/cycle", token).statusCode()).isEqualTo(200);
        assertThat(twin.whoop.stats().maxCallsIn60s()).isEqualTo(1);
    }

    @Test
    void quotaFaultsLookLikeTheirWindow() {
        String token = twin.token("demo-anna");
        twin.whoop.faults().add(FaultRule.times("/developer", FaultKind.QUOTA_MINUTE, 1));
        HttpResponse<String> minute = twin.get("/developer/v2/cycle", token);
        twin.whoop.faults().add(FaultRule.times("/developer/v2", FaultKind.QUOTA_DAY, 1));
        HttpResponse<String> day = twin.get("/developer/v2/cycle", token);

        assertThat(minute.statusCode()).isEqualTo(429);
        assertThat(minute.headers().firstValue("X-RateLimit-Limit")).hasValue("100, 100;window=60, 10000;window=86400");
        assertThat(day.statusCode()).isEqualTo(429);
        assertThat(day.headers().firstValue("X-RateLimit-Limit")).hasValue("10000, 100;window=60, 10000;window=86400");
        assertThat(day.headers().firstValue("X-RateLimit-Reset")).hasValue("86400");
        assertThat(twin.get("/developer/v2/cycle", token).statusCode()).isEqualTo(200);
    }

    @Test
    void notYetHidesSingleRecordsOnly() {
        String token = twin.token("demo-anna");
        String id = newest("/developer/v2/activity/sleep", token).path("id").asText();
        twin.whoop.faults().add(FaultRule.times("/developer/v2/activity", FaultKind.NOT_YET, 1));

        assertThat(twin.get("/developer/v2/activity/sleep", token).statusCode()).isEqualTo(200);
        assertThat(twin.get("/developer/v2/activity/sleep/" + id, token).statusCode())
                .isEqualTo(404);
        assertThat(twin.get("/developer/v2/activity/sleep/" + id, token).statusCode())
                .isEqualTo(200);
    }

    @Test
    void twoTwinsOfOneSeedAnswerTheSameInAnyOrder() {
        String token = twin.token("demo-dina");
        List<String> forwards = new ArrayList<>();
        List<String> backwards = new ArrayList<>();
        List<String> paths = List.of(
                "/developer/v2/cycle?limit=25",
                "/developer/v2/recovery?limit=25",
                "/developer/v2/activity/sleep?limit=25",
                "/developer/v2/activity/workout?limit=25");
        paths.forEach(path -> forwards.add(twin.get(path, token).body()));
        try (Twin other = new Twin()) {
            String otherToken = other.token("demo-dina");
            for (int i = paths.size() - 1; i >= 0; i--) {
                backwards.add(0, other.get(paths.get(i), otherToken).body());
            }
        }

        assertThat(forwards).isEqualTo(backwards);
    }

    @Test
    void statisticsTellWhoCalledWhat() {
        String token = twin.token("demo-anna");
        twin.get("/developer/v2/cycle", token);
        twin.get("/developer/v2/cycle/1", token);
        twin.get("/developer/v2/cycle", "dead");

        JsonNode stats = Twin.parse(twin.get("/_twin/stats", "").body());

        assertThat(stats.path("calls").asInt()).isEqualTo(3);
        assertThat(stats.path("max_calls_in_60s").asInt()).isEqualTo(3);
        assertThat(stats.path("by_member")
                        .path(Long.toString(twin.id("demo-anna")))
                        .asInt())
                .isEqualTo(2);
        assertThat(stats.path("by_endpoint")
                        .path("GET /developer/v2/cycle/{cycleId}")
                        .path("404")
                        .asInt())
                .isEqualTo(1);
        assertThat(stats.path("by_status").path("401").asInt()).isEqualTo(1);
    }

    private JsonNode newest(String path, String token) {
        return twin.json(path + "?limit=1", token).path("records").get(0);
    }

    private List<JsonNode> list(String path, String token) {
        twin.whoop.resetQuota();
        List<JsonNode> all = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = twin.json(path + next, token);
            page.path("records").forEach(all::add);
            next = page.path("next_token").isNull()
                    ? ""
                    : "&nextToken=" + page.path("next_token").asText();
        } while (!next.isEmpty() && all.size() < 2_000);
        return all;
    }
}
