package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each flag switches what it is for, and nothing that another flag is for. */
class EachFlagTest {

    private static final String MEMBER = "flagged";

    /** Far more than a source needs to begin, and less than Sahha's share of a reading. */
    private static final Duration LONG_ENOUGH_TO_BEGIN = Duration.ofSeconds(1);

    private static ScriptedHouse house;
    private static long account = 4_711;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
        house.connectAndSyncAll(MEMBER, account++);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void asShipped() {
        for (String flag : List.of("WHOOP_INTEGRATION", "WHOOP_SYNC", "WHOOP_CONNECT")) {
            set(flag, true);
        }
        set("PARALLEL_READ", false);
        house.clock().advance(Duration.ofMinutes(6)); // whoever waits for a flag looks again
        RunningApp.await(() -> !List.of("queued", "running").contains(house.stateOf(MEMBER, "sync")));
    }

    @ParameterizedTest
    @CsvSource({
        "WHOOP_INTEGRATION, disabled, false, false",
        "WHOOP_CONNECT,     ok,       false, true",
        "WHOOP_SYNC,        ok,       true,  false"
    })
    void offItStopsItsOwnAndNothingElse(String flag, String reads, boolean connects, boolean syncs) {
        set("WHOOP_SYNC", false); // a sync is asked for while it is still accepted
        String job = askForASync();
        set("WHOOP_SYNC", true);

        set(flag, false);

        assertThat(statusOfWhoop()).isEqualTo(reads);
        assertThat(letsConnect()).isEqualTo(connects);
        assertThat(comesToItsEnd(job)).isEqualTo(syncs);
    }

    @Test
    void sourcesAreReadAtOnceOnlyWhileParallelReadIsOn() throws Exception {
        assertThat(areReadAtOnce("one-after-another")).isFalse();

        set("PARALLEL_READ", true);

        assertThat(areReadAtOnce("at-once")).isTrue();
    }

    /** Whether WHOOP's database is being read for a member while Sahha has not answered yet. */
    private static boolean areReadAtOnce(String member) throws Exception {
        house.clock().advance(Duration.ofMinutes(2)); // the permits of another minute
        house.connectAndSyncAll(member, account++);
        AtomicBoolean both = new AtomicBoolean();
        house.sahha().server().on(ScriptedSahha.SCORES + member, asked -> {
            both.set(isWhoopReadWithin(LONG_ENOUGH_TO_BEGIN));
            return Reply.status(204);
        });
        try (Handle lock = house.app().whoopDatabase.jdbi().open()) {
            lock.begin().execute("lock table whoop_cycle in access exclusive mode");

            HttpResponse<String> answer = house.get("/api/v1/unified-health/overview/" + member);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            lock.rollback();
        }
        assertThat(house.sahha().server().asked(ScriptedSahha.SCORES + member)).isNotEmpty();
        return both.get();
    }

    /** Looks until somebody waits for the locked table, for a bounded time. */
    private static boolean isWhoopReadWithin(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        try (Handle handle = house.app().whoopDatabase.jdbi().open()) {
            while (System.nanoTime() < end) {
                int waiting = handle.createQuery("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                + " and datname = current_database()")
                        .mapTo(Integer.class)
                        .one();
                if (waiting > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String statusOfWhoop() {
        JsonNode sources =
                house.json("/api/v1/unified-health/overview/" + MEMBER).path("sources");
        return sources.path(1).path("status").asText();
    }

    private static boolean letsConnect() {
        HttpResponse<String> answer = house.app().send("POST", "/api/v1/unified-health/connect/whoop/somebody-new", "");
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 503);
        return answer.statusCode() == 200;
    }

    private static String askForASync() {
        HttpResponse<String> answer = house.app().send("POST", "/internal/sync/" + MEMBER, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        RunningApp.await(() -> hasLooked(house.clock().instant()));
        return house.app().jsonOf(answer).path("job_id").asText();
    }

    /** The member's job has looked at the flags since: it is over, or waits for another look. */
    private static boolean comesToItsEnd(String job) {
        Instant later = house.clock().advance(Duration.ofMinutes(1));
        RunningApp.await(() -> hasLooked(later));
        return stateOf(job).equals("done");
    }

    /** Nobody works on the member's job, and it is due later than this. */
    private static boolean hasLooked(Instant moment) {
        return house.app()
                        .whoopDatabase
                        .jdbi()
                        .withHandle(handle -> handle.createQuery(
                                        "select count(*) from scheduled_tasks where task_instance = :who"
                                                + " and task_name = 'whoop-member' and not picked and execution_time > :moment")
                                .bind("who", MEMBER)
                                .bind("moment", moment)
                                .mapTo(Integer.class)
                                .one())
                == 1;
    }

    private static String stateOf(String job) {
        return house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery("select state from whoop_sync where job_id = cast(:job as uuid)")
                                .bind("job", job)
                                .mapTo(String.class)
                                .one());
    }

    private static void set(String flag, boolean on) {
        HttpResponse<String> answer =
                house.app().admin("PUT", "/flags/" + flag, "{\"enabled\":" + on + "}", "X-API-Key", RunningApp.KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
