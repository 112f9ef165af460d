package io.holisticos.app;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.request.logging.RequestLogFactory;
import org.eclipse.jetty.server.RequestLog;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Dropwizard's server that hold whatever {@code config.yml} says. Addresses hold OAuth codes and ids of
 * members, so nothing may print them.
 */
final class ServerDefaults {

    private ServerDefaults() {}

    static void applyTo(ServerFactory factory, boolean virtualThreads) {
        if (factory instanceof AbstractServerFactory server) {
            server.setEnableThreadNameFilter(
                    false); // it names threads by addresses on both ports, and layouts print the name
            server.setRequestLogFactory(
                    new NoRequestLog()); // it prints addresses; ours is io.holisticos.web.RequestLog
            server.setRegisterDefaultExceptionMappers(false); // Dropwizard's mappers would answer and log beside ours
            server.getGzipFilterFactory().setSyncFlush(true); // answers that come line by line would come in lumps
            if (virtualThreads) {
                server.setEnableVirtualThreads(true);
            }
        }
    }

    /** Dropwizard's request log, switched off. */
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
