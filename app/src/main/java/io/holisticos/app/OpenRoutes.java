package io.holisticos.app;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.holisticos.app.access.Mode;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Which routes are open, and to whom. Logged at the start, as a warning unless only this machine can reach them. */
final class OpenRoutes {

    private static final Logger log = LoggerFactory.getLogger(OpenRoutes.class);

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

    private OpenRoutes() {}

    static void tell(AccessConfiguration access, ServerFactory server) {
        boolean here = server instanceof DefaultServerFactory known && areOnLoopback(known.getApplicationConnectors());
        access.modes().forEach((group, mode) -> {
            if (mode != Mode.ENFORCE) {
                log.atLevel(here ? Level.INFO : Level.WARN)
                        .log(
                                "event=existing_routes_open mode={} paths=/api/v1/{}"
                                        + " warning=\"anyone who reaches this port reads Sahha data of any user\"",
                                mode,
                                group.word());
            }
        });
        if (!isAdminOnLoopback(server)) {
            log.info("event=admin_port_beyond_loopback Reads of it need a key with scope metrics or operator");
        }
    }

    /** Whether only this machine can reach the admin port. */
    static boolean isAdminOnLoopback(ServerFactory server) {
        return server instanceof DefaultServerFactory known && areOnLoopback(known.getAdminConnectors());
    }

    private static boolean areOnLoopback(List<ConnectorFactory> connectors) {
        return connectors.stream()
                .allMatch(connector -> connector instanceof HttpConnectorFactory http
                        && http.getBindHost() != null
                        && LOOPBACK.contains(http.getBindHost()));
    }
}
