package io.holisticos.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.jackson.Jackson;
import io.holisticos.cache.RedisConfiguration;
import io.holisticos.cache.SecondLevel.Kept;
import io.holisticos.cache.SecondLevel.Look;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.UserId;
import io.holisticos.testing.RedisServer;
import io.holisticos.testing.SlowProxy;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.OneVaultKey;
import io.holisticos.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replicas before one Redis; each does its part when the test says so. */
class RedisLevelTest {

    private static final UserId ANNA = new UserId("anna-of-the-second-level");
    private static final UserId BEN = new UserId("ben-of-the-second-level");
    private static final String TODAY = "overview today";
    private static final byte[] ANSWER = "{\"steps\": 8123}".getBytes(UTF_8);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant MIDNIGHT = Instant.parse("2026-11-23T00:00:00Z");
    private static final String PASSWORD = "a-password-of-redis";

    private static final List<String> TABLES = List.of(
            "create table member_key (user_id varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)",
            "create table member_key_destroyed (user_id varchar(100) primary key, recorded_at timestamptz not null)",
            "create table vault_canary (wrapped_by varchar(100) primary key, sealed bytea not null,"
                    + " recorded_at timestamptz not null)",
            "create table vault_key (name varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)",
            "create table change_notice (sequence bigint generated always as identity primary key,"
                    + " topic varchar(50) not null, key varchar(200) not null, recorded_at timestamptz)");

    private static TestDatabase database;
    private static RedisServer redis;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private Instant now = NOON;
    private long nanos;
    private String patience = "1s"; // the machine may be busy

