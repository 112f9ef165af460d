package io.holisticos.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.apache.tomcat.jdbc.pool.Validator;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a connection of a pool may be given to somebody, found out in less time than JDBC can say, which counts seconds:
 * it answers, and its server takes writes. One that was just opened is good as soon as it answers, since there is no better.
 * Thread-safe.
 */
public final class ConnectionCheck implements Validator {

    /** A server on its feet answers within milliseconds; one that does not gets a new connection. */
    public static final Duration PATIENCE = Duration.ofMillis(400);

    private static final Logger log = LoggerFactory.getLogger(ConnectionCheck.class);

    private static final String BEHIND_POOLER = "event=database_behind_pooler pool={} prepared_statements=off"
            + " changes_of_other_replicas=polled statement_timeout=";

    private static final String LOOK = """
            select pg_backend_pid(), current_setting('transaction_read_only')::boolean,
                (extract(epoch from current_setting('statement_timeout')::interval) * 1000)::bigint""";

    private final String pool;
    private final Duration statementTimeout;
    private final AtomicBoolean poolerTold = new AtomicBoolean();

    /**
     * @param pool its name, for log lines
     * @param statementTimeout what the server was asked to hold statements to
     */
    public ConnectionCheck(String pool, Duration statementTimeout) {
        this.pool = pool;
        this.statementTimeout = statementTimeout;
    }

    @Override
    public boolean validate(Connection connection, int action) {
        try {
            int before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
            boolean good = look(connection, action == PooledConnection.VALIDATE_INIT);
            connection.setNetworkTimeout(Runnable::run, before);
            return good;
        } catch (SQLException e) {
            log.debug("event=connection_dropped pool={} sql_state={}", pool, e.getSQLState());
            return false;
        }
    }

    private boolean look(Connection connection, boolean opened) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LOOK)) {
            row.next();
            if (opened) {
                meet(connection, row.getInt(1), row.getLong(3));
                return true;
            }
            return !row.getBoolean(2);
        }
    }

    /** Each statement may reach another session of the server: what is prepared in one is not there in the next. */
    private void meet(Connection connection, int session, long heldToMillis) throws SQLException {
        PGConnection driver = connection.unwrap(PGConnection.class);
        if (driver.getBackendPID() == session) {
            return;
        }
        driver.setPrepareThreshold(0);
        if (poolerTold.compareAndSet(false, true)) {
            tell(heldToMillis == statementTimeout.toMillis());
        }
    }

    private void tell(boolean limited) {
        if (limited) {
            log.info(BEHIND_POOLER + "held", pool);
        } else {
            log.warn(
                    BEHIND_POOLER + "not_held do=\"set it for the database's user by alter role: the pooler drops the"
                            + " start-up parameter options\"",
                    pool);
        }
    }
}
