package io.holisticos.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool on a real server that ends sessions, takes no writes and forgets what was prepared. */
class SteadyConnectionTest {

    private static final int ALL = 4;
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final TestDatabase database = TestDatabase.empty();
    private DataSource pool;
    private Jdbi jdbi;

    @BeforeEach
    void open() {
        database.jdbi().useHandle(handle -> handle.execute("create table event (id integer primary key)"));
        pool = pool(ALL);
        jdbi = Jdbi.create(pool);
    }

    @AfterEach
    void close() {
        pool.close(true);
    }

    @Test
    void everyReadAfterAllSessionsWereEndedIsAnswered() throws Exception {
        fillPool();
        endSessions();

        for (int i = 0; i < ALL; i++) {
            int answer = jdbi.withHandle(handle -> handle.createQuery("select :n + 1")
                    .bind("n", 41)
                    .mapTo(Integer.class)
                    .one());
            assertThat(answer).isEqualTo(42);
        }
    }

    @Test
    void everyTransactionThatBeginsAfterThemTakesPlaceOnce() throws Exception {
        fillPool();
        endSessions();

        for (int i = 0; i < ALL; i++) {
            int id = i;
            jdbi.useTransaction(handle -> {
                handle.execute("insert into event values (?)", id);
                handle.execute("insert into event values (?)", id + 100);
            });
        }

        assertThat(events()).isEqualTo(2 * ALL);
    }

    @Test
    void everyLoneWriteAfterThemTakesPlaceOnce() throws Exception {
        fillPool();
        endSessions();

        for (int i = 0; i < ALL; i++) {
            int id = i;
            jdbi.useHandle(handle -> handle.execute("insert into event values (?)", id));
        }

        assertThat(events()).isEqualTo(ALL);
    }

    @Test
    void everyWriteThatFollowsACheckInOneStatementTakesPlaceOnce() throws Exception {
        fillPool();
        endSessions();

        for (int i = 0; i < ALL; i++) {
            int id = i;
            jdbi.useHandle(handle -> handle.execute("""
                    select 1 / count(*) from (select 1) as allowed;
                    select pg_advisory_xact_lock(1);
                    insert into event values (?)""", id));
        }

        assertThat(events()).isEqualTo(ALL);
    }

    @Test
    void everyBatchAfterThemTakesPlaceOnce() throws Exception {
        fillPool();
        endSessions();

        for (int i = 0; i < ALL; i++) {
            int id = i;
            jdbi.useHandle(handle -> handle.prepareBatch("insert into event values (?)")
                    .add(id)
                    .add(id + 100)
                    .execute());
        }

        assertThat(events()).isEqualTo(2 * ALL);
    }

