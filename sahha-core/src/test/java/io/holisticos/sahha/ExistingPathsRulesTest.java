package io.holisticos.sahha;

import static io.holisticos.sahha.SahhaStub.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the existing paths refuse, what they say when there is nothing, and what include_whoop adds. */
class ExistingPathsRulesTest {

    private static final String OVERVIEW = "/api/v1/health-metrics/overview?profile_id=anna";

    private static SahhaBed bed;

    @BeforeAll
    static void open() {
        bed = new SahhaBed();
        bed.sahha.member("anna", sample("golden-scores.json"), sample("golden-biomarkers.json"), null);
        bed.sahha.member("new", null, "[]", "");
        bed.sahha.member("only-sleep", null, sample("biomarkers.sleep.14-days.response-200.json"), null);
        bed.sahha.member("broken", null, null, null);
        for (String path : List.of("score", "biomarker", "archetypes")) {
            bed.sahha.on("/api/v1/profile/" + path + "/broken", SahhaStub.Answer.json("<html>no</html>"));
        }
        bed.sahha.on("/api/v1/account/profile/gone", SahhaStub.Answer.status(410));
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @BeforeEach
    void whoopIsNotConnected() {
        bed.whoop.asked.set(0);
        bed.whoop.answer = days -> new SourceAnswer.NotConnected(new SourceName("whoop"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/health-metrics/overview",
                "/api/v1/health-metrics/activity?period=today",
                "/api/v1/health-metrics/sleep?user_id=anna",
                "/api/v1/health-metrics/recovery?profile_id=",
                "/api/v1/health-metrics/scores?profile_id=%20",
                "/api/v1/health-metrics/biomarkers?profile_id=a%00b",
                "/api/v1/sahha/scores",
                "/api/v1/sahha/biomarkers?profile_id=anna",
                "/api/v1/sahha/archetypes?limit=10",
                "/api/v1/health-metrics/overview?profile_id=anna&period=tomorrow",
                "/api/v1/health-metrics/activity?profile_id=anna&period=2025-02-30",
                "/api/v1/health-metrics/sleep?profile_id=anna&period=13/01/2025",
                "/api/v1/health-metrics/recovery?profile_id=anna&period=",
                "/api/v1/health-metrics/scores?profile_id=anna&period=0000-01-01",
                "/api/v1/health-metrics/biomarkers?profile_id=anna&period=20250711",
                "/api/v1/sahha/scores?user_id=anna&start_date=07/11/2025",
                "/api/v1/sahha/scores?user_id=anna&start_date=today",
                "/api/v1/sahha/biomarkers?user_id=anna&end_date=2025-7-1",
                "/api/v1/sahha/biomarkers?user_id=anna&start_date=2025-07-12&end_date=2025-07-11",
                "/api/v1/sahha/archetypes?user_id=anna&limit=0",
                "/api/v1/sahha/archetypes?user_id=anna&limit=1001",
                "/api/v1/sahha/scores?user_id=anna&limit=many",
                "/api/v1/health-metrics/overview?profile_id=anna&include_whoop=perhaps",
            })
    void badInputIs400(String path) {
        HttpResponse<String> answer = bed.get(path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"detail\":\"").endsWith("\"}");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void anIdTooLongIs400() {
        assertThat(bed.get("/api/v1/sahha/scores?user_id=" + "x".repeat(101)).statusCode())
                .isEqualTo(400);
    }

    @Test
    void aDatabaseThatCountsNoRevisionsYetAnswersAsOneThatDoes() {
        List<String> paths = List.of(
                OVERVIEW,
                "/api/v1/health-metrics/activity?profile_id=anna&period=today",
                "/api/v1/health-metrics/scores?profile_id=anna&period=yesterday",
                "/api/v1/health-metrics/biomarkers?profile_id=anna",
                "/api/v1/sahha/biomarkers?user_id=anna");
        List<String> before = paths.stream().map(path -> bed.get(path).body()).toList();
        assertThat(before.get(0)).contains("0.96");

        bed.database.jdbi().useHandle(handle -> handle.execute("alter function sahha_revision_of rename to gone"));
        try {
            assertThat(paths).extracting(path -> bed.get(path).body()).isEqualTo(before);
        } finally {
            bed.database.jdbi().useHandle(handle -> handle.execute("alter function gone rename to sahha_revision_of"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/health-metrics/overview?profile_id=",
                "/api/v1/health-metrics/activity?profile_id=",
                "/api/v1/health-metrics/sleep?profile_id=",
                "/api/v1/health-metrics/recovery?profile_id=",
                "/api/v1/health-metrics/scores?profile_id=",
                "/api/v1/health-metrics/biomarkers?profile_id=",
                "/api/v1/sahha/scores?user_id=",
                "/api/v1/sahha/biomarkers?user_id=",
                "/api/v1/sahha/archetypes?user_id=",
            })
    void whoIsNotKnownIs404AndNotToBeToldIs503(String path) {
        for (String nobody : List.of("stranger", "gone")) {
            HttpResponse<String> answer = bed.get(path + nobody);
            assertThat(answer.statusCode()).as(nobody).isEqualTo(404);
            assertThat(answer.body()).startsWith("{\"detail\":");
        }
        HttpResponse<String> answer = bed.get(path + "broken");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("{\"detail\":\"sahha is not available\"}");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "new, today",
        "new, 2025-07-12", // tomorrow, whatever the zone
        "new, 2020-01-01", // too far back to be fetched
        "anna, 2025-01-01",
        "anna, 2025-07-13",
        "only-sleep, 2025-07-13",
    })
    void aKnownMembersDayWithoutRowsIsADayOnWhichNothingWasMeasured(String who, String period) {
        Map<String, String> empty = Map.of(
                "overview",
                "{\"sleep_last_night\":null,\"readiness_score\":null,\"mental_wellbeing\":null,\"activity_score\":null}",
                "activity",
                "{\"today\":null,\"biomarkers\":[]}",
                "sleep",
                "{\"last_night\":null,\"biomarkers\":[]}",
                "recovery",
                "{\"biomarkers\":[]}",
                "scores",
                "{}",
                "biomarkers",
                "{\"biomarkers\":[]}");

        empty.forEach((path, body) -> {
            HttpResponse<String> answer =
                    bed.get("/api/v1/health-metrics/" + path + "?profile_id=" + who + "&period=" + period);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(body);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"scores", "biomarkers", "archetypes"})
    void aKnownMemberWithoutRowsHasAnEmptyList(String rows) {
        assertThat(bed.get("/api/v1/sahha/" + rows + "?user_id=new").body()).isEqualTo("[]");
        assertThat(bed.get("/api/v1/sahha/" + rows + "?user_id=anna&start_date=2020-01-01&end_date=2020-01-31")
                        .body())
                .isEqualTo("[]");
    }

    @Test
    void whoIsNotKnownIs404ForDaysTooFarBackToBeFetchedToo() {
        for (String path : List.of(
                "/api/v1/health-metrics/overview?period=2020-01-01&profile_id=",
                "/api/v1/sahha/scores?start_date=2020-01-01&end_date=2020-01-31&user_id=")) {
            assertThat(bed.get(path + "stranger").statusCode()).as(path).isEqualTo(404);
        }
        bed.sahha.on("/api/v1/account/profile/not-to-be-told", SahhaStub.Answer.status(500));
        assertThat(bed.get("/api/v1/health-metrics/overview?period=2020-01-01&profile_id=not-to-be-told")
                        .statusCode())
                .isEqualTo(503);
    }

    @Test
    void theRangeOfRowsGoesByTheirStart() {
        String eleventh = "/api/v1/sahha/biomarkers?user_id=only-sleep&start_date=2025-07-11&end_date=2025-07-11";
        String tenth = "/api/v1/sahha/biomarkers?user_id=only-sleep&start_date=2025-07-10&end_date=2025-07-10";

        assertThat(bed.get(eleventh).body())
                .as("the night that ends on the eleventh starts on the tenth")
                .isEqualTo("[]");
        assertThat(bed.get(tenth).body())
                .contains("\"start_date_time\":\"2025-07-10T06:00:00+00:00\"")
                .doesNotContain("\"start_date_time\":\"2025-07-09");
    }

    @Test
    void dataIsSahhasObjectAsItWasSentAndOurSahhaId() throws Exception {
        String sent = """
                {"id":"s1","type":"sleep","state":"high","score":0.890,"factors":[{"name":"x","state":null}],
                 "dataSources":["sleep"],"scoreDateTime":"2025-07-11T00:00:00.5-04:00","createdAtUtc":"2025-07-11T13:05:41+00:00",
                 "version":1.0,"newKey":{"deep":[1,2.50,null]}}""";
        bed.sahha.member("verbatim", "[" + sent + "]", null, null);
        ObjectMapper mapper = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

        JsonNode row = mapper.readTree(
                        bed.get("/api/v1/sahha/scores?user_id=verbatim").body())
                .get(0);

        ObjectNode expected = ((ObjectNode) mapper.readTree(sent)).put("sahha_id", "s1");
        assertThat(row.path("data")).isEqualTo(expected);
        assertThat(row.path("data").path("state").asText()).isEqualTo("high");
        assertThat(row.path("score_date_time").asText()).isEqualTo("2025-07-11T04:00:00.500000+00:00");
    }

    @Test
    void scoresAreWholeNumbersRoundedHalfUpAndOneThatIsNotThereHasNoKey() {
        bed.sahha.member("rounded", """
                [{"id":"1","type":"sleep","state":"high","score":0.485,"scoreDateTime":"2025-07-11T00:00:00+00:00"},
                 {"id":"2","type":"wellbeing","state":"high","score":1,"scoreDateTime":"2025-07-11T00:00:00+00:00"},
                 {"id":"3","type":"activity","state":"high","score":0.004,"scoreDateTime":"2025-07-11T00:00:00+00:00"},
                 {"id":"4","type":"readiness","state":null,"score":null,"scoreDateTime":"2025-07-11T00:00:00+00:00"}]""", null, null);

        assertThat(bed.get("/api/v1/health-metrics/scores?profile_id=rounded").body())
                .isEqualTo("{\"overall\":100,\"sleep\":49,\"activity\":0}");
    }

    @Test
    void idsOfAnyTextReachSahhaEncoded() {
        assertThat(bed.get("/api/v1/sahha/scores?user_id=a%2Fb%25%3F%20c%2B%C3%A9")
                        .statusCode())
                .isEqualTo(404);

        assertThat(bed.sahha.seen("/account/profile/a%2Fb%25%3F%20c%2B%C3%A9")).isNotEmpty();
    }

    @Test
    void withoutTheParameterWhoopIsNeverTouched() {
        String plain = bed.get(OVERVIEW).body();

        assertThat(bed.get(OVERVIEW + "&include_whoop=false").body()).isEqualTo(plain);
        assertThat(bed.get(OVERVIEW, "X-API-Key", SahhaBed.KEY).body()).isEqualTo(plain);
        assertThat(bed.get(OVERVIEW, "X-API-Key", "no such key").body()).isEqualTo(plain);
        assertThat(bed.whoop.asked).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({", 401", "no such key, 401", SahhaBed.POWERLESS_KEY + ", 403"})
    void includeWhoopNeedsACredentialBeforeAnythingElse(String key, int status) {
        for (String path : List.of(
                OVERVIEW + "&include_whoop=true",
                "/api/v1/health-metrics/overview?include_whoop=true",
                OVERVIEW + "&include_whoop=TRUE&period=nonsense")) {
            HttpResponse<String> answer = key == null ? bed.get(path) : bed.get(path, "X-API-Key", key);
            assertThat(answer.statusCode()).as(path).isEqualTo(status);
            assertThat(answer.body()).startsWith("{\"detail\":");
        }
        assertThat(bed.whoop.asked).hasValue(0);
    }

    @Test
    @Timeout(60)
    void aWhoopThatIsStuckIsUnavailableAndSahhasPartIsThere() {
        CountDownLatch never = new CountDownLatch(1);
        bed.whoop.answer = days -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new SourceAnswer.NotConnected(new SourceName("whoop"));
        };

        HttpResponse<String> answer = bed.get(OVERVIEW + "&include_whoop=true", "X-API-Key", SahhaBed.KEY);

        never.countDown();
        String plain = bed.get(OVERVIEW).body();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(plain.substring(0, plain.length() - 1)
                        + ",\"whoop\":{\"status\":\"unavailable\"},\"combined\":" + unifiedMetrics() + "}");
    }

    @Test
    void includeWhoopAddsTwoLastKeys() {
        SourceName whoop = new SourceName("whoop");
        bed.whoop.answer = days -> {
            assertThat(days.contains(LocalDate.of(2025, 7, 12))).isTrue();
            return new SourceAnswer.Measured(
                    whoop,
                    SourceAnswer.DataStatus.CURRENT,
                    Instant.parse("2025-07-11T19:00:00Z"),
                    null,
                    null,
                    null,
                    List.of(new SourceDay(
                            LocalDate.of(2025, 7, 12),
                            List.of(new Score("whoop_recovery", new BigDecimal("66"), Score.Scale.PERCENT, null)),
                            List.of(new Measurement(Metric.HRV_RMSSD_SLEEP, new BigDecimal("61.40"))),
                            List.of(new Workout(
                                    "w1",
                                    whoop,
                                    "running",
                                    OffsetDateTime.parse("2025-07-12T06:00:00+12:00"),
                                    OffsetDateTime.parse("2025-07-12T07:00:00+12:00"),
                                    "SCORED",
                                    new BigDecimal("12.4"),
                                    null,
                                    null,
                                    140,
                                    null)),
                            new Details("SCORED"))));
        };

        HttpResponse<String> answer = bed.get(OVERVIEW + "&include_whoop=true", "X-API-Key", SahhaBed.KEY);

        String plain = bed.get(OVERVIEW).body();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(plain.substring(0, plain.length() - 1)
                        + ",\"whoop\":{\"status\":\"ok\",\"as_of\":\"2025-07-11T19:00:00Z\","
                        + "\"scores\":{\"whoop_recovery\":{\"value\":66,\"scale\":\"0-100\"}},"
                        + "\"metrics\":{\"hrv.rmssd.sleep\":{\"value\":61.40,\"unit\":\"ms\"}},"
                        + "\"workouts\":[{\"id\":\"w1\",\"sport\":\"running\",\"start\":\"2025-07-12T06:00+12:00\","
                        + "\"end\":\"2025-07-12T07:00+12:00\",\"state\":\"SCORED\",\"strain\":12.4,\"average_heart_rate\":140}],"
                        + "\"recovery_state\":\"SCORED\"},\"combined\":" + unifiedMetrics() + "}");
        assertThat(unifiedMetrics()).contains("\"hrv.rmssd.sleep\":{\"value\":61.40,");
    }

    /** Scores were read for the overview's own answer; the merge needs the source's days, which is one more reading. */
    @Test
    void combinedCostsOneReadingOfEachSource() {
        bed.get(OVERVIEW + "&include_whoop=true", "X-API-Key", SahhaBed.KEY);
        bed.whoop.asked.set(0);

        int plain = statementsOf(OVERVIEW);
        int unified = statementsOf("/api/v1/unified-health/overview/anna?period=2025-07-12");
        bed.whoop.asked.set(0);
        int both = statementsOf(OVERVIEW + "&include_whoop=true");

        assertThat(bed.whoop.asked).hasValue(1);
        assertThat(both).isBetween(plain + 1, plain + unified); // the member's wishes may be in memory
    }

    private static int statementsOf(String path) {
        int before = bed.statements.get();
        assertThat(bed.get(path, "X-API-Key", SahhaBed.KEY).statusCode()).isEqualTo(200);
        return bed.statements.get() - before;
    }

    /** As the unified overview of the day has them, to the byte. */
    private static String unifiedMetrics() {
        String unified = bed.get("/api/v1/unified-health/overview/anna?period=2025-07-12", "X-API-Key", SahhaBed.KEY)
                .body();
        int from = unified.indexOf("\"metrics\":") + "\"metrics\":".length();
        return unified.substring(from, unified.indexOf(",\"workouts\":"));
    }

    @Test
    void whateverHappensToWhoopSahhasPartStands() {
        String plain = bed.get(OVERVIEW).body();
        String head = plain.substring(0, plain.length() - 1);

        assertThat(bed.get(OVERVIEW + "&include_whoop=true", "X-API-Key", SahhaBed.KEY)
                        .body())
                .isEqualTo(head + ",\"whoop\":{\"status\":\"not_connected\"},\"combined\":" + unifiedMetrics() + "}");
        bed.whoop.answer = days -> {
            throw new IllegalStateException("unexpected");
        };
        assertThat(bed.get(OVERVIEW + "&include_whoop=true", "X-API-Key", SahhaBed.KEY)
                        .body())
                .isEqualTo(head + ",\"whoop\":{\"status\":\"unavailable\"},\"combined\":" + unifiedMetrics() + "}");
    }

    @Test
    void combinedHasSahhasValuesWhateverHappensToWhoop() throws Exception {
        String path = OVERVIEW + "&include_whoop=true&period=2025-07-11";
        String notConnected = bed.get(path, "X-API-Key", SahhaBed.KEY).body();
        bed.whoop.answer = days -> new SourceAnswer.Disabled(new SourceName("whoop"));
        String disabled = bed.get(path, "X-API-Key", SahhaBed.KEY).body();
        bed.whoop.answer = days -> {
            throw new IllegalStateException("unexpected");
        };
        String unavailable = bed.get(path, "X-API-Key", SahhaBed.KEY).body();

        for (String body : List.of(notConnected, disabled, unavailable)) {
            JsonNode combined = bed.mapper.readTree(body).path("combined");
            assertThat(combined.at("/steps/source").asText()).isEqualTo("sahha");
            assertThat(combined.at("/steps/verdict").asText()).isEqualTo("single");
        }
    }

    @Test
    void aMemberWithoutRowsHasNothingCombined() {
        assertThat(bed.get(
                                "/api/v1/health-metrics/overview?profile_id=new&include_whoop=true",
                                "X-API-Key",
                                SahhaBed.KEY)
                        .body())
                .endsWith(",\"whoop\":{\"status\":\"not_connected\"},\"combined\":{}}");
    }

    @Test
    void aMemberWhomOnlyWhoopKnowsIsStill404() {
        assertThat(bed.get(
                                "/api/v1/health-metrics/overview?profile_id=stranger&include_whoop=true",
                                "X-API-Key",
                                SahhaBed.KEY)
                        .statusCode())
                .isEqualTo(404);
        assertThat(bed.whoop.asked).hasValue(0);
    }

    /** What a source may add of its own. */
    public record Details(String recovery_state) implements SourceDetails {}
}
