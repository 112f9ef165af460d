package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /tasks/quota}: what an operator does about a pause of everybody. */
class QuotaTaskTest {

    private static final Duration PROMISED = Duration.ofSeconds(2);

    @Test
    void aDayThatIsSpentIsLiftedOnEveryReplicaAndMembersGoOn() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open();
                House.Replica replica = house.app().replica()) {
            house.connectAndSync("olga", 4711);
            house.whoop().server().next(ScriptedWhoop.CYCLES, dayIsSpent());
            house.app().send("POST", "/internal/sync/olga", "");
            RunningApp.await(() -> !quota(house).path("blocked_until").isNull());
            RunningApp.await(() -> paused(house) == 1);
            assertThat(Instant.parse(quota(house).path("blocks").path("day").asText()))
                    .isAfter(house.clock().instant().plus(Duration.ofHours(8)));
            int before = house.whoop().server().asked("/v2/cycle").size();

            JsonNode answer = post(house, "?action=unblock", RunningApp.KEY);
            long unblocked = System.nanoTime();

            assertThat(answer.path("changed").toString())
                    .contains("day: unblocked, was blocked until")
                    .contains("minute: was not blocked", "members: 1 resumed");
            RunningApp.await(() -> house.whoop().server().asked("/v2/cycle").size() > before);
            assertThat(Duration.ofNanos(System.nanoTime() - unblocked)).isLessThan(PROMISED.plusSeconds(1));
            RunningApp.await(() -> house.stateOf("olga", "sync").equals("done"));
            assertThat(quotaAt(house, replica.adminPort()).path("blocked_until").isNull())
                    .isTrue();
        }
    }

    @Test
    void anOperatorStopsAllCallsAndReadersOfTheTaskAreRefused() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.connectAndSync("olga", 4711);

            JsonNode blocked = post(house, "?action=block&window=day&for=6h", RunningApp.KEY);
            house.app().send("POST", "/internal/sync/olga", "");
            RunningApp.await(() -> paused(house) == 1);

            assertThat(blocked.path("changed").toString()).contains("day: blocked until ");
            assertThat(blocked.path("quota").path("blocks").path("day").asText())
                    .startsWith("2026-11-22T17:");
            assertThat(house.app()
                            .admin("POST", "/tasks/quota?action=unblock", "")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(house.json("/api/v1/unified-health/health/whoop")
                            .path("status")
                            .asText())
                    .isEqualTo("degraded");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "?action=open                          | action must be show, block or unblock, was open",
                "?action=block                         | block needs window=minute or window=day",
                "?action=block&window=week&for=1m      | window must be one of [minute, day], was week",
                "?action=block&window=minute&for=2m    | a block of window minute lasts 1 to 60 seconds, was 120",
                "?action=block&window=day&for=2d       | a block of window day lasts 1 to 86400 seconds, was 172800",
                "?action=block&window=day&for=soon     | for must be like 30s, 10m or 6h, was soon",
                "?action=block&window=day&for=0s       | a block of window day lasts 1 to 86400 seconds, was 0",
                "?action=unblock&window=hour           | window must be one of [minute, day], was hour",
                "?action=unblock&for=1m                | unblock takes no for",
                "?action=show&window=day               | show takes no window",
                "?action=show&action=block             | action was given 2 times",
                "?until=tomorrow                       | unknown parameters [until]"
            })
    void whatMakesNoSenseIsSaidClearly(String query, String error) throws Exception {
        HttpResponse<String> refused = send(Shared.HOUSE, query);
        JsonNode answer = Shared.HOUSE.app().jsonOf(refused);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(answer.path("error").asText()).contains(error);
        assertThat(answer.has("changed")).isFalse();
        assertThat(quota(Shared.HOUSE).path("blocks")).isEmpty();
    }

    @Test
    void whileTheDatabaseDoesNotAnswerAScriptSeesThatNothingWasDone() {
        try (Handle other = Shared.HOUSE.app().whoopDatabase.jdbi().open()) {
            other.begin().execute("lock table whoop_quota in access exclusive mode");

            HttpResponse<String> answer = send(Shared.HOUSE, "?action=unblock");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(Shared.HOUSE.app().jsonOf(answer).path("error").asText())
                    .startsWith("WHOOP's database does not answer: try again");
            other.rollback();
        }
        assertThat(send(Shared.HOUSE, "?action=unblock").statusCode()).isEqualTo(200);
    }

    @Test
    void whileTheMembersAreLockedTheOperatorIsToldSoonAndNotWhenJobsWouldGiveUp() {
        try (Handle other = Shared.HOUSE.app().whoopDatabase.jdbi().open()) {
            other.begin().execute("lock table whoop_member_sync in access exclusive mode");
            long begun = System.nanoTime();

            HttpResponse<String> answer = send(Shared.HOUSE, "?action=unblock");

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(Shared.HOUSE.app().jsonOf(answer).path("error").asText())
                    .startsWith("WHOOP's database does not answer: try again");
            other.rollback();
        }
        assertThat(send(Shared.HOUSE, "?action=unblock").statusCode()).isEqualTo(200);
    }

    @Test
    void withoutAnActionItShows() throws Exception {
        JsonNode answer = post(Shared.HOUSE, "", RunningApp.KEY);

        assertThat(answer.path("changed")).isEmpty();
        assertThat(answer.path("quota").path("used_by_others").path("day").asInt())
                .isZero();
        assertThat(answer.path("quota").path("minute").path("most").asInt()).isEqualTo(98);
    }

    private static final class Shared {
        static final ScriptedHouse HOUSE = open();

        private static ScriptedHouse open() {
            try {
                ScriptedHouse house = ScriptedHouse.open();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    try {
                        house.close();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }));
                return house;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Reply dayIsSpent() {
        return Reply.status(429)
                .with("X-RateLimit-Limit", "10000, 100;window=60, 10000;window=86400")
                .with("X-RateLimit-Remaining", "0")
                .with("X-RateLimit-Reset", "30412");
    }

    private static int paused(ScriptedHouse house) {
        return house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from whoop_member_sync where paused_until is not null")
                        .mapTo(Integer.class)
                        .one());
    }

    private static JsonNode quota(ScriptedHouse house) {
        return house.app().jsonOf(house.app().admin("GET", "/quota", ""));
    }

    private static JsonNode quotaAt(ScriptedHouse house, int adminPort) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + adminPort + "/quota"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return house.app().jsonOf(answer);
    }

    private static HttpResponse<String> send(ScriptedHouse house, String query) {
        return house.app().admin("POST", "/tasks/quota" + query, "", "X-API-Key", RunningApp.KEY);
    }

    private static JsonNode post(ScriptedHouse house, String query, String key) {
        return house.app().jsonOf(house.app().admin("POST", "/tasks/quota" + query, "", "X-API-Key", key));
    }
}
