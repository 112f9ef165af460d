package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jdbi3.JdbiFactory;
import io.holisticos.notice.ChangeNotices;
import java.time.Clock;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database with its pools, closed with the application.
 *
 * @param readers with limits inside the time of whoever waits for an answer
 * @param workers for what goes on in the background
 * @param notices what replicas tell each other by it
 */
record Database(Pool readers, Pool workers, ChangeNotices notices) {

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    /** One pool of connections. */
    record Pool(ManagedDataSource source, Jdbi jdbi) {}

    /**
     * Connects to nothing yet: the service also starts while a database is away. The health check of this name borrows
     * from the readers' pool.
     */
    static Database open(Environment environment, DatabaseConfiguration configuration, String name, Clock clock) {
        Pool readers = pool(environment, configuration, configuration.readers(environment.metrics(), name), name);
        String ofJobs = name + "-jobs";
        Pool workers = pool(environment, configuration, configuration.workers(environment.metrics(), ofJobs), ofJobs);
        environment.healthChecks().unregister(ofJobs); // the same database is checked already, in less time
        environment.healthChecks().unregister(name); // it says neither what is wrong nor that nothing can be written
        environment.healthChecks().register(name, new DatabaseCheck(readers.source()));
        return new Database(readers, workers, notices(environment, configuration, name, clock));
    }

    /** Says what servers need to have room for, in one line. */
    static void tellConnections(DatabaseConfiguration sahha, Optional<DatabaseConfiguration> whoop) {
        int ofWhoop = whoop.map(DatabaseConfiguration::mayOpen).orElse(0);
        log.info(
                "event=database_connections may_open={} sahha={} whoop={}",
                sahha.mayOpen() + ofWhoop,
                sahha.mayOpen(),
                ofWhoop);
    }

    private static ChangeNotices notices(
            Environment environment, DatabaseConfiguration configuration, String name, Clock clock) {
        ManagedDataSource source = configuration.notices(environment.metrics(), name + "-notices");
        ChangeNotices notices = new ChangeNotices(name, source, clock);
        environment.lifecycle().manage(source);
        environment.lifecycle().manage(notices); // ends before its pool does
        environment
                .metrics()
                .gauge("change_notices." + name + ".listening", () -> () -> notices.areListenedTo() ? 1 : 0);
        return notices;
    }

    private static Pool pool(
            Environment environment, DatabaseConfiguration configuration, ManagedDataSource source, String name) {
        return new Pool(source, ours(new JdbiFactory().build(environment, configuration, source, name)));
    }

    /** As every statement of ours is made. */
    static Jdbi ours(Jdbi jdbi) {
        // our statements have no placeholders but bound ones; to look for others costs more than many a statement
        jdbi.getConfig(SqlStatements.class).setTemplateEngine(TemplateEngine.NOP);
        // what is bound to a statement is health data: it must not travel in messages of exceptions
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        return jdbi;
    }
}
