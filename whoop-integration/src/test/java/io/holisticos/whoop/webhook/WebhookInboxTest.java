package io.holisticos.whoop.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.Vault;
import io.holisticos.web.WebhookOutcome;
import io.holisticos.whoop.data.Samples;
import io.holisticos.whoop.sync.Change;
import io.holisticos.whoop.sync.Change.Happened;
import io.holisticos.whoop.sync.Collection;
import io.holisticos.whoop.sync.News;
import io.holisticos.whoop.sync.Noted;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
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
    private final Map<Long, UserId> connected = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Vault vault = Samples.vault(JDBI);
    private final Heard heard = new Heard();
    private final WebhookInbox inbox = inbox(JDBI, heard);

    @BeforeEach
    void forget() {
        JDBI.useHandle(handle -> handle.execute("truncate whoop_inbox, whoop_connection"));
    }

    @Test
    void anEventOfAMemberBecomesAChangeByTheSameStatement() {
        connected.put(ACCOUNT, ANNA);

        WebhookOutcome outcome = receive(body("sleep.updated", "trace-1"));

        assertThat(outcome).isEqualTo(WebhookOutcome.STORED);
        assertThat(heard.noted).containsExactly(new Change(Collection.SLEEP, SLEEP, Happened.UPDATED, START));
        assertThat(heard.woken).containsExactly(ANNA);
        assertThat(rows()).isOne();
    }

    @Test
    void anAccountsOwnerIsLookedUpOnceAndNotForEveryEvent() {
        connect(ANNA);

        receive(body("sleep.updated", "trace-1"));
        receive(body("sleep.updated", "trace-2"));
        receive(body("sleep.updated", "trace-3"));

        assertThat(asked).hasValue(1);
        assertThat(rows()).isEqualTo(3);
        assertThat(heard.noted).hasSize(3);
    }

    @Test
    void anAccountThatIsAnothersNowTellsOnlyThem() {
        connect(ANNA);
        receive(body("sleep.updated", "trace-1"));
        disconnect(ANNA);
        connect(BEN);
        heard.accepts(BEN);

        assertThat(receive(body("sleep.updated", "trace-2"))).isEqualTo(WebhookOutcome.STORED);

        assertThat(ownerOf("trace-1")).isEqualTo(ANNA.value());
        assertThat(ownerOf("trace-2")).isEqualTo(BEN.value());
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
        connected.put(ACCOUNT, ANNA);
        heard.isAwake = true;

        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.STORED);

        assertThat(heard.noted).hasSize(1);
        assertThat(heard.woken).isEmpty();
    }

    @Test
    void aChangeThatCannotBeNotedLeavesNoEventBehind() {
        connected.put(ACCOUNT, ANNA);
        WebhookInbox failing = inbox(JDBI, new Heard() {
            @Override
            public Noted note(Handle handle, UserId who, Change change, News news) {
                News failing = new News(
                        "with kept as (" + news.sql() + ") select 1 / (count(*) - 1) from kept", news.arguments());
                return super.note(handle, who, change, failing);
            }
        });

        assertThat(receive(failing, body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.UNAVAILABLE);

        assertThat(rows()).isZero();
    }

    @Test
    void fiftyAtOnceAreOne() throws Exception {
        connected.put(ACCOUNT, ANNA);
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
        assertThat(heard.noted).hasSize(1);
    }

    @Test
    void oneTraceMayTellOfASleepAndOfItsRecovery() {
        connected.put(ACCOUNT, ANNA);

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
        assertThat(heard.noted).isEmpty();
        now.set(START.plusSeconds(90));
        connected.put(ACCOUNT, ANNA);

        inbox.replayParked(ANNA, ACCOUNT);
        inbox.replayParked(ANNA, ACCOUNT);

        assertThat(heard.noted)
                .containsExactlyInAnyOrder(
                        new Change(Collection.SLEEP, SLEEP, Happened.UPDATED, START),
                        new Change(Collection.WORKOUT, SLEEP, Happened.DELETED, START));
        assertThat(heard.woken).containsExactly(ANNA);
        assertThat(vault.open(ANNA, "whoop.webhook", sealedBody("trace-1")))
                .isEqualTo(body("sleep.updated", "trace-1"));
        assertThat(receive(body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.DUPLICATE);
    }

    @Test
    void aParkedEventWhoseBodyDoesNotOpenIsHeededAllTheSame() {
        receive(body("sleep.updated", "trace-1"));
        JDBI.useHandle(handle -> handle.execute("update whoop_inbox set body_sealed = 'torn'"));
        connected.put(ACCOUNT, ANNA);

        inbox.replayParked(ANNA, ACCOUNT);

        assertThat(heard.noted).containsExactly(new Change(Collection.SLEEP, SLEEP, Happened.UPDATED, START));
        assertThat(sealedBody("trace-1")).asString(StandardCharsets.UTF_8).isEqualTo("torn");
    }

    @Test
    void anEventThatCannotBeSealedForNowIsToBeSentAgain() {
        UserId closed = new UserId("whose-key-does-not-open");
        connected.put(ACCOUNT, closed);
        heard.accepts(closed);
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
        connected.put(ACCOUNT, ANNA);

        inbox.sweep();

        assertThat(heard.noted).hasSize(1);
        assertThat(heard.woken).contains(ANNA);
    }

    @Test
    void whatIsStoredIsAcknowledgedThoughNobodyCouldBeWoken() {
        connected.put(ACCOUNT, ANNA);
        WebhookInbox sleepy = inbox(JDBI, new Heard() {
            @Override
            public void wake(UserId who) {
                throw new SourceUnavailable(new SourceName("whoop"), Duration.ofSeconds(1));
            }
        });

        assertThat(receive(sleepy, body("sleep.updated", "trace-1"))).isEqualTo(WebhookOutcome.STORED);
        assertThat(rows()).isOne();
    }

    @Test
    void unknownTypesAreKeptAndLeadToNothing() {
        connected.put(ACCOUNT, ANNA);
        byte[] strange = "{\"type\":\"strain.invented\",\"id\":\"no uuid\",\"trace_id\":\"t\",\"user_id\":10129}"
                .getBytes(StandardCharsets.UTF_8);

        assertThat(receive(strange)).isEqualTo(WebhookOutcome.UNKNOWN_TYPE);
        assertThat(receive(strange)).isEqualTo(WebhookOutcome.DUPLICATE);

        assertThat(rows()).isOne();
        assertThat(heard.noted).isEmpty();
    }

    @Test
    void bodiesLieSealed() {
        receive(body("sleep.updated", "trace-1"));
        connected.put(ACCOUNT, ANNA);
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
        connected.put(ACCOUNT, ANNA);
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
        connected.put(ACCOUNT, ANNA);
        receive(body("sleep.updated", "noted"));

        assertThat(inbox.erase(ANNA, ACCOUNT)).isEqualTo(2);
        assertThat(rows()).isZero();
    }

    @Test
    void aDatabaseThatIsAwayAcknowledgesNothing() {
        connected.put(ACCOUNT, ANNA);
        WebhookInbox away = inbox(Jdbi.create("jdbc:postgresql://localhost:1/nowhere"), heard);

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
        connected.put(ACCOUNT, ANNA);
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

    private WebhookInbox inbox(Jdbi jdbi, Heard changes) {
        return new WebhookInbox(
                jdbi, new WebhookInbox.Members(this::owner, vault, changes), new WebhookConfiguration(), clock);
    }

    private Optional<UserId> owner(long account) {
        asked.incrementAndGet();
        return Optional.ofNullable(connected.get(account));
    }

    private void connect(UserId who) {
        connected.put(ACCOUNT, who);
        JDBI.useHandle(handle -> handle.execute(
                "insert into whoop_connection (user_id, whoop_user_id, state, scopes, token_version, connected_at,"
                        + " recorded_at) values (?, ?, 'reauthorization_required', 'offline', 1, ?, ?)",
                who.value(),
                ACCOUNT,
                START.atOffset(ZoneOffset.UTC),
                START.atOffset(ZoneOffset.UTC)));
    }

    private void disconnect(UserId who) {
        connected.remove(ACCOUNT);
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

    /** Remembers what it was told. */
    private static class Heard implements ChangeList {

        final List<Change> noted = new CopyOnWriteArrayList<>();
        final List<UserId> woken = new CopyOnWriteArrayList<>();
        boolean isAwake;
        private final List<UserId> expected = new CopyOnWriteArrayList<>(List.of(ANNA));

        /** Whom it may hear of beside Anna. */
        void accepts(UserId who) {
            expected.add(who);
        }

        @Override
        public Noted note(Handle handle, UserId who, Change change, News news) {
            assertThat(expected).contains(who);
            boolean isNews = handle.createQuery(news.sql())
                    .bindMap(news.arguments())
                    .mapToMap()
                    .findOne()
                    .isPresent();
            if (isNews) {
                noted.add(change);
            }
            return new Noted(isNews, isAwake);
        }

        @Override
        public void wake(UserId who) {
            woken.add(who);
        }
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