    @BeforeAll
    static void start() {
        assumeTrue(RedisServer.isInstalled(), "Debian's package redis-server");
        database = TestDatabase.empty();
        Jdbi jdbi = database.jdbi();
        jdbi.useHandle(handle -> TABLES.forEach(handle::execute));
        redis = new RedisServer();
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    @BeforeEach
    void empty() {
        redis.type("FLUSHALL");
        Vault vault = vault();
        vault.seal(ANNA, "test", "so that there is a key");
        vault.seal(BEN, "test", "so that there is a key");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void givesAnAnswerAgainUntilItMayBeAnotherOne() {
        Replica replica = replica().attending();

        assertThat(replica.look(ANNA).answer()).isNull();
        replica.keep(ANNA, TODAY, ANSWER);

        assertThat(replica.answer(ANNA)).isEqualTo(ANSWER);
        assertThat(replica.look(ANNA).answer().until()).isEqualTo(MIDNIGHT);
        assertThat(replica.level.look(ANNA, "overview yesterday").answer()).isNull();
        assertThat(replica.look(BEN).answer()).isNull();
        now = MIDNIGHT;
        assertThat(replica.look(ANNA).answer()).isNull();
        now = NOON.minusMillis(1); // a clock that was set back
        assertThat(replica.look(ANNA).answer()).isNull();
    }

    @Test
    void aNewcomerBeginsWhenAnotherHasHeardOfEverythingBeforeIt() {
        Replica first = replica().attending();
        first.keep(ANNA, TODAY, ANSWER);

        Replica newcomer = replica();
        newcomer.turn();
        first.turn();
        pass(Attendance.EVERY);
        first.turn();
        newcomer.turn();
        assertThat(newcomer.look(ANNA)).isEqualTo(Look.NOTHING);

        pass(Attendance.HEARD_WITHIN);
        first.turn();
        newcomer.turn();
        assertThat(newcomer.answer(ANNA)).isEqualTo(ANSWER);
    }

    @Test
    void aNewcomerThatIsAloneBelievesNothingOfBefore() {
        Replica former = replica().attending();
        former.keep(ANNA, TODAY, ANSWER);

        Replica newcomer = replica();
        newcomer.turn();
        pass(Attendance.HEARD_WITHIN);
        newcomer.turn();
        assertThat(newcomer.look(ANNA)).isEqualTo(Look.NOTHING);

        newcomer.endTerm();
        pass(Attendance.EVERY);
        newcomer.turn();
        assertThat(newcomer.look(ANNA).answer()).isNull();
        assertThat(newcomer.look(ANNA).ticket()).isNotNull();
    }

    @Test
    void forgetsAMemberWhoChanged() {
        Replica one = replica().attending();
        Replica other = replica().attendingAfter(one);
        one.keep(ANNA, TODAY, ANSWER);
        one.keep(BEN, TODAY, ANSWER);

        other.level.changed(ANNA);
        assertThat(other.look(ANNA)).isEqualTo(Look.NOTHING); // at once
        assertThat(one.answer(ANNA)).isEqualTo(ANSWER);
        other.turn();

        assertThat(other.look(ANNA).answer()).isNull();
        assertThat(one.look(ANNA).answer()).isNull();
        assertThat(one.answer(BEN)).isEqualTo(ANSWER);
    }

    @Test
    void keepsNothingThatWasReadBeforeAChange() {
        Replica one = replica().attending();
        Replica other = replica().attendingAfter(one);
        Look before = one.look(ANNA);

        other.level.changed(ANNA);
        other.turn();
        one.level.keep(before.ticket(), TODAY, ANSWER, MIDNIGHT);
        one.turn();
        assertThat(one.look(ANNA).answer()).isNull();

        Look beforeAll = one.look(ANNA);
        other.level.anybodyChanged();
        other.turn();
        one.level.keep(beforeAll.ticket(), TODAY, ANSWER, MIDNIGHT);
        one.turn();
        assertThat(one.look(ANNA).answer()).isNull();
    }

    @Test
    void forgetsEverybodyWhenAnybodyMayHaveChanged() {
        Replica one = replica().attending();
        Replica other = replica().attendingAfter(one);
        one.keep(ANNA, TODAY, ANSWER);

        other.level.anybodyChanged();
        assertThat(other.look(BEN)).isEqualTo(Look.NOTHING);
        other.turn();
        pass(Attendance.EVERY);
        one.turn();

        assertThat(one.look(ANNA).answer()).isNull();
        assertThat(one.look(ANNA).ticket()).isNotNull();
    }

    @Test
    void aReplicaThatMissedChangesBeginsAnewAndDisturbsNobody() {
        Replica one = replica().attending();
        Replica other = replica().attendingAfter(one);
        one.keep(ANNA, TODAY, ANSWER);

        other.telling = false;
        assertThat(other.look(ANNA)).isEqualTo(Look.NOTHING);
        other.level.anybodyChanged();
        other.telling = true;
        assertThat(other.look(ANNA)).isEqualTo(Look.NOTHING);
        assertThat(one.answer(ANNA)).isEqualTo(ANSWER);

        other.attendingAfter(one);
        assertThat(other.answer(ANNA)).isEqualTo(ANSWER);
    }

    @Test
    void aRedisThatLostItsDataRefusesWhatWasReadBefore() {
        Replica replica = replica().attending();
        Look before = replica.look(ANNA);

        redis.type("FLUSHALL");
        replica.level.keep(before.ticket(), TODAY, ANSWER, MIDNIGHT);
        replica.turn();
        pass(Attendance.EVERY);
        replica.turn();

        assertThat(replica.look(ANNA).answer()).isNull();
    }

    @Test
    void aRedisThatIsBackWithOlderDataGivesNothingOfThem() {
        try (RedisServer saving = new RedisServer()) {
            Replica replica = replica(saving.port()).attending();
            replica.keep(ANNA, TODAY, ANSWER);
            saving.dump();
            replica.level.changed(ANNA);
            replica.turn();

            saving.kill();
            assertThat(replica.look(ANNA)).isEqualTo(Look.NOTHING);
            saving.start();
            assertThat(saving.type("DBSIZE")).isNotEqualTo(":0\r\n");
            for (int i = 0; i < 5; i++) {
                assertThat(replica.look(ANNA).answer()).isNull();
            }
        }
    }

    @Test
    void whatCouldNotBeToldIsNotUsedUntilItIs() {
        try (RedisServer dying = new RedisServer()) {
            Replica replica = replica(dying.port()).attending();
            replica.keep(ANNA, TODAY, ANSWER);
            dying.dump();
            dying.kill();

            replica.level.changed(ANNA);
            assertThat(replica.level.turn()).isFalse();
            assertThat(replica.health()).startsWith("degraded");
            dying.start();
            assertThat(replica.look(ANNA)).isEqualTo(Look.NOTHING);
            replica.turn();
            assertThat(replica.look(ANNA).answer()).isNull();
            pass(Attendance.EVERY);
            replica.turn();
            assertThat(replica.health()).isEqualTo("in use");
        }
    }

    @Test
    void whatIsInRedisOpensForNobodyOnceTheKeyIsDestroyed() {
        Replica replica = replica().attending();
        replica.keep(ANNA, TODAY, ANSWER);
        assertThat(replica.answer(ANNA)).isEqualTo(ANSWER);

        replica.vault.shred(ANNA);

        assertThat(replica.look(ANNA)).isEqualTo(Look.NOTHING);
        assertThat(redis.type("DBSIZE")).isNotEqualTo(":0\r\n");
        replica.vault.seal(ANNA, "test", "somebody begins anew");
        assertThat(replica.vault.hasAtHand(ANNA) || replica.takesKeyToHand(ANNA))
                .isTrue();
        assertThat(replica.look(ANNA).answer()).isNull();
    }

    @Test
    void showsNobodyWhoseAnswersAreThereNorWhatTheySay() {
        Replica replica = replica().attending();
        replica.keep(ANNA, TODAY, ANSWER);

        assertThat(redis.dump())
                .contains("unified-health:")
                .doesNotContain(ANNA.value())
                .doesNotContain("steps")
                .doesNotContain("8123")
                .doesNotContain("overview");
    }

    @Test
    void makesNoKeyForAMemberWithoutOne() {
        UserId unknown = new UserId("nobody-knows-me");
        Replica replica = replica().attending();

        assertThat(replica.look(unknown)).isEqualTo(Look.NOTHING);
        replica.turn();
        assertThat(replica.look(unknown)).isEqualTo(Look.NOTHING);

        int keys = database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from member_key where user_id = :who")
                        .bind("who", unknown.value())
                        .mapTo(Integer.class)
                        .one());
        assertThat(keys).isZero();
    }

    @Test
    void isNoTroubleWhenItAnswersGarbage() throws Exception {
        patience = "100ms";
        SlowProxy proxy = opened(new SlowProxy(redis.port()));
        Replica replica = replica(proxy.port()).attending();
        for (String garbage : List.of(
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "*2\r\n$3\r\nabc\r\n$-1\r\n",
                ":7\r\n",
                "*-1\r\n",
                "$99999999999\r\n",
                "+\r\n",
                "*3\r\n:1\r\n$4\r\nkept\r\n$3\r\nabc\r\n")) {
            proxy.answer(garbage.getBytes(UTF_8));

            assertThat(replica.look(ANNA).answer()).as(garbage).isNull();
            replica.level.changed(BEN);
            boolean unused = replica.level.turn();
        }
        assertThat(replica.look(BEN)).isEqualTo(Look.NOTHING);
    }

    @Test
    void nobodyWaitsForASlowOne() throws Exception {
        SlowProxy proxy = opened(new SlowProxy(redis.port()));
        Replica replica = replica(proxy.port()).attending();
        proxy.delay(Duration.ofMinutes(2));

        long begun = System.nanoTime();
        assertThat(replica.look(ANNA)).isEqualTo(Look.NOTHING);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(20);
    }

    @Test
    void saysThatThePasswordIsRefusedWithoutSayingIt() {
        try (RedisServer locked = new RedisServer("--requirepass", PASSWORD)) {
            Replica wrong = replica("redis://:not-" + PASSWORD + "@127.0.0.1:" + locked.port());
            assertThat(wrong.level.turn()).isFalse();
            assertThat(wrong.health()).contains("password refused").doesNotContain(PASSWORD);

            Replica right = replica("redis://:" + PASSWORD + "@127.0.0.1:" + locked.port())
                    .attending();
            right.keep(ANNA, TODAY, ANSWER);
            assertThat(right.answer(ANNA)).isEqualTo(ANSWER);
        }
    }

    @Test
    void aFullOneStillForgets() {
        try (RedisServer full = new RedisServer()) {
            Replica replica = replica(full.port()).attending();
            replica.keep(ANNA, TODAY, ANSWER);
            full.type("CONFIG SET maxmemory 1");

            replica.level.changed(ANNA);
            boolean unused = replica.level.turn();
            assertThat(replica.look(ANNA).answer()).isNull();
            full.type("CONFIG SET maxmemory 0");
            replica.turn();
            assertThat(replica.look(ANNA).answer()).isNull();
        }
    }

    private Replica replica() {
        return replica(redis.port());
    }

    private Replica replica(int port) {
        return replica("redis://127.0.0.1:" + port);
    }

    private Replica replica(String url) {
        return opened(new Replica(url));
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(0, one);
        return one;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static RedisConfiguration configuration(String url, String timeout) {
        return Jackson.newObjectMapper()
                .convertValue(
                        JsonNodeFactory.instance.objectNode().put("url", url).put("timeout", timeout),
                        RedisConfiguration.class);
    }

    private static Vault vault() {
        return new Vault(
                database.jdbi(),
                OneVaultKey.of("k1", Base64.getEncoder().encodeToString(new byte[32])),
                new SecureRandom(),
                Clock.fixed(NOON, ZoneOffset.UTC));
    }

    /** One process; its thread is the test's. */
    private final class Replica implements AutoCloseable {

        private final Vault vault = vault();
        private final RedisLevel level;
        private volatile boolean telling = true;

        private Replica(String url) {
            RedisConfiguration configuration = configuration(url, patience);
            MetricRegistry metrics = new MetricRegistry();
            level = new RedisLevel(
                    configuration,
                    "test",
                    new RedisLevel.Tools(
                            new Commands(new CommandsConfiguration(), metrics, Clock.systemUTC(), System::nanoTime),
                            metrics,
                            vault,
                            () -> telling,
                            new SetClock(),
                            () -> nanos),
                    Duration.ofMinutes(5)); // by Redis's own clock; a busy machine may not end a term
            vault.takeToHand(List.of(ANNA, BEN));
        }

        /** The first: it begins a term. */
        Replica attending() {
            turn();
            return this;
        }

        Replica attendingAfter(Replica other) {
            pass(Attendance.EVERY);
            turn();
            other.turn();
            pass(Attendance.HEARD_WITHIN);
            other.turn(); // it saw the newcomer
            turn();
            pass(Attendance.HEARD_WITHIN);
            other.turn();
            turn();
            return this;
        }

        void turn() {
            assertThat(level.turn()).as(this::health).isTrue();
        }

        void endTerm() {
            String keys = redis.type("KEYS *term");
            redis.type("DEL "
                    + keys.lines()
                            .filter(line -> line.endsWith("term"))
                            .findFirst()
                            .orElseThrow());
        }

        Look look(UserId who) {
            return level.look(who, TODAY);
        }

        byte[] answer(UserId who) {
            Kept kept = look(who).answer();
            return kept == null ? null : kept.bytes();
        }

        void keep(UserId who, String question, byte[] answer) {
            level.keep(level.look(who, question).ticket(), question, answer, MIDNIGHT);
            turn();
        }

        boolean takesKeyToHand(UserId who) {
            vault.takeToHand(List.of(who));
            return vault.hasAtHand(who);
        }

        String health() {
            return level.healthCheck().execute().getMessage();
        }

        @Override
        public void close() throws Exception {
            level.stop();
        }
    }

    /** The time that the test says. */
    private final class SetClock extends Clock {

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
