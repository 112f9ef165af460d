package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import java.util.stream.Stream;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Lets the system take little of an answer before its client does, as on a network with slow clients. On loopback it would take
 * megabytes, whoever reads.
 */
final class SmallBuffers {

    private static final int BYTES = 16_384;

    private SmallBuffers() {}

    static void of(Environment environment) {
        environment
                .lifecycle()
                .addServerLifecycleListener(server -> Stream.of(server.getConnectors())
                        .filter(ServerConnector.class::isInstance)
                        .map(ServerConnector.class::cast)
                        .forEach(connector -> connector.setAcceptedSendBufferSize(BYTES)));
    }
}
