package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whoever has somebody waiting writes by the pool that gives up soon, and work in the background by the one with time:
 * every write notes the limit of its own session, which only its pool can have set.
 */
class PoolOfEachWriteTest {

    private static final String MEMBER = "written";
    private static final long ACCOUNT = 4_711;
    private static final String SOON = "900ms";
    private static final String LATER = "30s";

    private static ScriptedHouse house;

    @BeforeAll
    static void everybodyWrites() throws Exception {
        house = ScriptedHouse.open();
        noteLimits(house.app().sahhaDatabase);
        noteLimits(house.app().whoopDatabase);
        house.whoop().has(ScriptedWhoop.CYCLES, ScriptedWhoop.cycle(1, RunningApp.START.minus(Duration.ofDays(2))));

        LocalDate day = LocalDate.of(2026, 11, 21);
        house.sahha().has(ScriptedSahha.SCORES, MEMBER, ScriptedSahha.score("score-1", "sleep", 0.5, day));
        house.connectAndSyncAll(MEMBER, ACCOUNT);
        assertThat(house.get("/api/v1/unified-health/overview/" + MEMBER).statusCode())
                .isEqualTo(200);
        assertThat(deliver(
                        "/webhooks/whoop",
                        Signed.whoopSleep(ACCOUNT, "noted", house.clock().instant())))
                .isEqualTo(204);
        assertThat(deliver("/webhooks/sahha", Signed.sahhaScore(MEMBER, "noted")))
                .isEqualTo(204);
        house.clock().advance(Duration.ofHours(2)); // the access token is over: it is refreshed for the next call
        assertThat(house.app().send("POST", "/internal/sync/" + MEMBER, "").statusCode())
                .isEqualTo(202);
        RunningApp.await(() -> house.stateOf(MEMBER, "sync").equals("done"));
        RunningApp.await(
                () -> limits(house.app().sahhaDatabase, "sahha_inbox", "UPDATE").contains(LATER));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @CsvSource({
        "whoop_authorization,      INSERT, " + SOON, // a member who begins to connect
        "whoop_connection_history, INSERT, " + SOON,
        "whoop_inbox,              INSERT, " + SOON, // WHOOP, which delivers an event
        "whoop_change,             INSERT, " + SOON,
        "whoop_sync,               INSERT, " + SOON, // a caller who asks for a sync
        "whoop_sync,               UPDATE, " + LATER, // a job, as all below
        "whoop_change,             UPDATE, " + LATER,
        "whoop_cycle,              INSERT, " + LATER,
        "whoop_profile,            INSERT, " + LATER,
        "whoop_coverage,           INSERT, " + LATER,
        "whoop_archive,            INSERT, " + LATER
    })
    void ofWhoop(String table, String operation, String limit) {
        assertThat(limits(house.app().whoopDatabase, table, operation)).containsExactly(limit);
    }

    @ParameterizedTest
    @CsvSource({
        "sahha_inbox,   INSERT, " + SOON, // Sahha, which delivers an event
        "sahha_inbox,   UPDATE, " + LATER, // refreshes, as all below
        "sahha_refresh, INSERT, " + LATER,
        "scores,        INSERT, " + LATER
    })
    void ofTheEntryPoint(String table, String operation, String limit) {
        assertThat(limits(house.app().sahhaDatabase, table, operation)).containsExactly(limit);
    }

    /** Permits, tokens and jobs are the concern of members who connect and of jobs alike. */
    @ParameterizedTest
    @CsvSource({"whoop_quota_grant, INSERT", "whoop_connection, UPDATE", "scheduled_tasks, UPDATE"})
    void ofBothEachByItsOwnPool(String table, String operation) {
        assertThat(limits(house.app().whoopDatabase, table, operation)).containsExactlyInAnyOrder(SOON, LATER);
    }

    /** From now on, every statement that writes notes how long it might have taken. */
    private static void noteLimits(TestDatabase database) {
        database.jdbi().useHandle(handle -> {
            List<String> tables = Rows.tables(handle);
            handle.execute("create table write_seen (relation text, operation text, session_limit text)");
            handle.execute("""
                    create function note_write() returns trigger language plpgsql as $$
                    begin
                        insert into write_seen
                        select coalesce(max(inhparent::regclass::text), tg_table_name), tg_op, current_setting('statement_timeout')
                        from pg_inherits where inhrelid = tg_relid;
                        return null;
                    end $$""");
            tables.forEach(table -> watch(handle, table));
        });
    }

    private static void watch(Handle handle, String table) {
        for (String operation : List.of("insert", "update")) {
            handle.execute("create trigger note_" + operation + " after " + operation + " on " + table
                    + " for each row execute function note_write()");
        }
    }

    private static Set<String> limits(TestDatabase database, String table, String operation) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select distinct session_limit from write_seen"
                                + " where relation = :table and operation = :operation")
                        .bind("table", table)
                        .bind("operation", operation)
                        .mapTo(String.class)
                        .set());
    }

    private static int deliver(String path, Signed event) {
        HttpRequest.Builder request = house.app().request(path).POST(BodyPublishers.ofString(event.body()));
        event.headers().forEach(request::header);
        HttpResponse<String> answer = house.app().exchange(request);
        return answer.statusCode();
    }
}
