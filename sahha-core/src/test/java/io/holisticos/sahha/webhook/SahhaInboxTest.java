package io.holisticos.sahha.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.RefreshMarks;
import io.holisticos.sahha.data.RelayedSources;
import io.holisticos.sahha.data.SahhaEvent;
import io.holisticos.sahha.data.SahhaInboxStore;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.sahha.refresh.SahhaRefresh;
import io.holisticos.testing.AsInProduction;
import io.holisticos.web.WebhookSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Sahha tells: believed when signed, kept once, and read again by as few calls as there are rows to be read. */
class SahhaInboxTest {

    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final int CALLS_PER_SECOND = 20;
    private static final UserId ANNA = new UserId("anna");
    private static final Jdbi JDBI = AsInProduction.statements(Jdbi.create(SahhaTables.pool(SahhaTables.emptied())));
    private static final SahhaInboxStore.Delivery TIMES =
            new SahhaInboxStore.Delivery(START, Duration.ofSeconds(10), Duration.ofMinutes(10), Set.of());

    private final SahhaStores stores = SahhaStores.in(JDBI, new ObjectMapper(), who -> {});
    private final SahhaInboxStore store = stores.inbox();

    @BeforeEach
    void forget() {
        JDBI.useHandle(handle -> handle.execute("truncate scores, sahha_inbox, sahha_refresh, sahha_profile_check"));
    }

    /** A known answer: the text and its signature. */
    record Vector(String type, String body, String signature, String secret) {
        @Override
        public String toString() {
            return type;
        }
    }

