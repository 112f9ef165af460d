package io.holisticos.app;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.apache.tomcat.jdbc.pool.Validator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a connection still answers, found out in less time than JDBC can say, which counts seconds. Public and without
 * arguments for the pool, which makes it.
 */
public final class QuickValidation implements Validator {

    /** A server on its feet answers within milliseconds; one that does not gets a new connection. */
    static final Duration PATIENCE = Duration.ofMillis(400);

    private static final Logger log = LoggerFactory.getLogger(QuickValidation.class);

    @Override
    public boolean validate(Connection connection, int action) {
        try {
            int before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
            try (Statement statement = connection.createStatement()) {
                statement.execute("select 1");
            }
            connection.setNetworkTimeout(Runnable::run, before);
            return true;
        } catch (SQLException e) {
            log.debug("event=connection_dropped reason={}", e.getSQLState());
            return false;
        }
    }
}