    @Test
    void aTransactionThatHasDoneSomethingIsNotContinuedOnAnotherConnection() {
        assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                    handle.execute("insert into event values (1)");
                    endSessions();
                    handle.execute("insert into event values (2)");
                }))
                .isInstanceOf(JdbiException.class);

        assertThat(events()).isZero();
        assertThat(pool.getSize()).isZero();
    }

    @Test
    void norIsOneWhoseFirstStatementWasRefused() {
        assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                    assertThatThrownBy(() -> handle.execute("insert into event values (null)"))
                            .isInstanceOf(JdbiException.class);
                    endSessions();
                    handle.execute("insert into event values (2)");
                }))
                .isInstanceOf(JdbiException.class);

        assertThat(events()).isZero();
    }

    @Test
    void norOneWithASavepoint() {
        assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                    handle.savepoint("here");
                    endSessions();
                    handle.execute("insert into event values (2)");
                }))
                .isInstanceOf(JdbiException.class);

        assertThat(events()).isZero();
    }

    @Test
    void aReadThatIsEndedUnderWayIsRepeatedOnce() {
        CompletableFuture<Void> end = endWhenAsleep("insert into event values (1)");

        int slept = jdbi.withHandle(
                handle -> handle.createQuery("""
                        select count(*) from (
                            select pg_sleep(30) where not exists (select from event)) asleep""").mapTo(Integer.class).one());

        end.join();
        assertThat(slept).isZero();
    }

    @Test
    void aLoneWriteThatIsEndedUnderWayIsNot() {
        CompletableFuture<Void> end = endWhenAsleep("select 1");

        assertThatThrownBy(
                        () -> jdbi.useHandle(handle -> handle.execute("insert into event select 1 from pg_sleep(30)")))
                .isInstanceOf(JdbiException.class);

        end.join();
        assertThat(pool.getSize()).isZero();
    }

    @Test
    void unlessItIsIdempotent() {
        AtomicInteger times = new AtomicInteger();
        CompletableFuture<Void> end = endWhenAsleep("select 1");

        int saved = Idempotent.work(() -> jdbi.withHandle(handle -> handle.execute(
                times.incrementAndGet() == 1
                        ? "insert into event select 1 from pg_sleep(30) on conflict do nothing"
                        : "insert into event values (1) on conflict do nothing")));

        end.join();
        assertThat(saved).isEqualTo(1);
        assertThat(times).hasValue(2);
    }

    @Test
    void aConnectionThatBreaksWhileRowsAreFetchedNeverGoesBack() throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    connection.prepareStatement("select repeat('x', 1000) from generate_series(1, 100000)")) {
                statement.setFetchSize(10);
                ResultSet rows = statement.executeQuery();
                rows.next();
                endSessions();

                assertThatThrownBy(() -> {
                            while (rows.next()) {
                                rows.getString(1);
                            }
                        })
                        .isInstanceOf(SQLException.class);
            }
        }

        assertThat(pool.getSize()).isZero();
    }

    @Test
    void whatWasReadOnlyTakesWritesAgainAsSoonAsTheServerDoes() throws Exception {
        readOnly(true);
        fillPool();
        assertThatThrownBy(() -> jdbi.useHandle(handle -> handle.execute("insert into event values (1)")))
                .isInstanceOf(JdbiException.class);
        readOnly(false);

        for (int i = 0; i < ALL; i++) {
            int id = i;
            jdbi.useTransaction(handle -> handle.execute("insert into event values (?)", id));
        }
        assertThat(events()).isEqualTo(ALL);
    }

    @Test
    void aConnectionThatMeetsAReadOnlyServerLateInItsTransactionIsDropped() {
        assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                    handle.createQuery("select 1").mapTo(Integer.class).one();
                    handle.execute("set local transaction_read_only = on");
                    handle.execute("insert into event values (1)");
                }))
                .isInstanceOf(JdbiException.class);

        assertThat(pool.getSize()).isZero();
    }

    @Test
    void aReadOnlyConnectionIsExchangedWhenItIsLookedAt() throws Exception {
        pool.setValidationInterval(0);
        readOnly(true);
        int before = session();
        readOnly(false);

        assertThat(session()).isNotEqualTo(before);
    }

    @Test
    void preparedStatementsThatTheServerForgotArePreparedAgain() throws Exception {
        pool.close(true);
        pool = pool(1);
        jdbi = Jdbi.create(pool);
        try (Connection connection = pool.getConnection()) {
            for (int i = 0; i < 10; i++) { // after five the driver prepares it by name
                connection.prepareStatement("select 1").executeQuery();
            }
            connection.createStatement().execute("do $$ begin execute 'deallocate all'; end $$");

            try (PreparedStatement again = connection.prepareStatement("select 1")) {
                assertThat(again.executeQuery().next()).isTrue();
            }
        }
    }

    @Test
    void aStatementThatFailsByItselfKeepsItsConnection() {
        int before = session();

        assertThatThrownBy(() -> jdbi.useHandle(handle -> {
                    handle.execute("set statement_timeout = 50");
                    try {
                        handle.execute("select pg_sleep(5)");
                    } finally {
                        handle.execute("reset statement_timeout");
                    }
                }))
                .isInstanceOf(JdbiException.class);

        assertThat(session()).isEqualTo(before);
    }

    @Test
    void theConnectionThatTakesItsPlaceHasTheSameSettings() throws Exception {
        fillPool();
        endSessions();

        String isolation = jdbi.inTransaction(
                TransactionIsolationLevel.SERIALIZABLE,
                handle -> handle.createQuery("show transaction_isolation")
                        .mapTo(String.class)
                        .one());

        assertThat(isolation).isEqualTo("serializable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "\n  SELECT 1",
                "with a as (select 1) select * from a",
                "select updated_at, deleted from t"
            })
    void reads(String sql) {
        assertThat(StatementText.hasNoSideEffects(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into t values (1)",
                "with a as (delete from t returning id) select * from a",
                "select 1 / count(*) from t;\nupdate t set a = 1",
                "select pg_notify('a', 'b')",
                "select pg_try_advisory_lock (1)",
                "select job_wake_up('a', 'b', null, null)",
                "-- select\nupdate t set a = 1",
                "listen a",
                ""
            })
    void whatMayLeaveSomethingBehind(String sql) {
        assertThat(StatementText.hasNoSideEffects(sql)).isFalse();
    }

    private DataSource pool(int size) {
        PoolProperties properties = new PoolProperties();
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setUrl(database.url());
        properties.setInitialSize(0);
        properties.setMinIdle(0);
        properties.setMaxActive(size);
        properties.setTestOnBorrow(true);
        properties.setTestOnConnect(true);
        properties.setValidationInterval(BOUND.toMillis()); // found good a moment ago: not looked at again
        properties.setValidator(new ConnectionCheck("test", Duration.ZERO));
        properties.setJdbcInterceptors(SteadyConnection.class.getName());
        properties.getDbProperties().setProperty("ApplicationName", "steady");
        return new DataSource(properties);
    }

    private void fillPool() throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < ALL; i++) {
            all.add(pool.getConnection());
        }
        for (Connection one : all) {
            one.close();
        }
        assertThat(pool.getIdle()).isEqualTo(ALL);
    }

    private int session() {
        return jdbi.withHandle(handle -> handle.createQuery("select pg_backend_pid()")
                .mapTo(Integer.class)
                .one());
    }

    private int events() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from event")
                        .mapTo(Integer.class)
                        .one());
    }

    /** For sessions that begin from now on. */
    private void readOnly(boolean on) {
        database.jdbi().useHandle(handle -> {
            String name = handle.createQuery("select current_database()")
                    .mapTo(String.class)
                    .one();
            handle.execute("set default_transaction_read_only = off");
            handle.execute("alter database " + name + " set default_transaction_read_only = " + on);
        });
    }

    private void endSessions() {
        database.jdbi()
                .useHandle(
                        handle -> handle.createQuery("""
                        select pg_terminate_backend(pid, 10000) from pg_stat_activity
                        where datname = current_database() and application_name = 'steady'""").mapTo(Boolean.class).list());
    }

    /** Ends the first session that sleeps, after this was done. */
    private CompletableFuture<Void> endWhenAsleep(String before) {
        return CompletableFuture.runAsync(() -> database.jdbi().useHandle(handle -> {
            long end = System.nanoTime() + BOUND.toNanos();
            while (System.nanoTime() < end && asleep(handle).isEmpty()) {
                Thread.onSpinWait();
            }
            handle.execute(before);
            asleep(handle)
                    .forEach(one -> handle.createQuery("select pg_terminate_backend(:one, 10000)")
                            .bind("one", one)
                            .mapTo(Boolean.class)
                            .one());
        }));
    }

    private static List<Integer> asleep(Handle handle) {
        return handle.createQuery("""
                        select pid from pg_stat_activity
                        where datname = current_database() and application_name = 'steady' and wait_event = 'PgSleep'""").mapTo(Integer.class).list();
    }
}
