package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.command.CommandKey;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Call;
import io.holisticos.testing.AsInProduction;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.sql.Connection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How many calls a second the row of WHOOP's quota lets through, when 1, 2, 4 and 8 processes draw on it as fast as they can, on
 * a PostgreSQL that flushes every commit to disk. A process is a governor with a pool of its own: all that processes share is the
 * database. Judges only that no call is granted twice; the figures are for {@code docs/benchmarks.md}.
 */
@Tag("bench")
class HotRowBenchmark {

    private static final int SECONDS = Integer.getInteger("bench.seconds", 10);

    /** More than can be granted meanwhile: what is measured is the row. */
    private static final int NO_LIMIT = 200_000;

    @Test
    void printsGrantsPerSecond() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()) {
            migrate(postgres);
            String url = postgres.getJdbcUrl("postgres", "postgres");
            granted(url, 1); // warms up
            System.out.println("| processes | grants/s | refused by another's grant |\n|---|---|---|");
            for (int processes : List.of(1, 2, 4, 8)) {
                print(processes, granted(url, processes));
            }
        }
    }

    private record Result(long granted, long overtaken, double seconds) {}

    private static void print(int processes, Result result) {
        System.out.printf(
                Locale.ROOT,
                "| %d | %,.0f | %.0f %% |%n",
                processes,
                result.granted() / result.seconds(),
                100.0 * result.overtaken() / Math.max(1, result.granted()));
    }

    private static Result granted(String url, int processes) throws Exception {
        Jdbi look = pooled(url);
        new QuotaGovernor(look, Clock.systemUTC(), unlimited()).reset();
        long statementsBefore = rollbacksAndLocks(look);
        ExecutorService threads = Executors.newFixedThreadPool(processes);
        long begun = System.nanoTime();
        long end = begun + SECONDS * 1_000_000_000L;
        List<Callable<Long>> work = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            QuotaGovernor governor = new QuotaGovernor(pooled(url), Clock.systemUTC(), unlimited());
            Call call = Call.get(
                    new CommandKey("WHOOP_SLEEP"), new UserId("member-" + i), URI.create("http://127.0.0.1/v2"));
            work.add(() -> {
                long taken = 0;
                while (System.nanoTime() < end) {
                    governor.take(call);
                    taken++;
                }
                return taken;
            });
        }
        long granted = 0;
        for (Future<Long> one : threads.invokeAll(work)) {
            granted += one.get();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        threads.shutdown();
        long counted = look.withHandle(handle -> handle.createQuery("select granted from whoop_quota")
                .mapTo(Long.class)
                .one());
        assertThat(counted).isEqualTo(granted);
        return new Result(granted, rollbacksAndLocks(look) - statementsBefore, seconds);
    }

    /** Who was overtaken takes the lock: a transaction of several statements, each of which reads the row of the quota. */
    private static long rollbacksAndLocks(Jdbi look) {
        return look.withHandle(handle -> {
            handle.execute("select pg_stat_force_next_flush()");
            return handle.createQuery(
                            "select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) from pg_stat_user_tables where relname = 'whoop_quota_window'")
                    .mapTo(Long.class)
                    .one();
        });
    }

    private static QuotaConfiguration unlimited() {
        QuotaConfiguration configuration = new QuotaConfiguration();
        configuration.perMinute = NO_LIMIT;
        configuration.perDay = NO_LIMIT;
        return configuration;
    }

    private static void migrate(EmbeddedPostgres postgres) throws Exception {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Liquibase liquibase = new Liquibase(
                        "whoop-db/changelog.yaml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            liquibase.update(new Contexts());
        }
    }

    private static Jdbi pooled(String url) {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(url);
        properties.setUsername("postgres");
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setInitialSize(1);
        properties.setMinIdle(1);
        properties.setMaxIdle(2);
        properties.setMaxActive(2);
        return AsInProduction.statements(Jdbi.create(new DataSource(properties)));
    }
}
