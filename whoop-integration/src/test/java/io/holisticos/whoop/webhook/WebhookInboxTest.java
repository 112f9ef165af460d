package io.holisticos.whoop.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.database.Database;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.Vault;
import io.holisticos.web.WebhookOutcome;
import io.holisticos.whoop.data.Samples;
import io.holisticos.whoop.sync.RecordEventStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored once, never lost, and nobody's but their member's. */
class WebhookInboxTest {

    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final UserId ANNA = new UserId("demo-anna");
    private static final UserId BEN = new UserId("demo-ben");
    private static final long ACCOUNT = 10129;
    private static final UUID SLEEP = UUID.fromString("ecfc6a15-4661-442f-a9a4-f160dd7afae8");
    private static final Jdbi JDBI = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Clock clock = new HandClock(now);
    private final Vault vault = Samples.vault(JDBI);
    private final WebhookInbox inbox = inbox(JDBI);

    @BeforeEach
    void forget() {
        JDBI.setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
        JDBI.useHandle(handle -> handle.execute(
                "truncate whoop_inbox, whoop_connection, whoop_change, whoop_member_sync, scheduled_tasks"));
    }

    @Test
    void anEventOfAMemberIsToBeReadByTheSameStatement() {
        connect(ANNA);
        sync(ANNA);

        WebhookOutcome outcome = receive(body("sleep.updated", "trace-1"));

        assertThat(outcome).isEqualTo(WebhookOutcome.STORED);
        assertThat(pending()).containsExactly(event(ANNA, "sleep", "updated", START));
        assertThat(jobs()).containsExactly(ANNA.value() + " " + START.plusSeconds(20));
        assertThat(rows()).isOne();
    }

    @Test
    void anEventOfAKnownMemberCostsOneStatementAndSoDoesItsRepetition() {
        connect(ANNA);
        sync(ANNA);
        receive(body("sleep.updated", "trace-1"));
        List<String> statements = statements();

        assertThat(receive(body("sleep.updated", "trace-2"))).isEqualTo(WebhookOutcome.STORED);
        assertThat(statements).hasSize(1);
        assertThat(receive(body("sleep.updated", "trace-2"))).isEqualTo(WebhookOutcome.DUPLICATE);
        assertThat(statements).hasSize(2);
    }

    @Test
    void anAccountsOwnerIsLookedUpOnceAndNotForEveryEvent() {
        connect(ANNA);
        List<String> statements = statements();

        receive(body("sleep.updated", "trace-1"));
        receive(body("sleep.updated", "trace-2"));
        receive(body("sleep.updated", "trace-3"));

        assertThat(statements)
                .filteredOn(sql -> sql.startsWith("select user_id from whoop_account_owner"))
                .hasSize(1);
        assertThat(rows()).isEqualTo(3);
        assertThat(pending()).hasSize(1);
    }

    @Test
    void anAccountThatIsAnothersNowTellsOnlyThem() {
        connect(ANNA);
        receive(body("sleep.updated", "trace-1"));
        disconnect(ANNA);
        connect(BEN);

        assertThat(receive(body("sleep.updated", "trace-2"))).isEqualTo(WebhookOutcome.STORED);

        assertThat(ownerOf("trace-1")).isEqualTo(ANNA.value());
        assertThat(ownerOf("trace-2")).isEqualTo(BEN.value());
        assertThat(pending()).contains(event(BEN, "sleep", "updated", START));
        assertThat(vault.open(BEN, "whoop.webhook", sealedBody("trace-2"))).isEqualTo(body("sleep.updated", "trace-2"));
    }

    @Test
    void anEventOfWhoLeftWaitsForWhoComes() {
        connect(ANNA);
        receive(body("sleep.updated", "trace-1"));
        disconnect(ANNA);

        assertThat(receive(body("sleep.updated", "trace-2"))).isEqualTo(WebhookOutcome.PARKED);
        assertThat(receive(body("sleep.updated", "trace-2"))).isEqualTo(WebhookOutcome.DUPLICATE);
    }

    @Test
    void aMemberWhoseJobIsOnTheListInTimeIsLeftAlone() {
        connect(ANNA);
        sync(ANNA);
        JDBI.useHandle(handle -> handle.execute(
                "insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)"
                        + " values ('whoop-member', ?, ?, false, 7)",
                ANNA.value(),
                START.plusSeconds(3).atOffset(ZoneOffset.UTC)));

        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.STORED);

