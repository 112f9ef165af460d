package io.holisticos.app;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs at the start which routes are open, as a warning unless only this machine can reach them. */
final class OpenRoutes {

    private static final Logger log = LoggerFactory.getLogger(OpenRoutes.class);

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

    private OpenRoutes() {}

    static void tell(AccessConfiguration access, ServerFactory server) {
        if (access.existingRoutes != AccessConfiguration.ExistingRoutes.ENFORCE) {
            log.atLevel(isOnLoopback(server) ? Level.INFO : Level.WARN)
                    .log(
                            "event=existing_routes_open mode={} paths=/api/v1/health-metrics,/api/v1/sahha"
                                    + " warning=\"anyone who reaches this port reads Sahha data of any user\"",
                            access.existingRoutes);
        }
    }

    private static boolean isOnLoopback(ServerFactory server) {
        return server instanceof DefaultServerFactory known
                && known.getApplicationConnectors().stream()
                        .allMatch(connector -> connector instanceof HttpConnectorFactory http
                                && http.getBindHost() != null
                                && LOOPBACK.contains(http.getBindHost()));
    }
}
