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

    private final TestDatabase database = TestDatabase.empty();

    @Test
    void aStatementIsPreparedByNameAtItsFirstExecutionOnANewConnection() throws SQLException {
        try (Connection connection = opened("")) {
            execute(connection, "select cast(? as int) + 1");

            assertThat(preparedByName(connection, "select cast($1 as int) + 1")).isOne();
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
        assertThat(new ConnectionCheck("test", Duration.ZERO).validate(connection, PooledConnection.VALIDATE_INIT))
                .isTrue();
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, 1);
            statement.execute();
        }
    }

    private static int preparedByName(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*) from pg_prepared_statements where statement = '" + sql + "'")) {
            row.next();
            return row.getInt(1);
        }
    }
}
