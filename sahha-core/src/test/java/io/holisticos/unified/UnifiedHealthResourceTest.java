package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.goodUntil;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.notCounting;
import static io.holisticos.unified.UnifiedFixture.score;
import static io.holisticos.unified.UnifiedFixture.value;
import static io.holisticos.unified.UnifiedFixture.workout;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Configuration;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.Workout;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes over HTTP, with the real edge and the real keys. */
@ExtendWith(DropwizardExtensionsSupport.class)
class UnifiedHealthResourceTest {

    private static final String BASE = "/api/v1/unified-health";
    private static final String KEY = TinyApplication.READER;
    private static final String OTHER_KEY = TinyApplication.CONNECTOR;
    private static final FakeSource SAHHA_SOURCE = TinyApplication.SAHHA_SOURCE;
    private static final FakeSource WHOOP_SOURCE = TinyApplication.WHOOP_SOURCE;

    private static final DropwizardAppExtension<Configuration> APP = new DropwizardAppExtension<>(
            TinyApplication.class,
            (String) null,
            ConfigOverride.config("server.registerDefaultExceptionMappers", "false"),
            ConfigOverride.randomPorts());

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    @BeforeEach
    void startFromBothSources() {
        WHOOP_SOURCE.telling(false); // so that every test reads what it told the sources
        SAHHA_SOURCE.telling(false);
        WHOOP_SOURCE.changing(since -> ChangesAnswer.NOTHING_KEPT);
        SAHHA_SOURCE.changing(since -> ChangesAnswer.NOTHING_KEPT);
        SAHHA_SOURCE
                .answering(measured(
                        SAHHA,
                        new SourceDay(
                                DAY,
                                List.of(score("readiness", "0.850"), score("activity", "0.4")),
                                List.of(value(Metric.STEPS, "1E+4"), value(Metric.HEART_RATE_RESTING, "53")),
                                List.of(),
                                null)))
                .acquainted(Acquaintance.UNKNOWN);
        WHOOP_SOURCE
                .answering(measured(
                        WHOOP,
                        new SourceDay(
                                DAY,
                                List.of(new Score("whoop_recovery", new BigDecimal("66"), Score.Scale.PERCENT, null)),
                                List.of(value(Metric.HEART_RATE_RESTING, "52.0")),
                                List.of(workout(WHOOP, "w-1", "2026-11-22T08:00:00+01:00")),
                                new UnifiedFixture.Details("c-1"))))
                .acquainted(Acquaintance.UNKNOWN);
    }

    @Test
    void oneDayIsWrittenExactlyLikeThis() throws Exception {
        HttpResponse<String> answer = get(BASE + "/overview/demo-anna", KEY);

        String written = answer.body()
                .replaceAll("_time_ms\":\\d+", "_time_ms\":0")
                .replaceAll("revision\":\"[A-Za-z0-9_-]{16}\"", "revision\":\"…\"");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(written).isEqualTo("""
                {"user_id":"demo-anna","period":"today","date":"2026-11-22","utc_offset":"+01:00",
                "generated_at":"2026-11-22T10:00:00Z","merge_version":1,
                "data_sources":["sahha","whoop"],"enhanced_with_whoop":true,
                "scores":{"readiness":{"value":0.850,"scale":"0-1","state":"high","source":"sahha"},
                "activity":{"value":0.4,"scale":"0-1","state":"high","source":"sahha"},
                "whoop_recovery":{"value":66,"scale":"0-100","source":"whoop"}},
                "metrics":{"heart_rate.resting":{"value":52.0,"unit":"bpm","source":"whoop","verdict":"agree",
                "others":[{"source":"sahha","value":53}]},
                "steps":{"value":10000,"unit":"count","source":"sahha","verdict":"single","others":[]}},
                "workouts":[{"id":"w-1","source":"whoop","sport":"running","start":"2026-11-22T08:00:00+01:00",
                "end":"2026-11-22T08:30:00+01:00","state":"SCORED","strain":9.25,"energy_kcal":312.046,
                "average_heart_rate":141,"max_heart_rate":170}],
                "whoop":{"cycle":"c-1"},
                "sources":[{"name":"sahha","status":"ok","as_of":"2026-11-22T09:05:00Z"},
                {"name":"whoop","status":"ok","as_of":"2026-11-22T09:05:00Z","coverage":"complete"}],
                "completeness":{"expected":14,"present":2,"missing":[
                {"metric":"hrv.rmssd.sleep","reason":"not_provided"},{"metric":"hrv.sdnn","reason":"not_provided"},
                {"metric":"sleep.duration","reason":"not_provided"},{"metric":"sleep.in_bed","reason":"not_provided"},
                {"metric":"sleep.light","reason":"not_provided"},{"metric":"sleep.deep","reason":"not_provided"},
                {"metric":"sleep.rem","reason":"not_provided"},{"metric":"sleep.efficiency","reason":"not_provided"},
                {"metric":"respiratory_rate.sleep","reason":"not_provided"},{"metric":"spo2.sleep","reason":"not_provided"},
                {"metric":"skin_temperature.sleep","reason":"not_provided"},{"metric":"energy.active","reason":"not_provided"}]},
                "revision":"…","processing_stats":{"total_time_ms":0,"sahha_time_ms":0,"whoop_time_ms":0,"merge_time_ms":0}}
                """.replace("\n", ""));
    }

