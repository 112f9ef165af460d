package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service as a process, killed while it reads a member's month for the first time, and started again. */
@Tag("deep")
class KilledDuringFirstSyncTest {

    private static final String ANNA = "demo-anna";

    /** So slow is WHOOP that a first sync takes many seconds, and a kill finds a call in the air. */
    private static final Duration LATENCY = Duration.ofMillis(700);

    /** A kill comes as soon as the twin has answered the next of these. */
    private static final List<String> MOMENTS = List.of(
            "GET /developer/v2/user/measurement/body", "GET /developer/v2/cycle", "GET /developer/v2/activity/sleep");

    private static final List<String> READ = List.of(
            "GET /developer/v2/user/profile/basic",
            "GET /developer/v2/user/measurement/body",
            "GET /developer/v2/cycle",
            "GET /developer/v2/recovery",
            "GET /developer/v2/activity/sleep",
            "GET /developer/v2/activity/workout");

    private final ObjectMapper json = new ObjectMapper();
    private final TestDatabase sahhaDatabase = TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG);
    private final TestDatabase whoopDatabase = TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG);
    private final TwinClock clock = TwinClock.fixed(Clock.systemUTC().instant()); // so that the truth stands still
    private final World world = World.of(new WorldOptions(7, clock.instant(), 0));
    private final Service service = new Service(sahhaDatabase.url(), whoopDatabase.url());
    private WhoopTwin whoop;
    private SahhaTwin sahha;

    @BeforeEach
    void open() throws Exception {
        whoop = WhoopTwin.start(WhoopTwinOptions.of(WhoopApp.sandbox(service.callback())), world, clock);
        sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        service.withSources(sahha.baseUrl(), whoop.baseUrl()).withSetting("whoop.jobs.heartbeat", "500ms");
    }

    @AfterEach
    void close() {
        service.close();
        whoop.stop();
        sahha.stop();
    }

    @Test
    @Timeout(400)
    void endsWithTheTruthAndNothingTwice() throws Exception {
        service.start();
        whoop.faults().add(FaultRule.always("/developer", FaultKind.LATENCY).withDelay(LATENCY));
        long account = world.byUserId(ANNA).orElseThrow().whoopUserId();
        assertThat(service.connect(ANNA, account).statusCode()).isEqualTo(200);

        for (String moment : MOMENTS) {
            Service.await(moment, () -> whoop.stats().calls(moment) > 0);
            service.process().kill();
            assertThat(syncsIn("done")).isZero();
            service.start();
        }
        Service.await("the first sync and the years before", () -> syncsIn("done") == 2);

        assertThat(new Truth(whoop, whoopDatabase.jdbi()).differences(ANNA)).isEmpty();
        JsonNode truth = json.valueToTree(whoop.truth(ANNA));
        assertThat(service.jsonOf(service.get("/internal/data/body/" + ANNA))
                        .at("/record/max_heart_rate")
                        .asInt())
                .isEqualTo(truth.at("/body_measurement/max_heart_rate").asInt());
        nothingIsLeftOverOrTwice();
    }

    private void nothingIsLeftOverOrTwice() {
        assertThat(count("whoop_sync where kind = 'first-sync'")).isOne();
        assertThat(count("whoop_sync where kind = 'backfill'")).isOne();
        assertThat(count("scheduled_tasks where task_name = 'whoop-member'")).isOne();
        for (String history : List.of("profile", "body_measurement", "cycle", "recovery", "sleep", "workout")) {
            assertThat(count("whoop_" + history + "_history")).as(history).isZero();
        }
        int pages = whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select sum(pages) from whoop_sync")
                        .mapTo(Integer.class)
                        .one());
        long calls = READ.stream().mapToLong(whoop.stats()::calls).sum();
        int profileAtConnect = 1;
        assertThat(calls)
                .as("a kill costs one page at most")
                .isBetween((long) pages, (long) pages + profileAtConnect + MOMENTS.size());
    }

    private long syncsIn(String state) {
        return count("whoop_sync where state = '" + state + "'");
    }

    private long count(String tableAndCondition) {
        return whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + tableAndCondition)
                        .mapTo(Long.class)
                        .one());
    }
}
