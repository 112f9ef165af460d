package io.holisticos.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.junit.jupiter.api.Test;

class ConnectionCheckTest {

    private static final ConnectionCheck CHECK = new ConnectionCheck("test", Duration.ZERO);

    private final TestDatabase database = TestDatabase.empty();

    @Test
    void aStatementIsPreparedByNameAtItsSecondExecutionOnANewConnection() throws SQLException {
        try (Connection connection = opened("")) {
            execute(connection, "select cast(? as int) + 1");
            execute(connection, "select cast(? as int) + 1");

            assertThat(preparedByName(connection, "select cast($1 as int) + 1")).isOne();
        }
    }

    @Test
    void checksOfAConnectionLeaveNoPreparedStatementBehind() throws SQLException {
        try (Connection connection = opened("")) {
            for (int i = 0; i < 10; i++) {
                assertThat(CHECK.validate(connection, PooledConnection.VALIDATE_BORROW))
                        .isTrue();
            }

            assertThat(count(connection, "select count(*) from pg_prepared_statements"))
                    .isZero();
        }
    }

    @Test
    void nothingIsPreparedByNameWhereTheDriverIsToldSo() throws SQLException {
        try (Connection connection = opened("&prepareThreshold=0")) {
            for (int i = 0; i < 10; i++) {
                execute(connection, "select cast(? as int) + 1");
            }

            assertThat(preparedByName(connection, "select cast($1 as int) + 1")).isZero();
        }
    }

    /** As a pool opens it. */
    private Connection opened(String options) throws SQLException {
        Connection connection = DriverManager.getConnection(database.url() + options);
        assertThat(CHECK.validate(connection, PooledConnection.VALIDATE_INIT)).isTrue();
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, 1);
            statement.execute();
        }
    }

    private static int preparedByName(Connection connection, String sql) throws SQLException {
        return count(connection, "select count(*) from pg_prepared_statements where statement = '" + sql + "'");
    }

    private static int count(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
