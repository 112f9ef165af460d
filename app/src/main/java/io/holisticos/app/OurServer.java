package io.holisticos.app;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.request.logging.RequestLogFactory;
import org.eclipse.jetty.server.RequestLog;
import org.jspecify.annotations.Nullable;

/**
 * What holds of Dropwizard's server whatever {@code config.yml} says: addresses hold the codes of OAuth and the ids of
 * members, so nothing prints them.
 */
final class OurServer {

    private OurServer() {}

    static void settle(ServerFactory factory, boolean virtualThreads) {
        if (factory instanceof AbstractServerFactory server) {
            server.setEnableThreadNameFilter(
                    false); // on both ports it names threads by addresses, and layouts print it
            server.setRequestLogFactory(new NoRequestLog()); // prints addresses; ours is io.holisticos.web.RequestLog
            server.setRegisterDefaultExceptionMappers(false); // they would answer and log beside ours
            if (virtualThreads) {
                server.setEnableVirtualThreads(true);
            }
        }
    }

    /** Dropwizard's own, switched off. */
    private static final class NoRequestLog implements RequestLogFactory<RequestLog> {

        @Override
        public boolean isEnabled() {
            return false;
        }

        @Override
        public @Nullable RequestLog build(String name) {
            return null;
        }
    }
}
