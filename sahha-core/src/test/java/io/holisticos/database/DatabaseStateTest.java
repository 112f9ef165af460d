package io.holisticos.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.database.DatabaseState.Condition;
import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.Test;

/** Each trouble with a database is told from the others. */
class DatabaseStateTest {

    private final TestDatabase database = TestDatabase.empty();

    @Test
    void takesWrites() {
        assertThat(look(pool -> {}).condition()).isEqualTo(Condition.WRITABLE);
    }

    @Test
    void takesNoWrites() {
        DatabaseState state =
                look(pool -> pool.getDbProperties().setProperty("options", "-c default_transaction_read_only=on"));

        assertThat(state.condition()).isEqualTo(Condition.READ_ONLY);
        assertThat(state.words()).startsWith("the database is read-only: default_transaction_read_only");
    }

    @Test
    void hasNoConnectionLeft() {
        String role = "crowd_" + Long.toHexString(System.nanoTime());
        database.jdbi().useHandle(handle -> handle.execute("create role " + role + " login connection limit 0"));
        try {
            DatabaseState state = look(as(role));

            assertThat(state.condition()).isEqualTo(Condition.AWAY);
            assertThat(state.words()).startsWith("the database has no connection left (53300): ");
        } finally {
            database.jdbi().useHandle(handle -> handle.execute("drop role " + role));
        }
    }

    @Test
    void isNotThere() {
        assertThat(look(pool -> pool.setUrl(pool.getUrl().replace("?", "_other?")))
                        .words())
                .isEqualTo("no such database (3D000)");
    }

    @Test
    void letsNobodyIn() {
        assertThat(look(as("nobody_by_this_name")).words()).startsWith("password refused (28");
    }

    @Test
    void isAtAnotherAddress() {
        assertThat(look(pool -> pool.setUrl("jdbc:postgresql://127.0.0.1:1/none"))
                        .words())
                .isEqualTo("connection refused (08001)");
    }

    @Test
    void isAskedTooMuch() throws Exception {
        DataSource pool = pool();
        try (Connection busy = pool.getConnection()) {
            assertThat(busy.isClosed()).isFalse();
            assertThat(DatabaseState.of(pool).condition()).isEqualTo(Condition.BUSY);
        } finally {
            pool.close(true);
        }
    }

    private static Consumer<PoolProperties> as(String user) {
        return pool -> pool.setUrl(pool.getUrl().replace("user=postgres", "user=" + user));
    }

    private DatabaseState look(Consumer<PoolProperties> change) {
        DataSource pool = pool();
        try {
            change.accept((PoolProperties) pool.getPoolProperties());
            return DatabaseState.of(pool);
        } finally {
            pool.close(true);
        }
    }

    private DataSource pool() {
        PoolProperties properties = new PoolProperties();
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setUrl(database.url());
        properties.setInitialSize(0);
        properties.setMinIdle(0);
        properties.setMaxActive(1);
        properties.setMaxWait(10);
        properties.setTestOnConnect(true);
        properties.setValidator(new ConnectionCheck("test", Duration.ZERO));
        properties.setJdbcInterceptors(SteadyConnection.class.getName());
        return new DataSource(properties);
    }
}
