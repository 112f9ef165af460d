package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jdbi3.JdbiFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;

/** One database with its pool, closed with the application; its health check has the same name. */
record Database(ManagedDataSource source, Jdbi jdbi) {

    /** Connects to nothing yet: the service also starts while a database is away. */
    static Database open(Environment environment, DataSourceFactory configuration, String name) {
        ManagedDataSource source = configuration.build(environment.metrics(), name);
        Jdbi jdbi = new JdbiFactory().build(environment, configuration, source, name);
        // what is bound to a statement is health data: it must not travel in messages of exceptions
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        return new Database(source, jdbi);
    }
}
