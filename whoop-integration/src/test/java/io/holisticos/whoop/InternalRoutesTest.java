package io.holisticos.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.UserId;
import io.holisticos.testing.AsInProduction;
import io.holisticos.testing.TestDatabase;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Scope;
import io.holisticos.web.WebModule;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.data.Samples;
import io.holisticos.whoop.sync.SyncBed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InternalRoutesTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final String KEY = "internal-key";
    private static final String OTHER_KEY = "reader-key";
    private static final AtomicBoolean ENABLED = new AtomicBoolean(true);
    private static final KnownConnections CONNECTIONS = new KnownConnections();

    private static SyncBed bed;
    private static DropwizardTestSupport<Configuration> application;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static final class TinyApplication extends Application<Configuration> {

        @Override
        public void initialize(Bootstrap<Configuration> bootstrap) {
            bootstrap.setObjectMapper(Jackson.newObjectMapper()
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN));
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            AsInProduction.logs(configuration);
            ApiKeyStore keys = new ApiKeyStore(
                    TestDatabase.migratedBy("sahha-db/changelog.yaml").jdbi());
            keys.save(KEY, "backend", Set.of(Scope.INTERNAL), SyncBed.START);
            keys.save(OTHER_KEY, "reader", Set.of(Scope.HEALTH_READ), SyncBed.START);
            WebModule.register(
                    environment.jersey(),
                    new AccessRules(new ApiKeys(keys, Clock.systemUTC())),
                    new SecurityEvents(environment.metrics()));
            MemberStatuses statuses = new MemberStatuses(
                    CONNECTIONS, bed.requests, new StaleMembers(bed.requests::catchUp), Duration.ofHours(6), bed.clock);
            InternalAccess access = new InternalAccess(bed.requests, who -> ENABLED.get(), bed.clock);
            environment
                    .jersey()
                    .register(new InternalDataResource(
                            statuses, bed.reader, access, environment.getObjectMapper(), bed.readings));
            environment.jersey().register(new InternalSyncResource(CONNECTIONS, access));
        }
    }

    @BeforeAll
    static void start() throws Exception {
        bed = new SyncBed();
        bed.connect(ANNA);
        CONNECTIONS.put(ANNA, new MemberConnection(10129L, SyncBed.START, MemberConnections.ConnectionStatus.USABLE));
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        application = new DropwizardTestSupport<>(
                TinyApplication.class,
                null,
                ConfigOverride.config("server.registerDefaultExceptionMappers", "false"),
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"));
        application.before();
    }

    @AfterAll
    static void stop() {
        application.after();
        bed.close();
    }

    @AfterEach
    void switchOn() {
        ENABLED.set(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cycles", "recovery", "sleep", "workouts"})
    void recordsComeInWhoopsOwnFieldWords(String kind) {
        JsonNode body = json(get("/internal/data/" + kind + "/demo-anna?days=5", KEY));

        assertThat(body.path("user_id").asText()).isEqualTo("demo-anna");
        assertThat(body.path("as_of").asText()).isEqualTo("2026-11-22T09:34:00Z");
        assertThat(body.at("/freshness/status").asText()).isEqualTo("ok");
        assertThat(body.path("records")).isNotEmpty();
        JsonNode record = body.path("records").get(0);
        assertThat(record.path("user_id").isNumber()).isTrue();
        assertThat(record.path("score_state").isTextual()).isTrue();
        assertThat(record.has("score")).isTrue();
    }

    @Test
    void fiveDaysAreFiveCycles() {
        assertThat(json(get("/internal/data/cycles/demo-anna?days=5", KEY)).path("records"))
                .hasSize(5);
        JsonNode week = json(get("/internal/data/cycles/demo-anna", KEY));
        assertThat(week.path("records")).hasSize(7);
        String from = week.path("from").asText();
        assertThat(json(get("/internal/data/cycles/demo-anna?date=" + from, KEY))
                        .path("records"))
                .hasSize(1);
        assertThat(json(get("/internal/data/cycles/demo-anna?from=" + from + "&to=" + from, KEY))
                        .path("records"))
                .hasSize(1);
    }

    @Test
    void profileAndBodyAreSingleRecords() {
        assertThat(json(get("/internal/data/profile/demo-anna", KEY))
                        .at("/record/email")
                        .asText())
                .contains("@");
        assertThat(json(get("/internal/data/body/demo-anna", KEY))
                        .at("/record/height_meter")
                        .isNumber())
                .isTrue();
    }

    @Test
    void healthNamesTheConnectionAndTheLastSync() {
        JsonNode body = json(get("/internal/data/health/demo-anna", KEY));

        assertThat(body.path("whoop_user_id").asLong()).isEqualTo(10129);
        assertThat(body.at("/freshness/status").asText()).isEqualTo("ok");
        assertThat(body.at("/sync/state").isTextual()).isTrue();
        assertThat(body.at("/sync/percent").isMissingNode()).isTrue();
        assertThat(body.at("/backfill/kind").asText()).isEqualTo("backfill");
        assertThat(body.at("/backfill/percent").asInt()).isEqualTo(100);
        assertThat(json(get(
                                "/internal/sync/demo-anna/"
                                        + body.at("/backfill/job_id").asText(),
                                KEY))
                        .path("state")
                        .asText())
                .isEqualTo("done");
    }

    @Test
    void anUnchangedAnswerIsNotSentAgain() {
        HttpResponse<String> first = get("/internal/data/sleep/demo-anna?days=3", KEY);
        String tag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> again = send(request("/internal/data/sleep/demo-anna?days=3", KEY)
                .header("If-None-Match", tag)
                .GET());

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cycles/demo-anna?date=2026-11-22&days=3",
                "cycles/demo-anna?from=2026-11-22",
                "cycles/demo-anna?to=2026-11-22",
                "cycles/demo-anna?from=2026-11-22&to=2026-11-20",
                "cycles/demo-anna?from=2020-11-22&to=2026-11-20",
                "cycles/demo-anna?days=0",
                "cycles/demo-anna?days=400",
                "cycles/demo-anna?days=many",
                "cycles/demo-anna?date=22.11.2026",
                "profile/demo-anna?days=3",
                "health/demo-anna?date=2026-11-22"
            })
    void badCombinationsAreRefused(String path) {
        HttpResponse<String> response = get("/internal/data/" + path, KEY);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("code").asText()).isEqualTo("invalid_request");
    }

    @Test
    void nobodyIsNotFound() {
        assertThat(get("/internal/data/cycles/nobody", KEY).statusCode()).isEqualTo(404);
        assertThat(get("/internal/data/health/nobody", KEY).statusCode()).isEqualTo(404);
        assertThat(post("/internal/sync/nobody", KEY).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsHeldOfADisconnectedMemberSaysSo() {
        UserId who = new UserId("was-connected");
        Fetched<Workout> workout = Samples.sample("workout-scored", Workout.class);
        bed.store.save(RecordKind.WORKOUT, who, List.of(workout), SyncBed.START, SyncBed.START);

        JsonNode body = json(get("/internal/data/workouts/was-connected?date=2022-04-23", KEY));

        assertThat(body.at("/freshness/status").asText()).isEqualTo("not_connected");
        assertThat(body.path("as_of").isNull()).isTrue();
        assertThat(body.at("/records/0/score/kilojoule").decimalValue().toPlainString())
                .isEqualTo("1569.34033203125");
        assertThat(body.at("/records/0/sport_name").asText()).isEqualTo("running");
    }

    @Test
    void aSyncIsAcceptedAndItsStatusCanBeRead() {
        HttpResponse<String> accepted = post("/internal/sync/demo-anna", KEY);
        assertThat(accepted.statusCode()).isEqualTo(202);
        JsonNode body = json(accepted);

        JsonNode status = json(get(body.path("status_url").asText(), KEY));

        assertThat(status.path("job_id").asText()).isEqualTo(body.path("job_id").asText());
        assertThat(status.path("state").asText()).isEqualTo("queued");
        assertThat(status.path("kind").asText()).isEqualTo("sync");
        assertThat(get("/internal/sync/demo-anna/00000000-0000-0000-0000-000000000000", KEY)
                        .statusCode())
                .isEqualTo(404);
        assertThat(get("/internal/sync/demo-anna/not-an-id", KEY).statusCode()).isEqualTo(404);
    }

    @Test
    void withoutConsentASyncIsRefused() {
        CONNECTIONS.put(
                new UserId("chen"),
                new MemberConnection(7L, SyncBed.START, MemberConnections.ConnectionStatus.NEEDS_CONSENT));

        assertThat(post("/internal/sync/chen", KEY).statusCode()).isEqualTo(409);
        assertThat(json(get("/internal/data/health/chen", KEY))
                        .at("/freshness/status")
                        .asText())
                .isEqualTo("reauthorization_required");
    }

    @Test
    void switchedOffEverythingSaysDisabled() {
        ENABLED.set(false);

        for (HttpResponse<String> response : List.of(
                get("/internal/data/cycles/demo-anna", KEY),
                get("/internal/data/profile/nobody", KEY),
                post("/internal/sync/demo-anna", KEY))) {
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(json(response).path("code").asText()).isEqualTo("disabled");
        }
    }

    @Test
    void accessIsDecidedFirst() {
        assertThat(get("/internal/data/cycles/nobody?days=many", "wrong").statusCode())
                .isEqualTo(401);
        assertThat(get("/internal/data/cycles/demo-anna", OTHER_KEY).statusCode())
                .isEqualTo(403);
        assertThat(post("/internal/sync/demo-anna", OTHER_KEY).statusCode()).isEqualTo(403);
    }

    private static HttpResponse<String> get(String path, String key) {
        return send(request(path, key).GET());
    }

    private static HttpResponse<String> post(String path, String key) {
        return send(request(path, key).POST(BodyPublishers.noBody()));
    }

    private static HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + application.getLocalPort() + path))
                .timeout(Duration.ofSeconds(20))
                .header("X-API-Key", key);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return Samples.MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
