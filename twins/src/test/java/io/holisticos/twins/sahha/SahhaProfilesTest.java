package io.holisticos.twins.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SahhaProfilesTest {
    private static final String REGISTER = "/api/v1/oauth/profile/register";

    @Test
    void describesProfilesDevicesAndPeopleLikeTheSamples() {
        try (var sahha = Sahha.start()) {
            var profile = sahha.rows("/api/v1/account/profile/demo-anna");
            var device = sahha.rows("/api/v1/profile/deviceInformation/demo-anna");

            assertThat(Sahha.keys(profile)).isEqualTo(Sahha.keys(Sahha.sample("profile.account-profile.response-200")));
            assertThat(profile.path("externalId").asText()).isEqualTo("demo-anna");
            assertThat(profile.path("dataLastReceivedAtUtc").asText()).startsWith("2026-11-22T");
            assertThat(profile.path("dataSources").get(0).path("sourceName").asText())
                    .contains("whoop");
            assertThat(Sahha.keys(device))
                    .isEqualTo(Sahha.keys(Sahha.sample("profile.device-information.response-200")));
            assertThat(device.path("timeZone").asText())
                    .isEqualTo(sahha.person("demo-anna").offsetAt(Sahha.START).getId());
            assertThat(Sahha.keys(sahha.rows("/api/v1/profile/demographic/demo-anna")))
                    .isEqualTo(Sahha.keys(Sahha.sample("profile.demographic.response-200")));
            assertThat(sahha.get("/Version", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void sampleProfilesHaveNoDeviceAndNoDemographic() {
        try (var sahha = Sahha.start()) {
            for (String path : List.of("demographic", "deviceInformation", "integration")) {
                var response = sahha.get("/api/v1/profile/" + path + "/demo-0001");
                assertThat(response.statusCode()).isEqualTo(204);
                assertThat(response.body()).isEmpty();
            }
            assertThat(sahha.rows("/api/v1/account/profile/demo-0001")
                            .path("isSampleProfile")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void searchesByPartOfTheExternalIdInPagesFromOne() {
        try (var sahha = Sahha.start()) {
            var all = sahha.rows("/api/v1/account/profile/search");
            var page = sahha.rows("/api/v1/account/profile/search?searchParameter=demo-0&currentPage=2&pageSize=5");

            assertThat(Sahha.keys(all)).isEqualTo(Sahha.keys(Sahha.sample("profile.search.response-200")));
            assertThat(Sahha.keys(all.path("items").get(0)))
                    .isEqualTo(Sahha.keys(Sahha.sample("profile.search.response-200")
                            .path("items")
                            .get(0)));
            assertThat(all.path("totalCount").asInt()).isEqualTo(16);
            assertThat(Sahha.texts(all.path("items"), "externalId")).doesNotContain("demo-eve");
            assertThat(Sahha.texts(page.path("items"), "externalId")).first().isEqualTo("demo-0006");
            assertThat(page.path("items")).hasSize(5);
            assertThat(page.path("totalPages").asInt()).isEqualTo(3);
        }
    }

    @Test
    void aNewProfileIsSilentForHoursAndThenHasAFortnightAtOnce() {
        try (var sahha = Sahha.start()) {
            String scores = "/api/v1/profile/score/demo-eve?types=sleep,activity";
            assertThat(sahha.get(scores).statusCode()).isEqualTo(404);
            assertThat(sahha.get("/api/v1/account/profile/demo-eve").statusCode())
                    .isEqualTo(404);

            var registered = sahha.postAsAccount(REGISTER, "{\"externalId\":\"demo-eve\"}");
            assertThat(registered.statusCode()).isEqualTo(201);
            assertThat(Sahha.keys(Sahha.json(registered)))
                    .isEqualTo(Sahha.keys(Sahha.sample("auth.profile-token.response")));
            assertThat(sahha.get(scores).statusCode()).isEqualTo(204);

            sahha.advance(Duration.ofHours(3));
            JsonNode rows = sahha.rows(scores);
            assertThat(rows.size()).isGreaterThan(3);
            assertThat(Set.copyOf(Sahha.texts(rows, "createdAtUtc"))).hasSize(1);
        }
    }

    @Test
    void refusesToRegisterTwiceOrWithAnUnusableId() {
        try (var sahha = Sahha.start()) {
            for (String id : List.of("demo-anna", "", " ", "x".repeat(101))) {
                var response = sahha.postAsAccount(REGISTER, "{\"externalId\":\"" + id + "\"}");
                assertThat(response.statusCode()).isEqualTo(400);
                assertThat(Sahha.json(response).path("location").asText()).isEqualTo("request");
            }
            assertThat(sahha.post(REGISTER, "", "{\"externalId\":\"new\"}").statusCode())
                    .isEqualTo(401);
            assertThat(sahha.postAsAccount(REGISTER, "{\"externalId\":\"new\"}").statusCode())
                    .isEqualTo(201);
            assertThat(sahha.postAsAccount(REGISTER, "{\"externalId\":\"new\"}").statusCode())
                    .isEqualTo(400);
            assertThat(sahha.get("/api/v1/profile/score/new?types=sleep").statusCode())
                    .isEqualTo(204);
            assertThat(sahha.postAsAccount("/api/v1/oauth/profile/token", "{\"externalId\":\"nobody\"}")
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void aDeletedProfileIsUnknownOrGone() {
        try (var sahha = Sahha.start()) {
            String scores = "/api/v1/profile/score/demo-ben?types=sleep";
            assertThat(sahha.deleteAsAccount("/api/v1/profile", "{}").statusCode())
                    .isEqualTo(400);
            assertThat(sahha.deleteAsAccount("/api/v1/profile", "[\"demo-ben\"]")
                            .statusCode())
                    .isEqualTo(200);

            assertThat(sahha.get(scores).statusCode()).isEqualTo(404);
            sahha.twin.quirks(Set.of(SahhaQuirk.DELETED_PROFILE_410));
            assertThat(sahha.get(scores).statusCode()).isEqualTo(410);
            assertThat(sahha.get("/api/v1/profile/score/nobody?types=sleep").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void describesWeeksAsArchetypes() {
        try (var sahha = Sahha.start()) {
            String path = "/api/v1/profile/archetypes/demo-anna";
            var rows = sahha.rows(path + "?periodicity=weekly");
            var sample = Sahha.sample("archetypes.weekly.response-200");

            assertThat(Set.copyOf(Sahha.texts(rows, "name"))).containsAll(Sahha.texts(sample, "name"));
            for (JsonNode row : rows) {
                assertThat(Sahha.keys(row)).isEqualTo(Sahha.keys(sample.get(0)));
                var start =
                        java.time.OffsetDateTime.parse(row.path("startDateTime").asText());
                var end = java.time.OffsetDateTime.parse(row.path("endDateTime").asText());
                assertThat(start.getDayOfWeek()).isEqualTo(java.time.DayOfWeek.MONDAY);
                assertThat(end).isEqualTo(start.plusDays(6));
            }
            assertThat(Set.copyOf(Sahha.texts(rows, "startDateTime"))).hasSizeBetween(7, 8);
            assertThat(sahha.rows(path + "?periodicity=monthly")).isNotEmpty();
            assertThat(sahha.get(path + "?periodicity=daily").body()).isEqualTo("[]");
            assertThat(sahha.get(path + "?name=mood_pattern").body()).isEqualTo("[]");
            assertThat(Set.copyOf(Sahha.texts(sahha.rows(path + "?name=bed_schedule"), "name")))
                    .containsExactly("bed_schedule");
        }
    }

    @Test
    void tellsTrendsAndComparisonsLikeTheSamples() {
        try (var sahha = Sahha.start()) {
            var trends = sahha.rows("/api/v1/profile/insight/trend/demo-anna?category=score");
            var comparisons = sahha.rows("/api/v1/profile/insight/comparison/demo-anna");
            var trend = Sahha.sample("insight.trends.reconstructed").get(0);
            var comparison = Sahha.sample("insight.comparisons.reconstructed").get(0);

            assertThat(trends).hasSize(5);
            for (JsonNode row : trends) {
                assertThat(Sahha.keys(row)).isEqualTo(Sahha.keys(trend));
                assertThat(row.path("data")).hasSize(4);
                assertThat(Sahha.keys(row.path("data").get(0)))
                        .isEqualTo(Sahha.keys(trend.path("data").get(0)));
            }
            assertThat(Sahha.texts(comparisons, "name")).contains("sleep", "steps", "heart_rate_resting");
            for (JsonNode row : comparisons) {
                assertThat(Sahha.keys(row)).isEqualTo(Sahha.keys(comparison));
                assertThat(Sahha.keys(row.path("data").get(1)))
                        .isEqualTo(Sahha.keys(comparison.path("data").get(1)));
                assertThat(Sahha.texts(row.path("data"), "type")).containsExactly("global", "demographic", "baseline");
            }
            assertThat(sahha.rows("/api/v1/profile/insight/trend/demo-anna?name=sleep_debt"))
                    .hasSize(1);
        }
    }

    @Test
    void unknownRoutesAre404AndFaultsApply() {
        try (var sahha = Sahha.start()) {
            for (String path : List.of(
                    "/api/v1/profile/insights/demo-anna",
                    "/api/v1/insights/demo-anna",
                    "/api/v1/profile/scores/demo-anna",
                    "/api/v1/score/demo-anna")) {
                assertThat(sahha.get(path).statusCode()).isEqualTo(404);
            }
            sahha.post(
                    "/_twin/faults",
                    "",
                    "{\"path\":\"/api/v1/profile/score\",\"kind\":\"status\",\"status\":429,\"count\":1}");
            assertThat(sahha.get("/api/v1/profile/score/demo-anna?types=sleep").statusCode())
                    .isEqualTo(429);
            assertThat(sahha.get("/api/v1/profile/score/demo-anna?types=sleep").statusCode())
                    .isEqualTo(200);
            assertThat(sahha.twin.stats().callsByMember("")).containsEntry("demo-anna", 2L);
        }
    }
}
