package io.holisticos.sahha;

import static io.holisticos.sahha.SahhaStub.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every known caller reads our answers with its own code: for members with full, partial, no and broken data. */
class CallersTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static SahhaBed bed;

    @BeforeAll
    static void open() {
        bed = new SahhaBed();
        bed.sahha.member(
                "full",
                sample("golden-scores.json"),
                sample("golden-biomarkers.json"),
                sample("archetypes.weekly.response-200.json"));
        bed.sahha.member("partial", """
                [{"id":"1","type":"sleep","state":null,"score":null,"scoreDateTime":"2025-07-12T00:00:00+12:00"},
                 {"id":"2","type":"readiness","state":"low","score":0.294,"scoreDateTime":"2025-07-12T00:00:00.123456789+12:00",
                  "createdAtUtc":"2025-07-11T19:00:00.1+00:00"}]""", """
                [{"id":"3","category":"activity","type":"steps","periodicity":"daily","aggregation":"total","value":3000.5,
                  "unit":"count","valueType":"double","startDateTime":"2025-07-12T00:00:00+12:00","endDateTime":"2025-07-12T23:59:59+12:00"}]""", null);
        bed.sahha.member("none", null, null, null);
        bed.sahha.member("broken", """
                [{"id":"1","type":"sleep","state":"high","score":85,"scoreDateTime":"2025-07-12T00:00:00+12:00"},
                 {"id":"2","type":"readiness","state":"high","score":"0.5","scoreDateTime":"2025-07-12T00:00:00+12:00"},
                 {"id":"3","type":null,"score":0.5,"scoreDateTime":"2025-07-12T00:00:00+12:00"},
                 {"id":"4","type":"activity","score":0.5,"scoreDateTime":"yesterday"}, "text", null, 7]""", """
                [{"id":"5","type":"steps","value":"1","startDateTime":"2025-07-12T00:00:00+12:00","endDateTime":"2025-07-12T23:59:59+12:00"},
                 {"id":"6","category":"activity","type":"steps","value":"many","periodicity":"daily",
                  "startDateTime":"2025-07-12T00:00:00+12:00","endDateTime":"2025-07-12T23:59:59+12:00"},
                 {"id":"7","category":"vitals","type":"heart_rate_resting","value":"57","periodicity":"daily",
                  "startDateTime":"2025-07-12T00:00:00+12:00","endDateTime":"2025-07-12T23:59:59+12:00"}]""", """
                [{"id":"8","name":"sleep_pattern","periodicity":"weekly","startDateTime":"2025-06-30T00:00:00+12:00",
                  "endDateTime":"2025-07-06T00:00:00+12:00"}]""");
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @Test
    void theDashboardShowsTheDayOfAMemberWithEverything() {
        assertThat(DashboardBackend.healthScores(
                        read("/api/v1/health-metrics/overview?profile_id=full&period=2025-07-12")))
                .containsEntry("sleep", "96")
                .containsEntry("readiness", "85")
                .containsEntry("wellbeing", "84");
        assertThat(DashboardBackend.activity(read("/api/v1/health-metrics/activity?profile_id=full&period=2025-07-11")))
                .containsEntry("steps", "3000")
                .containsEntry("calories_burned", "54");
        assertThat(DashboardBackend.sleep(read("/api/v1/health-metrics/sleep?profile_id=full&period=2025-07-11")))
                .containsEntry("sleep_debt_hours", "0.0");
        assertThat(DashboardBackend.restingHeartRate(
                        read("/api/v1/health-metrics/recovery?profile_id=full&period=2025-07-11")))
                .isEqualTo("57");
        assertThat(DashboardBackend.scores(read("/api/v1/health-metrics/scores?profile_id=full")))
                .containsEntry("overall", 79)
                .containsEntry("readiness", 85)
                .containsEntry("sleep", 96)
                .containsEntry("activity", 71)
                .containsEntry("mental_wellbeing", 84);
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "partial", "none", "broken"})
    void theDashboardReadsEveryPathOfItsForEverybody(String who) {
        for (String period : List.of("today", "2025-07-11", "2025-07-12", "2025-07-13")) {
            String query = "?profile_id=" + who + "&period=" + period;
            DashboardBackend.healthScores(read("/api/v1/health-metrics/overview" + query));
            DashboardBackend.sleep(read("/api/v1/health-metrics/sleep" + query));
            DashboardBackend.scores(read("/api/v1/health-metrics/scores" + query));
        }
        assertThat(bed.get("/").statusCode()).isEqualTo(200);
        assertThat(DashboardBackend.healthScores(read("/api/v1/health-metrics/overview?profile_id=none")))
                .containsValues(DashboardBackend.NOTHING)
                .doesNotContainValue("0");
    }

    @Test
    void theDashboardShowsDashesWhereAValueIsMissing() {
        assertThat(DashboardBackend.healthScores(
                        read("/api/v1/health-metrics/overview?profile_id=partial&period=2025-07-12")))
                .containsEntry("sleep", DashboardBackend.NOTHING)
                .containsEntry("readiness", "29");
        assertThat(DashboardBackend.activity(
                        read("/api/v1/health-metrics/activity?profile_id=partial&period=2025-07-12")))
                .containsEntry("steps", "3000.5")
                .containsEntry("calories_burned", DashboardBackend.NOTHING);
        assertThat(DashboardBackend.scores(read("/api/v1/health-metrics/scores?profile_id=partial&period=2025-07-12")))
                .containsEntry("readiness", 29)
                .containsEntry("sleep", null);
        assertThat(DashboardBackend.restingHeartRate(
                        read("/api/v1/health-metrics/recovery?profile_id=broken&period=2025-07-12")))
                .isEqualTo("57");
    }

    @Test
    void theAiServiceKeepsEveryRowAndKnowsItsState() {
        List<JsonNode> scores = AiService.modelled("scores", read("/api/v1/sahha/scores?user_id=full"));
        assertThat(scores)
                .isNotEmpty()
                .allSatisfy(row -> assertThat(AiService.state(row)).isIn("low", "medium", "high", "minimal"));
        assertThat(AiService.modelled("biomarkers", read("/api/v1/sahha/biomarkers?user_id=full")))
                .hasSameSizeAs(read("/api/v1/sahha/biomarkers?user_id=full"))
                .isNotEmpty();
        assertThat(AiService.modelled("archetypes", read("/api/v1/sahha/archetypes?user_id=full")))
                .hasSameSizeAs(read("/api/v1/sahha/archetypes?user_id=full"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "partial", "none", "broken"})
    void bothClientsOfTheAiServiceReadTheSameRows(String who) {
        for (String kind : List.of("scores", "biomarkers", "archetypes")) {
            JsonNode answer = read("/api/v1/sahha/" + kind + "?user_id=" + who);

            assertThat(AiService.modelled(kind, answer)).as(kind).isEqualTo(AiService.raw(answer));
        }
    }

    @Test
    void theAiServiceGetsNoRowThatIsBroken() {
        assertThat(AiService.raw(read("/api/v1/sahha/scores?user_id=broken")))
                .singleElement()
                .satisfies(row -> assertThat(row.path("type").asText()).isEqualTo("readiness"));
        assertThat(AiService.raw(read("/api/v1/sahha/archetypes?user_id=broken")))
                .isEmpty();
        assertThat(AiService.raw(read("/api/v1/sahha/scores?user_id=partial")))
                .singleElement()
                .satisfies(row -> assertThat(AiService.state(row)).isEqualTo("low"));
    }

    private static JsonNode read(String path) {
        HttpResponse<String> answer = bed.get(path);
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
        try {
            return MAPPER.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError(answer.body(), e);
        }
    }
}