    @Test
    void anActivityThatBothSawIsOneWorkoutThatNamesBoth() throws Exception {
        OffsetDateTime start = OffsetDateTime.parse("2026-11-22T08:01:00+01:00");
        Workout log = new Workout(
                "log-1",
                SAHHA,
                "exercise_session_running",
                start,
                start.plusHours(1),
                null,
                null,
                null,
                null,
                null,
                null);
        SAHHA_SOURCE.answering(measured(SAHHA, new SourceDay(DAY, List.of(), List.of(), List.of(log), null)));

        JsonNode workouts = json(get(BASE + "/overview/demo-anna", KEY)).path("workouts");

        assertThat(workouts).hasSize(1);
        assertThat(workouts.at("/0/energy_kcal").decimalValue()).isEqualTo("312.046");
        assertThat(workouts.at("/0/members").toString()).isEqualTo("""
                [{"source":"whoop","id":"w-1","sport":"running","start":"2026-11-22T08:00:00+01:00",
                "end":"2026-11-22T08:30:00+01:00"},
                {"source":"sahha","id":"log-1","sport":"exercise_session_running","start":"2026-11-22T08:01:00+01:00",
                "end":"2026-11-22T09:01:00+01:00"}]
                """.replace("\n", ""));
    }

    static Stream<Arguments> silentBands() {
        return Stream.of(
                Arguments.of(new NotConnected(WHOOP), "not_connected", false),
                Arguments.of(new Disabled(WHOOP), "disabled", false),
                Arguments.of(new Unavailable(WHOOP, Duration.ofSeconds(9)), "unavailable", false),
                Arguments.of(measured(WHOOP, DataStatus.REAUTHORIZATION_REQUIRED), "reauthorization_required", false),
                Arguments.of(measured(WHOOP, DataStatus.STALE), "stale", true),
                Arguments.of(measured(WHOOP), "ok", true));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("silentBands")
    void whateverTheBandSaysTheRestStands(SourceAnswer band, String status, boolean available) throws Exception {
        JsonNode whole = json(get(BASE + "/overview/demo-anna", KEY));
        WHOOP_SOURCE.answering(band);

        JsonNode day = json(get(BASE + "/overview/demo-anna", KEY));
        JsonNode sources = json(get(BASE + "/sources/demo-anna", KEY));

        assertThat(day.at("/scores/readiness")).isEqualTo(whole.at("/scores/readiness"));
        assertThat(day.at("/metrics/steps")).isEqualTo(whole.at("/metrics/steps"));
        assertThat(day.at("/metrics/heart_rate.resting/source").asText()).isEqualTo("sahha");
        assertThat(day.at("/sources/1/status").asText()).isEqualTo(status);
        assertThat(day.get("enhanced_with_whoop").booleanValue()).isFalse();
        assertThat(day.has("whoop")).isFalse();
        assertThat(sources.at("/sources/1/status").asText()).isEqualTo(status);
        assertThat(sources.at("/sources/1/available").booleanValue()).isEqualTo(available);
    }

    @Test
    void theBandCanBeLeftOut() throws Exception {
        JsonNode day = json(get(BASE + "/overview/demo-anna?include_whoop=false&period=11/22/2026", KEY));

        assertThat(day.get("period").asText()).isEqualTo("11/22/2026");
        assertThat(day.get("date").asText()).isEqualTo("2026-11-22");
        assertThat(day.at("/sources/1/status").asText()).isEqualTo("excluded");
        assertThat(day.at("/data_sources")).hasSize(1);
    }

    @Test
    void anOffsetOfZeroIsWrittenInFull() throws Exception {
        SAHHA_SOURCE.answering(new Unavailable(SAHHA, Duration.ofSeconds(1)));
        WHOOP_SOURCE.answering(new NotConnected(WHOOP));

        JsonNode day = json(get(BASE + "/overview/demo-anna", KEY));

        assertThat(day.get("utc_offset").asText()).isEqualTo("+00:00");
        assertThat(day.get("scores")).isEmpty();
        assertThat(day.get("metrics")).isEmpty();
    }

    @Test
    void aRangeHasEveryDayOldestFirst() throws Exception {
        JsonNode days = json(get(BASE + "/days/demo-anna?from=2026-11-20&to=2026-11-22", KEY));

        List<String> dates = new ArrayList<>();
        days.forEach(day -> dates.add(day.get("date").asText()));
        assertThat(dates).containsExactly("2026-11-20", "2026-11-21", "2026-11-22");
        assertThat(days.get(0).has("processing_stats")).isFalse();
        assertThat(days.get(0).get("data_sources")).isEmpty();
        assertThat(days.get(2).get("data_sources")).hasSize(2);
        assertThat(days.get(2).get("period").asText()).isEqualTo("2026-11-22");
    }

    @Test
    void sourcesAreListedWithTheirStanding() throws Exception {
        HttpResponse<String> answer = get(BASE + "/sources/demo-anna", KEY);

        assertThat(answer.body()).isEqualTo("""
                {"user_id":"demo-anna","checked_at":"2026-11-22T10:00:00Z","sources":[
                {"name":"sahha","available":true,"status":"ok","as_of":"2026-11-22T09:05:00Z"},
                {"name":"whoop","available":true,"status":"ok","since":"2026-10-01T12:00:00Z",
                "as_of":"2026-11-22T09:05:00Z","coverage":"complete"}]}
                """.replace("\n", ""));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/overview/demo-anna?period=tomorrow",
                "/overview/demo-anna?period=",
                "/overview/demo-anna?period=2026-02-29",
                "/overview/demo-anna?period=2026-2-3",
                "/overview/demo-anna?period=13/01/2026",
                "/overview/demo-anna?period=%2B99999-01-01",
                "/overview/demo-anna?include_whoop=yes",
                "/overview/demo-anna?include_whoop=TRUE",
                "/overview/demo-anna?include_whoop=",
                "/overview/%20",
                "/days/demo-anna",
                "/days/demo-anna?from=2026-11-20",
                "/days/demo-anna?to=2026-11-20",
                "/days/demo-anna?from=2026-11-22&to=2026-11-20",
                "/days/demo-anna?from=2025-11-01&to=2026-11-02",
                "/days/demo-anna?from=22.11.2026&to=2026-11-22",
                "/days/demo-anna?from=%2B999999999-12-31&to=%2B999999999-12-31",
                "/days/demo-anna?from=&to=2026-11-22",
            })
    void badInputIsRefusedWithTheRule(String path) throws Exception {
        HttpResponse<String> answer = get(BASE + path, KEY);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertProblem(answer, "invalid_request");
        assertThat(json(answer).at("/errors/0").asText()).isNotEmpty();
    }