    static List<Vector> vectors() throws IOException {
        try (InputStream in =
                SahhaInboxTest.class.getResourceAsStream("/fixtures/sahha/webhook.signature-vectors.json")) {
            JsonNode tree = new ObjectMapper().readTree(in);
            List<Vector> vectors = new ArrayList<>();
            for (JsonNode vector : tree.path("vectors")) {
                vectors.add(new Vector(
                        vector.path("eventType").textValue(),
                        vector.path("body").textValue(),
                        vector.path("headers").path("X-Signature").textValue(),
                        tree.path("secret").textValue()));
            }
            return vectors;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void theKnownAnswersAreBelievedAndUnderstood(Vector vector) {
        byte[] body = vector.body.getBytes(StandardCharsets.UTF_8);

        assertThat(signed(new WebhookSecrets(vector.secret, ""), vector.signature, body))
                .isTrue();
        assertThat(signed(new WebhookSecrets("the next", vector.secret), vector.signature, body))
                .isTrue();
        assertThat(signed(new WebhookSecrets("", ""), vector.signature, body)).isFalse();
        for (int i = 0; i < body.length; i += 7) {
            byte[] altered = body.clone();
            altered[i] ^= 1;
            assertThat(signed(new WebhookSecrets(vector.secret, ""), vector.signature, altered))
                    .isFalse();
        }
        assertThat(SahhaEventParser.parse(body, vector.type)).singleElement().satisfies(event -> {
            assertThat(event.who()).isEqualTo(new UserId("synthetic-user-0001"));
            assertThat(SahhaEventParser.isKnownType(event)).isTrue();
            assertThat(event.kind() == null).isEqualTo(vector.type.startsWith("DataLog"));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "7",
                "{\"externalId\":7}",
                "{\"externalId\":\"\"}",
                "{\"externalId\":\"a\\u0000b\"}",
                "{\"externalId\":\"a\\ud800b\"}",
                "{\"externalId\":\"anna\"} {}",
                "[{\"externalId\":\"anna\"},{}]"
            })
    void whatIsNoEventIsNotRead(String body) {
        assertThat(SahhaEventParser.parse(body.getBytes(StandardCharsets.UTF_8), "ScoreCreatedIntegrationEvent"))
                .isEmpty();
    }

    @Test
    void aListIsTakenEventByEvent() {
        byte[] body = "[{\"externalId\":\"anna\"},{\"externalId\":\"ben\"}]".getBytes(StandardCharsets.UTF_8);

        assertThat(SahhaEventParser.parse(body, "BiomarkerCreatedIntegrationEvent"))
                .extracting(event -> event.who().value())
                .containsExactly("anna", "ben");
    }

    @Test
    void aSwarmOfEventsIsReadOnceAndNotBeforeThePause() {
        for (int i = 0; i < 40; i++) {
            assertThat(store.save(
                            new byte[] {(byte) i},
                            List.of(event(i % 2 == 0 ? SahhaKind.SCORES : SahhaKind.BIOMARKERS)),
                            TIMES))
                    .isOne();
        }
        assertThat(store.save(new byte[] {7}, List.of(event(SahhaKind.BIOMARKERS)), TIMES))
                .as("again")
                .isZero();

        assertThat(store.claim(START.plusSeconds(9), START.plusSeconds(70), 500))
                .isEmpty();
        assertThat(store.claim(START.plusSeconds(10), START.plusSeconds(70), 500))
                .containsExactlyInAnyOrder(
                        new SahhaInboxStore.DueRefresh(ANNA, SahhaKind.SCORES),
                        new SahhaInboxStore.DueRefresh(ANNA, SahhaKind.BIOMARKERS));
        assertThat(store.claim(START.plusSeconds(11), START.plusSeconds(71), 500))
                .as("another replica, meanwhile")
                .isEmpty();
    }

    @Test
    void onlyAReadBegunLaterSettlesAnEvent() {
        store.save(new byte[] {1}, List.of(event(SahhaKind.SCORES)), TIMES);
        SahhaInboxStore.DueRefresh due = new SahhaInboxStore.DueRefresh(ANNA, SahhaKind.SCORES);
        Instant now = START.plusSeconds(20);

        store.complete(due, START.minusSeconds(1), now.minus(Duration.ofHours(24)), now);
        assertThat(open()).isOne();
        store.complete(due, null, now.minus(Duration.ofHours(24)), now);
        assertThat(open()).isOne();
        store.complete(due, START.plusSeconds(12), now.minus(Duration.ofHours(24)), now);
        assertThat(open()).isZero();
    }

    @Test
    void noMoreIsClaimedThanCanBeAskedOfSahhaSoonAndOthersHaveTheRest() {
        tellOf(50);
        try (Replica one = new Replica();
                Replica other = new Replica()) {
            one.now = START.plusSeconds(10);
            other.now = START.plusSeconds(10);

            one.inbox.work();
            one.inbox.work();
            assertThat(claimedUntil(START.plusSeconds(35)))
                    .as("two events each, of as many members")
                    .isEqualTo(2 * CALLS_PER_SECOND);

            other.now = START.plusSeconds(11);
            other.inbox.work();
            assertThat(claimedUntil(START.plusSeconds(36))).isEqualTo(2 * CALLS_PER_SECOND);
            assertThat(claimedUntil(START.plusSeconds(35))).isEqualTo(2 * CALLS_PER_SECOND);
        }
    }

    @Test
    void whatALivingProcessHasBegunNobodyTakesOverHoweverLongItTakes() {
        tellOf(10);
        try (Replica one = new Replica();
                Replica other = new Replica()) {
            for (int seconds = 10; seconds <= 70; seconds += 5) {
                one.now = START.plusSeconds(seconds);
                other.now = START.plusSeconds(seconds);
                one.inbox.work();
                other.inbox.work();
                assertThat(other.begun()).isZero();
            }
            assertThat(one.begun()).isEqualTo(10);

            other.now = START.plusSeconds(96); // the one has said nothing since
            other.inbox.work();
            assertThat(other.begun()).isEqualTo(10);
        }
    }

    @Test
    void whatCameToNothingIsTriedAgainLaterHoweverLongItTook() {
        tellOf(10);
        try (Replica one = new Replica()) {
            one.now = START.plusSeconds(10);
            one.inbox.work();
            one.now = START.plusSeconds(30);
            one.inbox.work();
            one.now = START.plusSeconds(40);

            one.failAll();

            assertThat(claimedUntil(START.plusSeconds(100))).isEqualTo(20);
        }
    }

    @Test
    void membersWhomNobodyAskedForCostNoPlaceOfOthers() {
        tellOf(50);
        JDBI.useHandle(handle -> handle.execute("delete from scores where profile_id < 'member-45'"));
        try (Replica one = new Replica()) {
            one.now = START.plusSeconds(10);

            one.inbox.work();

            assertThat(one.begun()).isEqualTo(5);
            assertThat(open()).isEqualTo(10);
        }
    }

    @Test
    void whatIsHeldCountsAsPastItsFreshnessAndAMemberAsKnown() {
        JDBI.useHandle(handle -> {
            handle.execute("insert into sahha_refresh values ('anna', 'scores', 'recent', '2026-11-22T09:59:00Z'),"
                    + " ('anna', 'biomarkers', 'recent', '2026-11-22T09:59:00Z'),"
                    + " ('anna', 'scores', '2026-09', '2026-11-22T09:59:00Z')");
            handle.execute("insert into sahha_profile_check (profile_id, known, checked_at) values"
                    + " ('anna', false, '2026-11-22T09:00:00Z')");
        });

        store.save(new byte[] {1}, List.of(event(SahhaKind.SCORES)), TIMES);

        assertThat(stores.marks().of(ANNA).marks())
                .containsExactlyInAnyOrder(
                        new RefreshMarks.Mark("scores", "recent", START.minus(Duration.ofMinutes(10))),
                        new RefreshMarks.Mark("biomarkers", "recent", START.minusSeconds(60)),
                        new RefreshMarks.Mark("scores", "2026-09", START.minusSeconds(60)));
        assertThat(stores.profiles().find(ANNA))
                .hasValueSatisfying(check -> assertThat(check.known()).isTrue());
    }

    /** One process, whose fetches begin and do not end by themselves. */
    private final class Replica implements AutoCloseable {

        private volatile Instant now = START;
        private final Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        private final Semaphore ends = new Semaphore(0);
        private final ThreadPoolExecutor fetches =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        private final SahhaRefresh refresh;
        private final SahhaInbox inbox;

        Replica() {
            SahhaInbox.Rules rules = new SahhaInbox.Rules(
                    Duration.ofSeconds(10), Duration.ofMinutes(10), CALLS_PER_SECOND, new RelayedSources(Map.of()));
            refresh = new SahhaRefresh(
                    null, null, stores, null, fetches, new SahhaRefresh.Instruments(clock, new MetricRegistry()));
            fetches.execute(ends::acquireUninterruptibly);
            inbox = new SahhaInbox(new SahhaInbox.Pools(stores, stores), refresh, rules, clock);
        }

        int begun() {
            return fetches.getQueue().size();
        }

        /** A process that stops begins nothing more. */
        void failAll() {
            List<Runnable> waiting = new ArrayList<>();
            fetches.getQueue().drainTo(waiting);
            Thread stopping = new Thread(refresh::stop);
            stopping.start();
            ends.release();
            waiting.forEach(fetches::execute);
            fetches.shutdown();
            try {
                assertThat(fetches.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
                stopping.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            inbox.stop();
            fetches.shutdownNow();
            ends.release();
        }
    }

    /** Two events each of members whose scores are held, due ten seconds after the start. */
    private void tellOf(int members) {
        JDBI.useHandle(handle -> handle.execute(
                "insert into scores (id, profile_id) select gen_random_uuid(),"
                        + " 'member-' || to_char(n, 'FM00') from generate_series(0, ?) n",
                members - 1));
        for (int i = 0; i < members; i++) {
            UserId who = new UserId("member-%02d".formatted(i));
            SahhaEvent event = new SahhaEvent("an event", who, SahhaKind.SCORES);
            store.save(new byte[] {(byte) i}, List.of(event, event), TIMES);
        }
    }

    private static int claimedUntil(Instant until) {
        return JDBI.withHandle(
                handle -> handle.createQuery("select count(*) from sahha_inbox where done_at is null and due_at = ?")
                        .bind(0, until.atOffset(ZoneOffset.UTC))
                        .mapTo(Integer.class)
                        .one());
    }

    private static boolean signed(WebhookSecrets secrets, String signature, byte[] body) {
        return secrets.signed(signature, HexFormat.of()::formatHex, body);
    }

    private static SahhaEvent event(SahhaKind kind) {
        return new SahhaEvent("an event", ANNA, kind);
    }

    private static int open() {
        return JDBI.withHandle(handle -> handle.createQuery("select count(*) from sahha_inbox where done_at is null")
                .mapTo(Integer.class)
                .one());
    }
}
