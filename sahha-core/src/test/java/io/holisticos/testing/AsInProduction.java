package io.holisticos.testing;

import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;

/** What {@code config.yml} and the app see to, for tests that start something smaller: addresses and values stay out of logs. */
public final class AsInProduction {

    private AsInProduction() {}

    /** No access log beside our own line for each request: it would hold whole addresses. */
    public static void logs(Configuration configuration) {
        LogbackAccessRequestLogFactory none = new LogbackAccessRequestLogFactory();
        none.setAppenders(List.of());
        ((AbstractServerFactory) configuration.getServerFactory()).setRequestLogFactory(none);
    }

    /** What is bound to a statement does not travel in messages of exceptions. */
    public static Jdbi statements(Jdbi jdbi) {
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        return jdbi;
    }
}
