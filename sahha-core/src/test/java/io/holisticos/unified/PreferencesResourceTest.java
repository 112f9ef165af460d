package io.holisticos.unified;

import static io.holisticos.unified.TinyApplication.DATABASE;
import static io.holisticos.unified.TinyApplication.SAHHA_SOURCE;
import static io.holisticos.unified.TinyApplication.WHOOP_SOURCE;
import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.value;
import static io.holisticos.unified.UnifiedFixture.workout;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Configuration;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.holisticos.health.Absence;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.Workout;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Preferences and explanations over HTTP. */
@ExtendWith(DropwizardExtensionsSupport.class)
class PreferencesResourceTest {

    private static final String BASE = "/api/v1/unified-health";
    private static final String ANNA = BASE + "/preferences/demo-anna";
    private static final String EXPLAIN = BASE + "/explain/demo-anna";
    private static final String NOBODY = BASE + "/preferences/nobody";
    private static final String SAHHA_FIRST = """
            {"order":["sahha","whoop"],"by_family":{"activity":["whoop"]},"by_metric":{"heart_rate.resting":["sahha","whoop"]}}""";
    private static final String NONE = "{\"order\":[],\"by_family\":{},\"by_metric\":{}}";

    private static final DropwizardAppExtension<Configuration> APP = new DropwizardAppExtension<>(
            TinyApplication.class,
            (String) null,
            ConfigOverride.config("server.registerDefaultExceptionMappers", "false"),
            ConfigOverride.randomPorts());

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The database is that of other tests, too. */
    @BeforeEach
    @AfterEach
    void startFromNoPreferences() throws Exception {
        SAHHA_SOURCE
                .answering(measured(
                        SAHHA,
                        day(DAY.minusDays(29), value(Metric.HEART_RATE_RESTING, "50"), value(Metric.STEPS, "9000")),
                        day(DAY.minusDays(30), value(Metric.HEART_RATE_RESTING, "49")),
                        day(DAY, value(Metric.STEPS, "8000"), value(Metric.HEART_RATE_RESTING, "53"))))
                .acquainted(Acquaintance.KNOWN);
        WHOOP_SOURCE
                .answering(measured(
                        WHOOP,
                        day(DAY.minusDays(29), value(Metric.HEART_RATE_RESTING, "51")),
                        day(DAY.minusDays(30), value(Metric.HEART_RATE_RESTING, "51")),
                        day(
                                DAY,
                                new Measurement(
                                        Metric.HEART_RATE_RESTING,
                                        new BigDecimal("52.0"),
                                        new Lineage(
                                                "93845",
                                                Instant.parse("2026-11-21T22:10:00Z"),
                                                Instant.parse("2026-11-22T06:00:00Z"),
                                                ZoneOffset.ofHours(1),
                                                Instant.parse("2026-11-22T06:20:00Z"))))))
                .acquainted(Acquaintance.UNKNOWN);
        assertThat(put(ANNA, NONE).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsPutIsAnsweredAndInForceAtOnce() throws Exception {
        assertThat(get(ANNA).body()).isEqualTo(NONE);

        HttpResponse<String> answer = put(ANNA, SAHHA_FIRST);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(SAHHA_FIRST);
        assertThat(get(ANNA).body()).isEqualTo(SAHHA_FIRST);
        JsonNode overview = json(read(BASE + "/overview/demo-anna"));
        assertThat(overview.at("/metrics/heart_rate.resting/source").asText()).isEqualTo("sahha");
        assertThat(json(explain("?metric=heart_rate.resting")).at("/rule").asText())
                .isEqualTo("member by_metric");
    }

    @Test
    void aPutReplacesAllThree() throws Exception {
        put(ANNA, SAHHA_FIRST);

        put(ANNA, "{\"by_family\":{\"sleep\":[\"sahha\"]}}");

        assertThat(get(ANNA).body()).isEqualTo("{\"order\":[],\"by_family\":{\"sleep\":[\"sahha\"]},\"by_metric\":{}}");
        assertThat(json(read(BASE + "/overview/demo-anna"))
                        .at("/metrics/heart_rate.resting/source")
                        .asText())
                .isEqualTo("whoop");
    }

    @Test
    void theSamePutTwiceIsOneVersion() throws Exception {
        put(ANNA, SAHHA_FIRST);
        List<String> once = rows();

        assertThat(put(ANNA, SAHHA_FIRST).statusCode()).isEqualTo(200);

        assertThat(rows()).isEqualTo(once);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"order\":[\"oura\"]}                          | order[0]: there is no such source, allowed are sahha, whoop",
                "{\"order\":[\"whoop\",\"whoop\"]}               | order[1]: whoop is named twice",
                "{\"order\":\"sahha\"}                           | order: must be a list of sources, allowed are sahha, whoop",
                "{\"by_metric\":{\"heart_rate.rest\":[\"sahha\"]}} | by_metric.heart_rate.rest: there is no such metric, allowed are heart_rate.resting, ",
                "{\"by_family\":{\"mood\":[]}}                   | by_family.mood: there is no such family, allowed are sleep, ",
                "{\"user_id\":\"demo-anna\"}                     | user_id: there is no such field, allowed are order, by_family, by_metric",
                "[\"sahha\"]                                     | must be an object with order, by_family, by_metric"
            })
    void whatIsWrongIsNamedAndNothingIsSaved(String body, String error) throws Exception {
        put(ANNA, SAHHA_FIRST);
        List<String> before = rows();
        for (String query : List.of("", "?dry_run=true")) {
            HttpResponse<String> answer = put(ANNA + query, body);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertProblem(answer, "invalid_request");
            assertThat(json(answer).at("/errors/0").asText()).contains(error);
            assertThat(json(answer).at("/detail").asText()).contains(error);
        }
        assertThat(rows()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "null", "{\"order\":[],\"order\":[]}"})
    void whatIsNoPreferencesAtAllIsRefused(String body) throws Exception {
        HttpResponse<String> answer = put(ANNA, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertProblem(answer, "invalid_request");
    }

    @Test
    void otherFormsAndMethodsAreRefused() throws Exception {
        HttpRequest text = request(ANNA, TinyApplication.WRITER)
                .header("Content-Type", "text/plain")
                .PUT(BodyPublishers.ofString(NONE))
                .build();

        assertThat(HTTP.send(text, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(415);
        assertThat(put(ANNA + "?dry_run=yes", NONE).statusCode()).isEqualTo(400);
        assertThat(put(BASE + "/preferences/" + "x".repeat(101), NONE).statusCode())
                .isEqualTo(400);
        assertThat(put(EXPLAIN, NONE).statusCode()).isEqualTo(405);
    }

    @Test
    void nothingIsKeptForSomebodyNobodyKnows() throws Exception {
        SAHHA_SOURCE.acquainted(Acquaintance.UNKNOWN).answering(new NotConnected(SAHHA));
        WHOOP_SOURCE.answering(new NotConnected(WHOOP));
        List<String> before = rows();

        for (HttpResponse<String> answer : List.of(
                get(NOBODY),
                put(NOBODY, SAHHA_FIRST),
                put(NOBODY + "?dry_run=true", SAHHA_FIRST),
                read(BASE + "/explain/nobody?metric=steps"))) {
            assertThat(answer.statusCode()).isEqualTo(404);
            assertProblem(answer, "member_not_found");
        }
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void nothingIsKeptWhileItIsNotSureWhetherAnybodyKnowsThem() throws Exception {
        SAHHA_SOURCE.acquainted(Acquaintance.UNSURE);
        List<String> before = rows();

        HttpResponse<String> unsure = put(NOBODY, SAHHA_FIRST);
        assertThat(unsure.statusCode()).isEqualTo(503);
        assertThat(unsure.headers().firstValue("Retry-After")).isPresent();
        assertThat(rows()).isEqualTo(before);

        WHOOP_SOURCE.acquainted(Acquaintance.KNOWN);
        assertThat(put(ANNA, SAHHA_FIRST).statusCode()).isEqualTo(200);
    }

    @Test
    void accessIsDecidedFirst() throws Exception {
        for (String key : List.of(TinyApplication.READER, TinyApplication.CONNECTOR)) {
            assertThat(send(request(NOBODY, key).GET()).statusCode()).isEqualTo(403);
            assertThat(send(json(request(ANNA + "?dry_run=x", key)).PUT(BodyPublishers.ofString("{")))
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(send(request(ANNA, null).GET()).statusCode()).isEqualTo(401);
        assertThat(send(request(EXPLAIN, null).GET()).statusCode()).isEqualTo(401);
        assertThat(send(request(EXPLAIN, TinyApplication.WRITER).GET()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aTrialSaysWhatWouldChangeAndSavesNothing() throws Exception {
        List<String> before = rows();
        SAHHA_SOURCE.asked.clear();

        HttpResponse<String> answer =
                put(ANNA + "?dry_run=true", "{\"by_metric\":{\"heart_rate.resting\":[\"sahha\"]}}");

        assertThat(answer.body()).isEqualTo("""
                {"user_id":"demo-anna","dry_run":true,"from":"2026-10-24","to":"2026-11-22","merge_version":1,
                "preferences":{"order":[],"by_family":{},"by_metric":{"heart_rate.resting":["sahha"]}},
                "days":[
                {"date":"2026-10-24","changes":[{"metric":"heart_rate.resting","unit":"bpm",
                "before":{"source":"whoop","value":51},"after":{"source":"sahha","value":50}}]},
                {"date":"2026-11-22","changes":[{"metric":"heart_rate.resting","unit":"bpm",
                "before":{"source":"whoop","value":52.0},"after":{"source":"sahha","value":53}}]}],
                "sources":[{"name":"sahha","status":"ok","as_of":"2026-11-22T09:05:00Z"},
                {"name":"whoop","status":"ok","as_of":"2026-11-22T09:05:00Z","coverage":"complete"}]}
                """.replace("\n", ""));
        assertThat(SAHHA_SOURCE.asked).hasSize(1);
        assertThat(rows()).isEqualTo(before);
        assertThat(get(ANNA).body()).isEqualTo(NONE);
    }

    @Test
    void aTrialSaysWhichWorkoutsAndReasonsWouldChange() throws Exception {
        Workout run = workout(WHOOP, "w-1", "2026-11-22T08:00:00+01:00");
        Workout same = workout(SAHHA, "s-1", "2026-11-22T08:01:00+01:00");
        SAHHA_SOURCE.answering(measured(SAHHA, dayOf(same, Absence.PENDING)));
        WHOOP_SOURCE.answering(measured(WHOOP, dayOf(run, Absence.UNSCORABLE)));

        JsonNode days = json(put(ANNA + "?dry_run=true", "{\"by_family\":{\"activity\":[\"whoop\"]}}"))
                .at("/days");
        JsonNode reasons = json(put(ANNA + "?dry_run=true", "{\"by_family\":{\"oxygen\":[\"sahha\"]}}"))
                .at("/days");

        assertThat(days.toString()).isEqualTo("""
                [{"date":"2026-11-22","changes":[],"workouts":[
                {"before":{"source":"sahha","id":"s-1"},"after":{"source":"whoop","id":"w-1"}}]}]
                """.replace("\n", ""));
        assertThat(reasons.toString()).isEqualTo("""
                [{"date":"2026-11-22","changes":[],"missing":[
                {"metric":"spo2.sleep","before":"unscorable","after":"pending"}]}]
                """.replace("\n", ""));
    }

    private static SourceDay dayOf(Workout workout, Absence oxygen) {
        return new SourceDay(
                DAY,
                List.of(),
                List.of(),
                List.of(workout),
                null,
                null,
                null,
                Map.of(),
                Map.of(Metric.SPO2_SLEEP, oxygen));
    }

    @Test
    void aTrialOfWhatIsInForceChangesNothing() throws Exception {
        put(ANNA, SAHHA_FIRST);

        JsonNode trial = json(put(ANNA + "?dry_run=true", SAHHA_FIRST));

        assertThat(trial.at("/days")).isEmpty();
        assertThat(json(put(ANNA + "?dry_run=true", NONE)).at("/days")).hasSize(2);
    }

    @Test
    void aTrialNamesTheSourcesThatCouldNotBeAsked() throws Exception {
        WHOOP_SOURCE.answering(new Unavailable(WHOOP, Duration.ofSeconds(5)));

        JsonNode trial = json(put(ANNA + "?dry_run=true", SAHHA_FIRST));

        assertThat(trial.at("/days")).isEmpty();
        assertThat(trial.at("/sources/1/status").asText()).isEqualTo("unavailable");
    }

    @Test
    void anExplanationIsWrittenExactlyLikeThis() throws Exception {
        assertThat(explain("?metric=heart_rate.resting&date=2026-11-22").body()).isEqualTo("""
                {"user_id":"demo-anna","date":"2026-11-22","metric":"heart_rate.resting","unit":"bpm","value":52.0,
                "source":"whoop","verdict":"agree","tolerance":{"agree":3,"conflict":8,"kind":"absolute"},
                "rule":"default by_family","merge_version":1,"candidates":[
                {"source":"whoop","value":52.0,"start":"2026-11-21T23:10:00+01:00","end":"2026-11-22T07:00:00+01:00",
                "utc_offset":"+01:00","record":"93845","recorded_at":"2026-11-22T06:20:00Z","echo":false,"gates":[
                {"gate":"scored","passed":true},{"gate":"complete","passed":true},{"gate":"plausible","passed":true},
                {"gate":"not_echo","passed":true}]},
                {"source":"sahha","value":53,"echo":false,"gates":[
                {"gate":"scored","passed":true},{"gate":"complete","passed":true},{"gate":"plausible","passed":true},
                {"gate":"not_echo","passed":true}],"lost_because":"whoop comes first: default by_family"}],
                "would_have_won":[{"order":["sahha","whoop"],"source":"sahha","value":53}],
                "sources":[{"name":"sahha","status":"ok","as_of":"2026-11-22T09:05:00Z"},
                {"name":"whoop","status":"ok","as_of":"2026-11-22T09:05:00Z","coverage":"complete"}]}
                """.replace("\n", ""));
    }

    @Test
    void anExplanationSaysTheSameAsTheDay() throws Exception {
        for (String wishes : List.of(NONE, SAHHA_FIRST)) {
            put(ANNA, wishes);
            JsonNode day = json(read(BASE + "/overview/demo-anna"));
            List<String> metrics = new ArrayList<>();
            day.at("/metrics").fieldNames().forEachRemaining(metrics::add);
            assertThat(metrics).hasSizeGreaterThan(1);
            for (String metric : metrics) {
                JsonNode why = json(explain("?metric=" + metric));
                JsonNode shown = day.at("/metrics/" + metric);
                assertThat(why.at("/value")).isEqualTo(shown.at("/value"));
                assertThat(why.at("/source")).isEqualTo(shown.at("/source"));
                assertThat(why.at("/verdict")).isEqualTo(shown.at("/verdict"));
            }
        }
    }

    @Test
    void aDayWithoutAValueSaysWhyThereIsNone() throws Exception {
        JsonNode empty = json(explain("?metric=steps&date=2026-11-20"));
        WHOOP_SOURCE.answering(new Unavailable(WHOOP, Duration.ofSeconds(5)));
        JsonNode away = json(explain("?metric=sleep.rem"));

        assertThat(empty.at("/missing").asText()).isEqualTo("not_provided");
        assertThat(empty.has("value")).isFalse();
        assertThat(empty.has("rule")).isFalse();
        assertThat(empty.at("/candidates")).isEmpty();
        assertThat(empty.at("/would_have_won")).isEmpty();
        assertThat(empty.at("/candidates").isArray()).isTrue();
        assertThat(away.at("/missing").asText()).isEqualTo("source_unavailable");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 2026-11-22",
        "&date=today, 2026-11-22",
        "&date=yesterday, 2026-11-21",
        "&date=11/20/2026, 2026-11-20",
        "&date=2000-01-01, 2000-01-01",
        "&date=2026-11-23, 2026-11-23" // has begun in Kiribati
    })
    void takesTheDaysThatTheOverviewTakes(String date, String day) throws Exception {
        assertThat(json(explain("?metric=steps" + date)).at("/date").asText()).isEqualTo(day);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metric=heart_rate      | metric: there is no such metric, allowed are heart_rate.resting, heart_rate.sleep, ",
                "metric=STEPS           | metric: there is no such metric, allowed are heart_rate.resting, ",
                "metric=readiness       | metric: there is no such metric, allowed are heart_rate.resting, ",
                "metric=                | metric: there is no such metric, allowed are heart_rate.resting, ",
                "date=today             | metric: is required, allowed are heart_rate.resting, ",
                "metric=steps&date=2026-11-24 | date: must be from 2000-01-01 to 2026-11-23, was 2026-11-24",
                "metric=steps&date=9999-12-31 | date: must be from 2000-01-01 to 2026-11-23, was 9999-12-31",
                "metric=steps&date=1999-12-31 | date: must be from 2000-01-01 to 2026-11-23, was 1999-12-31",
                "metric=steps&date=0000-01-01 | date: must be from 2000-01-01 to 2026-11-23, was 0000-01-01",
                "metric=steps&date=tomorrow   | date must be today, yesterday, YYYY-MM-DD or MM/DD/YYYY",
                "metric=steps&date=           | date must be today, yesterday, YYYY-MM-DD or MM/DD/YYYY",
                "metric=steps&date=2026-02-29 | date must be today, yesterday, YYYY-MM-DD or MM/DD/YYYY",
            })
    void saysWhatIsAllowed(String query, String rule) throws Exception {
        HttpResponse<String> answer = explain('?' + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertProblem(answer, "invalid_request");
        assertThat(json(answer).at("/detail").asText()).startsWith(rule);
        if (rule.contains(": ")) { // where the mistake is, and what is allowed there
            assertThat(json(answer).at("/errors/0").asText()).startsWith(rule);
        }
    }

    private static List<String> rows() {
        return DATABASE.jdbi()
                .withHandle(
                        handle -> handle.createQuery("""
                select 'now ' || user_id || ' ' || revision || ' ' || source_order || by_family || by_metric
                from member_preference
                union all select 'then ' || user_id || ' ' || revision from member_preference_history
                union all select 'told ' || sequence from change_notice where topic = 'preference' order by 1""").mapTo(String.class).list());
    }

    private static void assertProblem(HttpResponse<String> answer, String code) throws IOException {
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(answer).get("code").asText()).isEqualTo(code);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path, TinyApplication.WRITER).GET());
    }

    private static HttpResponse<String> read(String path) throws IOException, InterruptedException {
        return send(request(path, TinyApplication.READER).GET());
    }

    private static HttpResponse<String> explain(String query) throws IOException, InterruptedException {
        return read(EXPLAIN + query);
    }

    private static HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return send(json(request(path, TinyApplication.WRITER)).PUT(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder json(HttpRequest.Builder request) {
        return request.header("Content-Type", "application/json");
    }

    private static HttpRequest.Builder request(String path, @Nullable String key) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + APP.getLocalPort() + path));
        if (key != null) {
            request.header("X-API-Key", key);
        }
        return request;
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }
}
