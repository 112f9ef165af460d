package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.holisticos.jobs.Jobs;
import io.holisticos.jobs.JobsConfiguration;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
 * What it costs to look for due jobs among 100,000 and a million of them, by db-scheduler as it is configured: the time of one look
 * that finds nothing, and jobs begun and ended a second when 2,000 are due, on a PostgreSQL that flushes every commit to disk.
 * Judges only that all of them run; the figures are for {@code docs/benchmarks.md}.
 */
@Tag("bench")
class PollingBenchmark {

    private static final int DUE = 2_000;

    @Test
    void printsTheCostOfPolling() throws Exception {
        System.out.println("| jobs | one look that finds nothing, ms | jobs run/s |\n|---|---|---|");
        for (int jobs : List.of(100_000, 1_000_000)) {
            try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                    .start()) {
                migrate(postgres);
                DataSource pool = pooled(postgres.getJdbcUrl("postgres", "postgres"));
                measure(Jdbi.create(pool), pool, jobs);
                pool.close(true);
            }
        }
    }

    private static void measure(Jdbi jdbi, DataSource pool, int jobs) throws InterruptedException {
        jdbi.useHandle(handle -> {
            handle.execute("create extension pg_stat_statements");
            handle.execute("""
                    insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                    select 'bench-member', 'member-' || g, timestamptz '2100-01-01Z' + g * interval '1 second', false, 1
                    from generate_series(1, ?) g""", jobs);
            handle.execute("vacuum analyze scheduled_tasks");
        });
        CountDownLatch left = new CountDownLatch(DUE);
        Task<?> task = Tasks.oneTime("bench-member").execute((instance, context) -> left.countDown());
        Jobs running =
                Jobs.of("a-replica").make(pool, new JobsConfiguration(), Clock.systemUTC(), List.of(task), List.of());
        running.start();
        jdbi.useHandle(handle -> handle.execute("select pg_stat_statements_reset()"));
        for (int i = 0; i < 200; i++) { // looks of their own beside those by the clock
            running.lookSoon();
            LockSupport.parkNanos(20_000_000);
        }
        double look = jdbi.withHandle(
                handle -> handle.createQuery("""
                        select sum(total_exec_time) / sum(calls) from pg_stat_statements
                        where query ~* 'scheduled_tasks' and query ~* 'skip locked'""").mapTo(Double.class).one());
        long begun = System.nanoTime();
        jdbi.useHandle(handle -> handle.execute("""
                update scheduled_tasks set execution_time = timestamptz '2000-01-01Z'
                where task_instance in (select 'member-' || g from generate_series(1, ?) g)""", DUE));
        running.lookSoon();
        assertThat(left.await(5, TimeUnit.MINUTES)).isTrue();
        double seconds = (System.nanoTime() - begun) / 1e9;
        running.stop();
        System.out.printf(Locale.ROOT, "| %,d | %.2f | %,.0f |%n", jobs, look, DUE / seconds);
    }

    private static void migrate(EmbeddedPostgres postgres) throws Exception {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Liquibase liquibase = new Liquibase(
                        "whoop-db/changelog.yaml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            liquibase.update(new Contexts());
        }
    }

    private static DataSource pooled(String url) {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(url);
        properties.setUsername("postgres");
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setMaxActive(6); // as whoopDatabase.jobs
        return new DataSource(properties);
    }
}
