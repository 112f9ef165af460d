package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that make no sense, and clocks that were wrong, under the whole service. */
class OddQuotaAnswersTest {

    @ParameterizedTest(name = "X-RateLimit-Reset: {0}")
    @ValueSource(strings = {"1795347000", "3600", "-1", "soon", "17, 30"})
    void aResetThatMakesNoSenseBlocksTheMinuteForAMinute(String reset) throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.connectAndSync("olga", 4711);
            house.whoop()
                    .server()
                    .next(
                            ScriptedWhoop.CYCLES,
                            Reply.status(429)
                                    .with("X-RateLimit-Limit", "100, 100;window=60, 10000;window=86400")
                                    .with("X-RateLimit-Remaining", "0")
                                    .with("X-RateLimit-Reset", reset));

            house.app().send("POST", "/internal/sync/olga", "");
            RunningApp.await(() -> quota(house).path("blocks").has("minute"));

            Instant until =
                    Instant.parse(quota(house).path("blocks").path("minute").asText());
            assertThat(until).isBefore(house.clock().instant().plus(Duration.ofSeconds(63)));
            assertThat(quota(house).path("headers_ignored").asInt()).isEqualTo(1);
            RunningApp.await(() -> {
                house.clock().advance(Duration.ofSeconds(5));
                return house.stateOf("olga", "sync").equals("done");
            });
            assertThat(house.clock().instant()).isBefore(until.plus(Duration.ofMinutes(5)));
        }
    }

    @Test
    void grantsOfAReplicaWhoseClockWasAheadStopNobody() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.connectAndSync("olga", 4711);
            OffsetDateTime ahead =
                    house.clock().instant().plus(Duration.ofHours(6)).atOffset(ZoneOffset.UTC);
            house.app().whoopDatabase.jdbi().useTransaction(handle -> {
                handle.execute("update whoop_quota_grant set granted_at = ?", ahead);
                handle.execute("update whoop_quota set last_granted_at = ?, version = version + 1", ahead);
            });
            Instant begun = house.clock().instant();

            house.app().send("POST", "/internal/sync/olga", "");
            RunningApp.await(() -> house.stateOf("olga", "sync").equals("done"));

            assertThat(house.clock().instant()).isBefore(begun.plus(Duration.ofMinutes(2)));
            assertThat(Instant.parse(quota(house).path("next_permit_at").asText()))
                    .isBefore(begun.plus(Duration.ofMinutes(2)));
        }
    }

    @Test
    void whatAnotherSystemUsesOfOurApplicationIsShown() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.connectAndSync("olga", 4711);
            house.whoop()
                    .server()
                    .next(
                            ScriptedWhoop.CYCLES,
                            Reply.json("{\"records\":[],\"next_token\":null}")
                                    .with("X-RateLimit-Limit", "100, 100;window=60, 10000;window=86400")
                                    .with("X-RateLimit-Remaining", "30")
                                    .with("X-RateLimit-Reset", "59"));

            house.app().send("POST", "/internal/sync/olga", "");
            RunningApp.await(
                    () -> quota(house).path("used_by_others").path("day").asInt() > 0);

            assertThat(quota(house).path("used_by_others").path("day").asInt()).isBetween(40, 70);
            assertThat(house.app().admin("GET", "/metrics", "").body()).contains("whoop.quota.day.used_by_others");
        }
    }

    private static JsonNode quota(ScriptedHouse house) {
        return house.app().jsonOf(house.app().admin("GET", "/quota", ""));
    }
}