    @Test
    void anIdThatIsTooLongIsRefused() throws Exception {
        assertThat(get(BASE + "/sources/" + "x".repeat(101), KEY).statusCode()).isEqualTo(400);
        assertThat(get(BASE + "/sources/" + "x".repeat(100), KEY).statusCode()).isEqualTo(200);
    }

    @Test
    void aYearAndADayIsTheLongestRange() throws Exception {
        assertThat(json(get(BASE + "/days/demo-anna?from=2025-11-22&to=2026-11-22", KEY)))
                .hasSize(366);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/overview/nobody",
                "/overview/nobody?include_whoop=false",
                "/sources/nobody",
                "/days/nobody?from=2026-11-22&to=2026-11-22"
            })
    void aPersonNobodyKnowsIsNotFound(String path) throws Exception {
        SAHHA_SOURCE.answering(new NotConnected(SAHHA));
        WHOOP_SOURCE.answering(new NotConnected(WHOOP));

        HttpResponse<String> answer = get(BASE + path, KEY);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertProblem(answer, "member_not_found");
    }

    @Test
    void anAnswerThatNothingHasChangedSinceIsNotSentAgain() throws Exception {
        for (String path : List.of("/overview/demo-anna", "/days/demo-anna?from=2026-11-20&to=2026-11-22")) {
            HttpResponse<String> first = get(BASE + path, KEY);
            String tag = first.headers().firstValue("ETag").orElseThrow();
            assertThat(tag).matches("W/\"[A-Za-z0-9_-]{16}\"");
            assertThat(first.headers().firstValue("Cache-Control")).hasValue("private, no-cache");

            HttpResponse<String> again = get(BASE + path, KEY, "If-None-Match", tag);
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(again.headers().firstValue("ETag")).hasValue(tag);
            assertThat(get(BASE + path, KEY, "If-None-Match", "\"other\", " + tag)
                            .statusCode())
                    .isEqualTo(304);
            assertThat(get(BASE + path, KEY, "If-None-Match", "W/\"AAAAAAAAAAAAAAAA\"")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "abc\"", "\"abc", "W/abc", ","})
    void aTagThatIsNotWrittenAsHttpWantsItIsTheCallersMistake(String tag) throws Exception {
        HttpResponse<String> answer = get(BASE + "/overview/demo-anna", KEY, "If-None-Match", tag);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("a header of the request");
    }

    @Test
    void anAnswerOfASourceThatDoesNotCountItsChangesIsSentEachTime() throws Exception {
        WHOOP_SOURCE.answering(notCounting(measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "52")))));

        for (String path : List.of("/overview/demo-anna", "/days/demo-anna?from=2026-11-20&to=2026-11-22")) {
            HttpResponse<String> first = get(BASE + path, KEY);
            String tag = first.headers().firstValue("ETag").orElse("W/\"none\"");

            assertThat(get(BASE + path, KEY, "If-None-Match", tag).statusCode()).isEqualTo(200);
            assertThat(get(BASE + path, KEY).body().replaceAll("_time_ms\":\\d+", ""))
                    .as("its revision, too")
                    .isNotEqualTo(first.body().replaceAll("_time_ms\":\\d+", ""));
        }
    }

    @Test
    void anAnswerWithoutASourceThatIsAwayIsNotForKeeping() throws Exception {
        for (String path : List.of("/overview/demo-anna", "/days/demo-anna?from=2026-11-20&to=2026-11-22")) {
            String tag = get(BASE + path, KEY).headers().firstValue("ETag").orElseThrow();
            WHOOP_SOURCE.answering(new Unavailable(WHOOP, Duration.ofSeconds(9)));

            HttpResponse<String> without = get(BASE + path, KEY, "If-None-Match", tag);
            assertThat(without.statusCode()).isEqualTo(200);
            assertThat(without.headers().firstValue("ETag")).isEmpty();
            assertThat(without.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(get(BASE + path, KEY, "If-None-Match", "*").statusCode()).isEqualTo(200);

            startFromBothSources();
            assertThat(get(BASE + path, KEY, "If-None-Match", tag).statusCode()).isEqualTo(304);
        }
    }

    @Test
    void theOverviewOfADayBearsItsRevisionInEachAnswer() throws Exception {
        JsonNode overview = json(get(BASE + "/overview/demo-anna", KEY));
        JsonNode days = json(get(BASE + "/days/demo-anna?from=2026-11-21&to=2026-11-22", KEY));

        assertThat(days.get(1).get("revision")).isEqualTo(overview.get("revision"));
        assertThat(days.get(0).get("revision")).isNotEqualTo(overview.get("revision"));
        assertThat(get(BASE + "/overview/demo-anna", KEY).headers().firstValue("ETag"))
                .hasValue("W/\"" + overview.get("revision").asText() + "\"");
    }

    @Test
    void changesAreListedAndReadOnFromNext() throws Exception {
        Change change = Change.of(3, List.of(DAY), List.of(Metric.HEART_RATE_RESTING), "sync");
        WHOOP_SOURCE.changing(
                since -> ChangesAnswer.of(since, 3, 3L, since == Change.OLDEST_KEPT ? List.of(change) : List.of()));

        SAHHA_SOURCE.changing(since -> new ChangesAnswer.Disabled());

        JsonNode first = json(get(BASE + "/changes/demo-anna", KEY));
        JsonNode second =
                json(get(BASE + "/changes/demo-anna?since=" + first.get("next").asText(), KEY));

        assertThat(first.get("changes").toString()).isEqualTo("""
                        [{"days":["2026-11-22"],"metrics":["heart_rate.resting"],"reason":"sync","source":"whoop"}]""");
        assertThat(first.get("more").asBoolean()).isFalse();
        assertThat(first.get("sources").toString()).isEqualTo("""
                        [{"name":"sahha","status":"disabled"},{"name":"whoop","status":"ok"}]""");
        assertThat(second.get("changes")).isEmpty();
    }

    @Test
    void aSourceThatKeepsNoChangesIsNamedAmongThem() throws Exception {
        SAHHA_SOURCE.acquainted(Acquaintance.KNOWN);

        JsonNode answer = json(get(BASE + "/changes/demo-anna", KEY));

        assertThat(answer.get("changes")).isEmpty();
        assertThat(answer.get("sources").toString()).isEqualTo("""
                        [{"name":"sahha","status":"not_counted"},{"name":"whoop","status":"not_counted"}]""");
        assertThat(json(get(
                                BASE + "/changes/demo-anna?since="
                                        + answer.get("next").asText(),
                                KEY))
                        .get("changes"))
                .isEmpty();
    }

    @Test
    void aPlaceThatIsNoneIsAProblemThatSaysWhatToDo() throws Exception {
        HttpResponse<String> garbage = get(BASE + "/changes/demo-anna?since=17", KEY);

        assertThat(garbage.statusCode()).isEqualTo(400);
        assertProblem(garbage, "invalid_request");
        assertThat(json(garbage).get("detail").asText()).contains("since", "ask again without since");
        assertThat(json(garbage).at("/errors/0")).isEqualTo(json(garbage).get("detail"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/overview/demo-anna?period=nonsense",
                "/changes/demo-anna?since=x",
                "/sources/%20",
                "/days/demo-anna?from=x",
                "/overview/nobody"
            })
    void accessIsDecidedBeforeAnythingElse(String path) throws Exception {
        HttpResponse<String> without = get(BASE + path, null);
        HttpResponse<String> unknown = get(BASE + path, "not-a-key");
        HttpResponse<String> other = get(BASE + path, OTHER_KEY);

        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(without.headers().firstValue("WWW-Authenticate")).isPresent();
        assertProblem(without, "unauthenticated");
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(other.statusCode()).isEqualTo(403);
        assertProblem(other, "forbidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/overview/kept-member",
                "/sources/kept-member",
                "/days/kept-member?from=2026-11-20&to=2026-11-22"
            })
    void anAnswerFromMemoryIsForThoseOnlyWhoMayReadIt(String path) throws Exception {
        SAHHA_SOURCE.answering(goodUntil(Instant.MAX, measured(SAHHA))).telling(true);
        WHOOP_SOURCE.answering(goodUntil(Instant.MAX, measured(WHOOP))).telling(true);
        HttpResponse<String> first = get(BASE + path, KEY);
        int read = SAHHA_SOURCE.asked.size();

        HttpResponse<String> again = get(BASE + path, KEY);
        HttpResponse<String> without = get(BASE + path, null);
        HttpResponse<String> other = get(BASE + path, OTHER_KEY);
        String tag = first.headers().firstValue("ETag").orElse("W/\"none\"");
        HttpResponse<String> unchanged = get(BASE + path, KEY, "If-None-Match", tag);

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("ETag")).isEqualTo(first.headers().firstValue("ETag"));
        assertThat(again.headers().firstValue("Content-Type"))
                .isEqualTo(first.headers().firstValue("Content-Type"))
                .contains("application/json");
        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(unchanged.statusCode()).isEqualTo(path.startsWith("/sources") ? 200 : 304);
        assertThat(SAHHA_SOURCE.asked).hasSize(read);
    }

    @Test
    void otherMethodsAndPathsAreProblemsToo() throws Exception {
        HttpRequest post = HttpRequest.newBuilder(uri(BASE + "/overview/demo-anna"))
                .header("X-API-Key", KEY)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();

        HttpResponse<String> wrongMethod = HTTP.send(post, HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> wrongPath = get(BASE + "/overview", KEY);

        assertThat(wrongMethod.statusCode()).isEqualTo(405);
        assertProblem(wrongMethod, "method_not_allowed");
        assertThat(wrongPath.statusCode()).isEqualTo(404);
        assertProblem(wrongPath, "not_found");
    }

    private static void assertProblem(HttpResponse<String> answer, String code) throws IOException {
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(answer).get("code").asText()).isEqualTo(code);
    }

    private static HttpResponse<String> get(String path, @Nullable String key, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (key != null) {
            request.header("X-API-Key", key);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        return URI.create("http://localhost:" + APP.getLocalPort() + path);
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }
}
