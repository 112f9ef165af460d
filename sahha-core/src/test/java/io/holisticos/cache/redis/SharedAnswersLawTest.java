package io.holisticos.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.jackson.Jackson;
import io.holisticos.cache.RedisConfiguration;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two replicas under a load of changes and readers, while their Redis is slow, is killed, comes back empty or with older data, and
 * while a replica does not hear, or begins anew. Whatever happens, no answer is older than what its replica has heard of.
 */
@Tag("deep")
class SharedAnswersLawTest {

    private static final int MEMBERS = 20;
    private static final Duration PHASE = Duration.ofSeconds(6);
    private static final Duration HEARD_WITHIN = Duration.ofMillis(400);

    private static final List<String> TABLES = List.of(
            "create table member_key (user_id varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)",
            "create table member_key_destroyed (user_id varchar(100) primary key, recorded_at timestamptz not null)",
            "create table vault_canary (wrapped_by varchar(100) primary key, sealed bytea not null,"
                    + " recorded_at timestamptz not null)",
            "create table vault_key (name varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)");

    private final List<UserId> members = IntStream.range(0, MEMBERS)
            .mapToObj(i -> new UserId("member-of-the-law-" + i))
            .toList();

    /** What is stored of each member: a number that rises. */
    private final AtomicLongArray stored = new AtomicLongArray(MEMBERS);

    private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
    private final AtomicInteger hits = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<Replica> replicas = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean over;

    @Test
    @Timeout(170)
    void noAnswerIsOlderThanWhatItsReplicaHasHeard() throws Exception {
        assumeTrue(RedisServer.isInstalled(), "Debian's package redis-server");
        Jdbi jdbi = TestDatabase.empty().jdbi();
        jdbi.useHandle(handle -> TABLES.forEach(handle::execute));
        try (RedisServer redis = new RedisServer();
                SlowProxy proxy = new SlowProxy(redis.port())) {
            Vault vault = vault(jdbi);
            members.forEach(who -> vault.seal(who, "test", "so that there is a key"));
            replicas.add(new Replica(jdbi, proxy.port()));
            replicas.add(new Replica(jdbi, proxy.port()));
            List<Future<?>> load = new ArrayList<>();
            load.add(threads.submit(this::change));
            for (int i = 0; i < 6; i++) {
                int number = i;
                load.add(threads.submit(() -> ask(number)));
            }

            awaitHits();
            pass();
            proxy.delay(Duration.ofMillis(60)); // some answers come in time, some do not
            pass();
            proxy.delay(Duration.ZERO);
            awaitHits();
            redis.dump();
            pass();
            redis.kill();
            pass();
            redis.start(); // with what it had before the last changes
            awaitHits();
            redis.type("FLUSHALL");
            awaitHits();
            replicas.get(1).missSomething();
            awaitHits();
            replicas.set(0, replicas.get(0).startedAnew(jdbi, proxy.port()));
            awaitHits();
            pass();

            over = true;
            for (Future<?> one : load) {
                one.get(30, TimeUnit.SECONDS);
            }
            for (Replica replica : replicas) {
                replica.level.stop();
            }
        }
        threads.shutdownNow();
        assertThat(broken).isEmpty();
        assertThat(reads.get()).isPositive();
    }

    /** Somebody changes a member about every 10 ms; each replica hears of it a while later. */
    private void change() {
        Random random = new Random(7);
        while (!over) {
            int member = random.nextInt(MEMBERS);
            long now = stored.incrementAndGet(member);
            for (Replica replica : List.copyOf(replicas)) {
                long delay = random.nextInt((int) HEARD_WITHIN.toMillis());
                threads.execute(() -> replica.hear(member, now, delay));
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private void ask(int number) {
        Random random = new Random(number);
        while (!over) {
            Replica replica = replicas.get(number % 2);
            replica.ask(random.nextInt(MEMBERS));
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static void pass() {
        LockSupport.parkNanos(PHASE.toNanos());
    }

    /** Until it is of use again, for whatever time that takes. */
    private void awaitHits() {
        int before = hits.get();
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (hits.get() < before + 20) {
            assertThat(System.nanoTime()).as("it is not used any more").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static Vault vault(Jdbi jdbi) {
        return new Vault(
                jdbi,
                OneVaultKey.of("k1", Base64.getEncoder().encodeToString(new byte[32])),
                new SecureRandom(),
                Clock.systemUTC());
    }

    private final class Replica {

        private final AtomicLongArray heard = new AtomicLongArray(MEMBERS);
        private final RedisLevel level;
        private volatile boolean telling = true;
        private volatile boolean ended;

        private Replica(Jdbi jdbi, int port) {
            MetricRegistry metrics = new MetricRegistry();
            Vault vault = vault(jdbi);
            RedisConfiguration configuration = Jackson.newObjectMapper()
                    .convertValue(
                            JsonNodeFactory.instance
                                    .objectNode()
                                    .put("url", "redis://127.0.0.1:" + port)
                                    .put("timeout", "100ms"),
                            RedisConfiguration.class);
            level = new RedisLevel(
                    configuration,
                    "law",
                    new RedisLevel.Tools(
                            new Commands(new CommandsConfiguration(), metrics, Clock.systemUTC(), System::nanoTime),
                            metrics,
                            vault,
                            () -> telling,
                            Clock.systemUTC(),
                            System::nanoTime));
            vault.takeToHand(members);
            for (int i = 0; i < MEMBERS; i++) {
                heard.set(i, stored.get(i)); // what it reads after its start is no older
            }
            level.start();
        }

        void hear(int member, long version, long delayMillis) {
            LockSupport.parkNanos(Duration.ofMillis(delayMillis).toNanos());
            if (!ended && telling) {
                level.changed(members.get(member));
                heard.accumulateAndGet(member, version, Math::max);
            }
        }

        /** As after an outage of the database: it hears of nothing, and then that it may have missed changes. */
        void missSomething() {
            telling = false;
            pass();
            level.anybodyChanged();
            for (int i = 0; i < MEMBERS; i++) {
                heard.set(i, stored.get(i));
            }
            telling = true;
        }

        Replica startedAnew(Jdbi jdbi, int port) throws Exception {
            ended = true;
            level.stop();
            return new Replica(jdbi, port);
        }

        void ask(int member) {
            if (ended) {
                return;
            }
            UserId who = members.get(member);
            long atLeast = heard.get(member);
            boolean heardOf = telling;
            Look look = level.look(who, "how much");
            if (look.answer() != null) {
                hits.incrementAndGet();
                long said = Long.parseLong(new String(look.answer().bytes(), UTF_8));
                if (said < atLeast && heardOf) {
                    broken.add("said " + said + " after it heard of " + atLeast);
                }
                return;
            }
            reads.incrementAndGet();
            if (look.ticket() != null) {
                long read = stored.get(member);
                LockSupport.parkNanos(Duration.ofMillis(member % 5).toNanos()); // others change it meanwhile
                level.keep(
                        look.ticket(),
                        "how much",
                        Long.toString(read).getBytes(UTF_8),
                        Clock.systemUTC().instant().plusSeconds(60));
            }
        }
    }
}
