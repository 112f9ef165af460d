package io.holisticos.cache.redis;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.jackson.Jackson;
import io.holisticos.cache.MemberCache;
import io.holisticos.cache.RedisConfiguration;
import io.holisticos.cache.SecondLevel.Look;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.UserId;
import io.holisticos.testing.RedisServer;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.OneVaultKey;
import io.holisticos.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/**
 * One caller asks for answers of 9 kB in turn: from memory, from Redis, and as rows of PostgreSQL with one statement for each of two
 * databases, which is the least that a miss costs; merging and writing come on top. All on this machine.
 */
class SecondLevelBench {

    private static final int MEMBERS = 500;
    private static final int ROUNDS = 5;
    private static final int ASKED = 4_000;
    private static final int SIZE = 9_000;

    private static final List<String> TABLES = List.of(
            "create table member_key (user_id varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)",
            "create table member_key_destroyed (user_id varchar(100) primary key, recorded_at timestamptz not null)",
            "create table vault_canary (wrapped_by varchar(100) primary key, sealed bytea not null,"
                    + " recorded_at timestamptz not null)",
            "create table vault_key (name varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)",
            "create table answer (user_id varchar(100) primary key, body text not null)");

    private final List<UserId> members = IntStream.range(0, MEMBERS)
            .mapToObj(i -> new UserId("member-of-the-bench-" + i))
            .toList();

    @Test
    void sideBySide() throws Exception {
        Jdbi jdbi = TestDatabase.empty().jdbi();
        byte[] answer = new byte[SIZE];
        Arrays.fill(answer, (byte) 'x');
        Instant until = Clock.systemUTC().instant().plusSeconds(3600);
        MemberCache<String, byte[]> memory = new MemberCache<>(64_000_000);
        try (RedisServer redis = new RedisServer()) {
            jdbi.useHandle(handle -> TABLES.forEach(handle::execute));
            Vault vault = new Vault(
                    jdbi,
                    OneVaultKey.of("k1", Base64.getEncoder().encodeToString(new byte[32])),
                    new SecureRandom(),
                    Clock.systemUTC());
            RedisLevel level = level(redis, vault);
            level.start();
            jdbi.useHandle(handle -> members.forEach(who ->
                    handle.execute("insert into answer values (?, ?)", who.value(), new String(answer, 0, SIZE / 2))));
            for (UserId who : members) {
                vault.seal(who, "test", "so that there is a key");
                memory.keep(memory.begin(who, Clock.systemUTC().instant()), "today", answer, SIZE, until);
                while (level.look(who, "today").answer() == null) {
                    Look look = level.look(who, "today");
                    if (look.ticket() != null) {
                        level.keep(look.ticket(), "today", answer, until);
                    }
                    LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
                }
            }
            try (var handle = jdbi.open()) {
                IntFunction<Object> fromMemory = member -> memory.find(
                        members.get(member), "today", Clock.systemUTC().instant());
                IntFunction<Object> fromRedis =
                        member -> level.look(members.get(member), "today").answer();
                IntFunction<Object> fromPostgres = member -> IntStream.range(0, 2)
                        .mapToObj(database -> handle.createQuery("select body from answer where user_id = :who")
                                .bind("who", members.get(member).value())
                                .mapTo(String.class)
                                .one())
                        .toList();
                for (int round = 0; round <= ROUNDS; round++) {
                    String line = String.format(
                            Locale.ROOT,
                            "microseconds, p50 / p99: memory %s, Redis %s, PostgreSQL (two statements) %s",
                            measured(fromMemory),
                            measured(fromRedis),
                            measured(fromPostgres));
                    System.out.println(round == 0 ? "warm-up" : line);
                }
            }
            level.stop();
        }
    }

    private static String measured(IntFunction<Object> ask) {
        long[] took = new long[ASKED];
        int missing = 0;
        for (int i = 0; i < ASKED; i++) {
            int member = ThreadLocalRandom.current().nextInt(MEMBERS);
            long begun = System.nanoTime();
            Object answer = ask.apply(member);
            took[i] = System.nanoTime() - begun;
            missing += answer == null ? 1 : 0;
        }
        Arrays.sort(took);
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f (%d of %d missing)",
                took[ASKED / 2] / 1e3,
                took[ASKED * 99 / 100] / 1e3,
                missing,
                ASKED);
    }

    private static RedisLevel level(RedisServer redis, Vault vault) {
        MetricRegistry metrics = new MetricRegistry();
        return new RedisLevel(
                Jackson.newObjectMapper()
                        .convertValue(
                                JsonNodeFactory.instance.objectNode().put("url", redis.url()),
                                RedisConfiguration.class),
                "bench",
                new RedisLevel.Tools(
                        new Commands(new CommandsConfiguration(), metrics, Clock.systemUTC(), System::nanoTime),
                        metrics,
                        vault,
                        () -> true,
                        Clock.systemUTC(),
                        System::nanoTime));
    }
}