        assertThat(pending()).hasSize(1);
        assertThat(jobs()).containsExactly(ANNA.value() + " " + START.plusSeconds(3));
    }

    @Test
    void aChangeThatCannotBeNotedLeavesNoEventBehind() {
        connect(ANNA);
        JDBI.useHandle(handle -> handle.execute(
                "alter table whoop_change add constraint power_cut check (user_id <> '" + ANNA.value() + "')"));
        try {
            assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.UNAVAILABLE);
        } finally {
            JDBI.useHandle(handle -> handle.execute("alter table whoop_change drop constraint power_cut"));
        }

        assertThat(rows()).isZero();
    }

    @Test
    void fiftyAtOnceAreOne() throws Exception {
        connect(ANNA);
        byte[] body = body("recovery.updated", "trace-1");
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            Callable<WebhookOutcome> delivery = () -> receive(body);
            List<WebhookOutcome> outcomes = new ArrayList<>();
            for (Future<WebhookOutcome> one : threads.invokeAll(java.util.Collections.nCopies(50, delivery))) {
                outcomes.add(one.get());
            }

            assertThat(outcomes).allMatch(WebhookOutcome::isAcknowledged);
            assertThat(outcomes).containsOnlyOnce(WebhookOutcome.STORED);
        } finally {
            threads.shutdownNow();
        }
        assertThat(rows()).isOne();
        assertThat(pending()).hasSize(1);
    }

    @Test
    void oneTraceMayTellOfASleepAndOfItsRecovery() {
        connect(ANNA);

        receive(body("sleep.updated", "trace-1"));
        receive(body("recovery.updated", "trace-1"));
        receive(body("sleep.updated", "trace-2"));

        assertThat(rows()).isEqualTo(3);
    }

    @Test
    void eventsThatComeBeforeTheirMemberWaitAndAreReplayedOnce() {
        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.PARKED);
        assertThat(receive(body("workout.deleted", "trace-2"))).isEqualTo(WebhookOutcome.PARKED);
        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.DUPLICATE);
        assertThat(pending()).isEmpty();
        now.set(START.plusSeconds(90));
        connect(ANNA);
        sync(ANNA);

        inbox.releaseParked(ANNA, ACCOUNT);
        inbox.releaseParked(ANNA, ACCOUNT);

        assertThat(pending())
                .containsExactlyInAnyOrder(
                        event(ANNA, "sleep", "updated", START), event(ANNA, "workout", "deleted", START));
        assertThat(jobs()).containsExactly(ANNA.value() + " " + START);
        assertThat(vault.open(ANNA, "whoop.webhook", sealedBody("trace-1")))
                .isEqualTo(body("sleep.updated", "trace-1"));
        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.DUPLICATE);
    }

    @Test
    void aParkedEventWhoseBodyDoesNotOpenIsHeededAllTheSame() {
        receive(body("sleep.updated", "trace-1"));
        JDBI.useHandle(handle -> handle.execute("update whoop_inbox set body_sealed = 'torn'"));
        connect(ANNA);

        inbox.releaseParked(ANNA, ACCOUNT);

        assertThat(pending()).containsExactly(event(ANNA, "sleep", "updated", START));
        assertThat(sealedBody("trace-1")).asString(StandardCharsets.UTF_8).isEqualTo("torn");
    }

    @Test
    void anEventThatCannotBeSealedForNowIsToBeSentAgain() {
        UserId closed = new UserId("whose-key-does-not-open");
        connect(closed);
        JDBI.useHandle(handle -> handle.execute(
                "insert into member_key (user_id, wrapped_by, wrapped_key, recorded_at)"
                        + " values (?, 'test', 'wrapped by another key', ?)",
                closed.value(),
                START.atOffset(ZoneOffset.UTC)));

        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.UNAVAILABLE);
        assertThat(rows()).isZero();
        JDBI.useHandle(handle -> handle.execute("delete from member_key where user_id = ?", closed.value()));

        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.STORED);
    }

    @Test
    void eventsParkedWhileTheirMemberConnectedAreFoundByTheSweep() {
        receive(body("sleep.updated", "trace-1"));
        connect(ANNA);
        sync(ANNA);

        inbox.sweep();

        assertThat(pending()).hasSize(1);
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void whatIsStoredIsAcknowledgedThoughItsMemberIsNotSyncedYet() {
        connect(ANNA);

        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.STORED);

        assertThat(rows()).isOne();
        assertThat(pending()).hasSize(1);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void unknownTypesAreKeptAndLeadToNothing() {
        connect(ANNA);
        byte[] strange = "{\"type\":\"strain.invented\",\"id\":\"no uuid\",\"trace_id\":\"t\",\"user_id\":10129}"
                .getBytes(StandardCharsets.UTF_8);

        assertThat(receive(strange)).isEqualTo(WebhookOutcome.UNKNOWN_TYPE);
        assertThat(receive(strange)).isEqualTo(WebhookOutcome.DUPLICATE);

        assertThat(rows()).isOne();
        assertThat(pending()).isEmpty();
    }

    @Test
    void bodiesLieSealed() {
        receive(body("sleep.updated", "trace-1"));
        connect(ANNA);
        receive(body("sleep.updated", "trace-2"));

        for (String trace : List.of("trace-1", "trace-2")) {
            assertThat(new String(sealedBody(trace), StandardCharsets.ISO_8859_1))
                    .doesNotContain("sleep");
        }
        assertThat(vault.openForNobody("whoop.webhook", sealedBody("trace-1")))
                .isEqualTo(body("sleep.updated", "trace-1"));
        assertThat(vault.open(ANNA, "whoop.webhook", sealedBody("trace-2")))
                .isEqualTo(body("sleep.updated", "trace-2"));
    }

    @Test
    void whatIsDoneGoesAfterSevenDaysAndWhatWaitsAfterThirty() {
        receive(body("sleep.updated", "parked"));
        connect(ANNA);
        receive(body("sleep.updated", "noted"));

        now.set(START.plus(Duration.ofDays(7)));
        inbox.purge();
        assertThat(rows()).isEqualTo(2);
        now.set(START.plus(Duration.ofDays(7)).plusMillis(1));
        inbox.purge();
        assertThat(rows()).isOne();
        now.set(START.plus(Duration.ofDays(30)).plusMillis(1));
        inbox.purge();
        assertThat(rows()).isZero();
    }

    @Test
    void erasingTakesWhatWaitedToo() {
        receive(body("sleep.updated", "parked"));
        connect(ANNA);
        receive(body("sleep.updated", "noted"));

        assertThat(inbox.erase(ANNA, ACCOUNT)).isEqualTo(2);
        assertThat(rows()).isZero();
    }

    @Test
    void aDatabaseThatIsAwayAcknowledgesNothing() {
        connect(ANNA);
        WebhookInbox away = inbox(Jdbi.create("jdbc:postgresql://localhost:1/nowhere"));

        assertThat(receive(away, body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{",
                "not json",
                "{\"type\":\"sleep.updated\"}",
                "{\"type\":7,\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\",\"user_id\":1,\"trace_id\":\"t\"}",
                "{\"type\":\"sleep.updated\",\"id\":\"not-a-uuid\",\"user_id\":1,\"trace_id\":\"t\"}",
                "{\"type\":\"sleep.updated\",\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\",\"trace_id\":\"t\"}",
                "{\"type\":\"sleep.updated\",\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\",\"user_id\":1e99,\"trace_id\":\"t\"}",
                "{\"type\":\"sleep.updated\",\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\",\"user_id\":1,\"trace_id\":{}}",
                "{\"type\":\"sleep.updated\",\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\",\"user_id\":1,\"trace_id\":\"\\u0000\"}",
                "{\"type\":\"a\\ud800b\",\"trace_id\":\"t\"}",
                "{\"type\":\"sleep.updated\",\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\",\"user_id\":1} {}",
            })
    void whatIsNoEventIsNotRead(String body) {
        assertThat(WhoopEvent.parse(body.getBytes(StandardCharsets.UTF_8), "1")).isEmpty();
    }

    @Test
    void withoutATraceTheSignedTimeTellsRepetitionsApart() {
        connect(ANNA);
        byte[] body = ("{\"type\":\"sleep.updated\",\"id\":\"" + SLEEP + "\",\"user_id\":" + ACCOUNT + "}")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(inbox.store(WhoopEvent.parse(body, "1").orElseThrow(), body)).isEqualTo(WebhookOutcome.STORED);
        assertThat(inbox.store(WhoopEvent.parse(body, "1").orElseThrow(), body)).isEqualTo(WebhookOutcome.DUPLICATE);
        assertThat(inbox.store(WhoopEvent.parse(body, "2").orElseThrow(), body)).isEqualTo(WebhookOutcome.STORED);
    }

    private WebhookOutcome receive(byte[] body) {
        return receive(inbox, body);
    }

    private static WebhookOutcome receive(WebhookInbox inbox, byte[] body) {
        return inbox.store(WhoopEvent.parse(body, "1748241241000").orElseThrow(), body);
    }

    private WebhookInbox inbox(Jdbi jdbi) {
        return new WebhookInbox(
                new RecordEventStore(new Database(jdbi, new SourceName("whoop"))),
                vault,
                new WebhookConfiguration(),
                clock);
    }

    /** Every statement from now on. */
    private static List<String> statements() {
        List<String> statements = new CopyOnWriteArrayList<>();
        JDBI.setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                statements.add(String.valueOf(context.getRawSql()));
            }
        });
        return statements;
    }

    /** The member's records are kept current. */
    private static void sync(UserId who) {
        JDBI.useHandle(handle -> handle.execute(
                "insert into whoop_member_sync (user_id, connected_at, recorded_at) values (?, ?, ?)",
                who.value(),
                START.atOffset(ZoneOffset.UTC),
                START.atOffset(ZoneOffset.UTC)));
    }

    private static String event(UserId who, String collection, String happened, Instant receivedAt) {
        return who.value() + " " + collection + " " + SLEEP + " " + happened + " " + receivedAt;
    }

    private static List<String> pending() {
        return JDBI.withHandle(handle -> handle.createQuery("select * from whoop_change where done_at is null")
                .map((row, context) -> row.getString("user_id") + " " + row.getString("collection") + " "
                        + row.getString("record_id") + " " + row.getString("happened") + " "
                        + row.getTimestamp("told_at").toInstant())
                .list());
    }

    private static List<String> jobs() {
        return JDBI.withHandle(handle -> handle.createQuery("select task_instance, execution_time from scheduled_tasks")
                .map((row, context) ->
                        row.getString(1) + " " + row.getTimestamp(2).toInstant())
                .list());
    }

    private void connect(UserId who) {
        JDBI.useHandle(handle -> handle.execute(
                "insert into whoop_connection (user_id, whoop_user_id, state, scopes, token_version, connected_at,"
                        + " recorded_at) values (?, ?, 'reauthorization_required', 'offline', 1, ?, ?)",
                who.value(),
                ACCOUNT,
                START.atOffset(ZoneOffset.UTC),
                START.atOffset(ZoneOffset.UTC)));
    }

    private void disconnect(UserId who) {
        JDBI.useHandle(handle ->
                handle.execute("update whoop_connection set state = 'revoked' where user_id = ?", who.value()));
    }

    private static String ownerOf(String trace) {
        return JDBI.withHandle(handle -> handle.createQuery("select user_id from whoop_inbox where trace_id = :trace")
                .bind("trace", trace)
                .mapTo(String.class)
                .one());
    }

    private static byte[] body(String type, String trace) {
        return ("{\"user_id\":" + ACCOUNT + ",\"id\":\"" + SLEEP + "\",\"type\":\"" + type + "\",\"trace_id\":\""
                        + trace + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sealedBody(String trace) {
        return JDBI.withHandle(
                handle -> handle.createQuery("select body_sealed from whoop_inbox where trace_id = :trace")
                        .bind("trace", trace)
                        .mapTo(byte[].class)
                        .one());
    }

    private static int rows() {
        return JDBI.withHandle(handle -> handle.createQuery("select count(*) from whoop_inbox")
                .mapTo(Integer.class)
                .one());
    }

    private static final class HandClock extends Clock {

        private final AtomicReference<Instant> now;

        HandClock(AtomicReference<Instant> now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
