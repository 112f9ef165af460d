package io.holisticos.app;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jdbi3.JdbiFactory;
import io.holisticos.database.DatabaseState;
import io.holisticos.database.DatabaseState.Condition;
import io.holisticos.health.SourceName;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.vitals.SlowGauge;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database with its pools, which are closed with the application.
 *
 * @param readers for callers that wait for an answer; its limits lie within their time
 * @param workers for work in the background
 * @param notices how replicas tell each other of changes in this database
 */
record Database(Pool readers, Pool workers, ChangeNotices notices) {

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    /** A pool of connections. */
    record Pool(DataSource source, Jdbi jdbi) {}

    /**
     * Creates the pools and does not connect, since the service also starts while a database does not answer. The
     * health check of this name borrows a connection from the readers' pool.
     */
    static Database open(Environment environment, DatabaseConfiguration configuration, String name, Clock clock) {
        Pool readers = pool(environment, configuration, configuration.readers(environment.metrics(), name), name);
        String ofJobs = name + "-jobs";
        Pool workers = pool(environment, configuration, configuration.workers(environment.metrics(), ofJobs), ofJobs);
        environment.healthChecks().unregister(ofJobs); // the readers' pool checks the same database in less time
        environment
                .healthChecks()
                .unregister(name); // Dropwizard's says neither what is wrong nor that nothing can be written
        environment.healthChecks().register(name, new DatabaseCheck(readers.source()));
        show(environment.metrics(), readers.source(), name);
        return new Database(readers, workers, notices(environment, configuration, name, clock));
    }

    /** The gauges {@code databases.<name>.up} and {@code .writable}. */
    private static void show(MetricRegistry metrics, DataSource readers, String name) {
        SlowGauge<Condition> state =
                new SlowGauge<>(ASK_AGAIN, () -> DatabaseState.of(readers).condition());
        Gauge<Integer> up =
                () -> state.getValue().filter(found -> found != Condition.AWAY).isPresent() ? 1 : 0;
        Gauge<Integer> writable = () -> state.getValue()
                        .filter(found -> found == Condition.WRITABLE || found == Condition.BUSY)
                        .isPresent()
                ? 1
                : 0;
        metrics.gauge("databases." + name + ".up", () -> up);
        metrics.gauge("databases." + name + ".writable", () -> writable);
    }

    /** This database with one pool that is opened already, and whose changes no replica is told. */
    static Database of(DataSource source, String name, Clock clock) {
        Pool pool = new Pool(source, ours(new Configured().of(source)));
        return new Database(pool, pool, new ChangeNotices(name, source, clock));
    }

    /**
     * Logs in one line how many connections the servers need to have room for.
     *
     * @param bySource how many the database of each source may open
     */
    static void tellConnections(Map<SourceName, Integer> bySource) {
        StringBuilder fields = new StringBuilder("event=database_connections may_open={}");
        List<Object> counts = new ArrayList<>();
        counts.add(bySource.values().stream().mapToInt(Integer::intValue).sum());
        bySource.forEach((source, count) -> { // the layout makes fields of the names in the text, not in its arguments
            fields.append(' ').append(source.value()).append("={}");
            counts.add(count);
        });
        log.info(fields.toString(), counts.toArray());
    }

    private static ChangeNotices notices(
            Environment environment, DatabaseConfiguration configuration, String name, Clock clock) {
        ManagedDataSource source = configuration.notices(environment.metrics(), name + "-notices");
        ChangeNotices notices = new ChangeNotices(name, source, clock);
        environment.lifecycle().manage(source);
        environment.lifecycle().manage(notices); // stopped before its pool is closed
        environment
                .metrics()
                .gauge("change_notices." + name + ".listening", () -> () -> notices.areListenedTo() ? 1 : 0);
        return notices;
    }

    private static Pool pool(
            Environment environment, DatabaseConfiguration configuration, ManagedDataSource source, String name) {
        return new Pool(source, ours(new JdbiFactory().build(environment, configuration, source, name)));
    }

    /** Dropwizard's own settings, for a source of connections that it does not manage. */
    private static final class Configured extends JdbiFactory {
        Jdbi of(DataSource source) {
            Jdbi jdbi = Jdbi.create(source);
            configure(jdbi);
            return jdbi;
        }
    }

    /** The settings of all our statements. */
    static Jdbi ours(Jdbi jdbi) {
        // our statements have bound parameters only; parsing them for others costs more than many statements
        jdbi.getConfig(SqlStatements.class).setTemplateEngine(TemplateEngine.NOP);
        // bound values are health data, which must not appear in messages of exceptions
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        return jdbi;
    }
}
