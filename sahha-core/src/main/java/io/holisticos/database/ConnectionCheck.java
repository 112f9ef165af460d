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
 * Checks whether a connection of a pool may be lent: it answers, and its server accepts writes. JDBC's own check has a
 * timeout in seconds, which is too long. A connection that was just opened needs only to answer, because opening another
 * would not give a better one. Thread-safe.
 */
public final class ConnectionCheck implements Validator {

    /** How long the answer may take. A healthy server answers within milliseconds. */
    public static final Duration PATIENCE = Duration.ofMillis(400);

    private static final Logger log = LoggerFactory.getLogger(ConnectionCheck.class);

    /**
     * Statements are prepared by name at their second execution on a connection. Until then each execution is planned anew, and the
     * driver's default is the fifth: a connection that was just opened would plan its long statements five times, while callers
     * wait. Not at the first one: the driver would name this check each time, and close it only after a garbage collection.
     */
    private static final int PREPARED_AT = 2;

    private static final String BEHIND_POOLER = "event=database_behind_pooler pool={} prepared_statements=off"
            + " changes_of_other_replicas=polled statement_timeout=";

    private static final String CHECK = """
            select pg_backend_pid(), current_setting('transaction_read_only')::boolean,
                (extract(epoch from current_setting('statement_timeout')::interval) * 1000)::bigint""";

    private final String pool;
    private final Duration statementTimeout;
    private final AtomicBoolean poolerLogged = new AtomicBoolean();

    /**
     * @param pool the name of the pool, for log lines
     * @param statementTimeout the statement_timeout that the server was asked for
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
            boolean good = check(connection, action == PooledConnection.VALIDATE_INIT);
            connection.setNetworkTimeout(Runnable::run, before);
            return good;
        } catch (SQLException e) {
            log.debug("event=connection_dropped pool={} sql_state={}", pool, e.getSQLState());
            return false;
        }
    }

    private boolean check(Connection connection, boolean opened) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CHECK)) {
            row.next();
            if (opened) {
                prepareByName(connection, row.getInt(1), row.getLong(3));
                return true;
            }
            return !row.getBoolean(2);
        }
    }

    /** Soon; but never behind a pooler, which may pass each statement to another session. */
    private void prepareByName(Connection connection, int session, long timeoutMillis) throws SQLException {
        PGConnection driver = connection.unwrap(PGConnection.class);
        if (driver.getBackendPID() == session) {
            driver.setPrepareThreshold(Math.min(driver.getPrepareThreshold(), PREPARED_AT)); // 0 is off, and stays
            return;
        }
        driver.setPrepareThreshold(0);
        if (poolerLogged.compareAndSet(false, true)) {
            logPooler(timeoutMillis == statementTimeout.toMillis());
        }
    }

    private void logPooler(boolean limited) {
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
