package io.holisticos.app;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.database.DatabaseRole;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once after the start, and at {@code check}, that the service connects to a database as a role that can do more than
 * it needs. The start does not wait for that: it is said when the database answers.
 */
final class RoleWarning implements Managed {

    private static final Logger log = LoggerFactory.getLogger(RoleWarning.class);

    private static final Duration RETRY = Duration.ofSeconds(5);

    private static final String ADVICE =
            "the service connects as %s: let it connect as a role that only reads and writes"
                    + " rows, as docs/postgresql-roles.md says";

    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(RoleWarning::daemon);
    private final String name;
    private final DataSource pool;
    private final Duration retry;
    private final Runnable afterwards;

    /** @param name of the database, as its health check has it */
    RoleWarning(String name, DataSource pool) {
        this(name, pool, RETRY, () -> {});
    }

    /** @param afterwards is told when the role was looked at */
    RoleWarning(String name, DataSource pool, Duration retry, Runnable afterwards) {
        this.name = name;
        this.pool = pool;
        this.retry = retry;
        this.afterwards = afterwards;
    }

    @Override
    public void start() {
        lookIn(Duration.ZERO);
    }

    @Override
    public void stop() {
        looks.shutdownNow();
    }

    private void lookIn(Duration delay) {
        if (!looks.isShutdown()) {
            ScheduledFuture<?> unused = looks.schedule(this::look, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        try {
            DatabaseRole.moreThanNeeded(pool)
                    .ifPresent(role -> log.warn(
                            "event=database_role_too_powerful database={} cause=\"{}\"", name, ADVICE.formatted(role)));
            looks.shutdown();
            afterwards.run();
        } catch (SQLException e) { // its health check says so
            lookIn(retry);
        }
    }

    /** One line about the role of a database. */
    static String inOneLine(String section, DataSource pool) throws SQLException {
        return section + ": "
                + DatabaseRole.moreThanNeeded(pool)
                        .map(ADVICE::formatted)
                        .orElse("the service connects as a role that only reads and writes rows");
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "database-role");
        thread.setDaemon(true);
        return thread;
    }
}
