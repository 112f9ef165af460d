package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adopting 100,000 rows, and giving them back, while others read and write them: nobody waits for two seconds. */
@Tag("deep")
@Tag("alone")
class AdoptionUnderLoadTest {

    private static final Logger log = LoggerFactory.getLogger(AdoptionUnderLoadTest.class);

    private static final Duration MOST = Duration.ofSeconds(2);

    private final TestDatabase database = SahhaTables.former("former-service.sql", "former-service-keys.sql");
    private final CountDownLatch migrated = new CountDownLatch(1);

    @Test
    void nobodyWaitsForTheMigrationNorForTheWayBack() throws Exception {
        fill();
        ExecutorService others = Executors.newFixedThreadPool(3);
        List<Future<Duration>> longest = new ArrayList<>();
        longest.add(others.submit(writer("""
                update scores set score = 0.5, updated_at = '2025-08-20T00:00:00Z' where profile_id = 'member-%1$d'
                    and type = 'sleep' and score_date_time < '2025-01-20';
                insert into scores (profile_id, type, score, data, score_date_time) values
                    ('member-%1$d', 'other', 0.4, '{}', timestamptz '2026-01-01' + %2$d * interval '1 minute')""")));
        longest.add(others.submit(writer("""
                insert into biomarkers (profile_id, category, type, data, start_date_time, end_date_time) values
                    ('member-%1$d', 'activity', 'floors', '{}', timestamptz '2026-01-01' + %2$d * interval '1 minute',
                     timestamptz '2026-01-02' + %2$d * interval '1 minute');
                select count(*) from archetypes where profile_id = 'member-%1$d'""")));
        longest.add(others.submit(slowReader()));

        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        long withoutDay = withoutDay();
        SahhaTables.rollBack(database, SahhaTables.CHANGELOG);
        migrated.countDown();

        others.shutdown();
        for (Future<Duration> one : longest) {
            Duration waited = one.get(1, TimeUnit.MINUTES);
            log.info("event=adoption_measured longest_wait_ms={}", waited.toMillis());
            assertThat(waited).isLessThan(MOST);
        }
        assertThat(withoutDay).isZero();
    }

    private void fill() throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into profiles (id) select 'member-' || n from generate_series(0, 99) n");
            statement.execute("""
                    insert into scores (profile_id, type, score, data, score_date_time)
                    select 'member-' || m, 'sleep', 0.7, jsonb_build_object('id', m, 'scoreDateTime', '2025-01-01T00:00:00-04:00',
                        'createdAtUtc', '2025-01-01T10:00:00Z'), timestamptz '2024-01-01T04:00:00Z' + d * interval '1 day'
                    from generate_series(0, 99) m, generate_series(0, 399) d""");
            statement.execute("""
                    insert into biomarkers (profile_id, category, type, data, start_date_time, end_date_time)
                    select 'member-' || m, 'activity', 'steps', jsonb_build_object('value', '1', 'periodicity', 'daily'),
                        timestamptz '2024-01-01T04:00:00Z' + d * interval '1 day',
                        timestamptz '2024-01-02T03:59:59Z' + d * interval '1 day'
                    from generate_series(0, 99) m, generate_series(0, 499) d""");
            statement.execute("""
                    insert into archetypes (profile_id, name, periodicity, value, data, start_date_time, end_date_time)
                    select 'member-' || m, 'sleep_pattern', 'weekly', 'early', '{}',
                        timestamptz '2020-01-01T04:00:00Z' + d * interval '7 days', timestamptz '2020-01-07T04:00:00Z' + d * interval '7 days'
                    from generate_series(0, 99) m, generate_series(0, 99) d""");
        }
    }

    private long withoutDay() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                                select (select count(*) from scores where day is null)
                                     + (select count(*) from biomarkers where day is null)
                                     + (select count(*) from archetypes where day is null)""").mapTo(Long.class).one());
    }

    /** Statement after statement; returns how long the slowest took. */
    private Callable<Duration> writer(String statements) {
        return () -> {
            long longest = 0;
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                for (int n = 0; migrated.getCount() > 0; n++) {
                    for (String one : statements.formatted(n % 100, n).split(";")) {
                        long begun = System.nanoTime();
                        statement.execute(one);
                        longest = Math.max(longest, System.nanoTime() - begun);
                    }
                }
            }
            return Duration.ofNanos(longest);
        };
    }

    /** Keeps each transaction open for a while, so that whoever wants the tables alone has to wait for it. */
    private Callable<Duration> slowReader() {
        return () -> {
            long longest = 0;
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                while (!migrated.await(300, TimeUnit.MILLISECONDS)) {
                    long begun = System.nanoTime();
                    statement.execute("select count(*) from scores where profile_id = 'member-1'");
                    statement.execute("select count(*) from biomarkers where profile_id = 'member-1'");
                    longest = Math.max(longest, System.nanoTime() - begun);
                    statement.execute("select pg_sleep(2.5)");
                    connection.commit();
                }
            }
            return Duration.ofNanos(longest);
        };
    }
}
