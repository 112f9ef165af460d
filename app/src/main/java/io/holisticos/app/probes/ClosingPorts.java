package io.holisticos.app.probes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the ports of the API before the server stops. A server that stops answers 503 to what still comes on connections that
 * are open; here it is answered as ever.
 */
final class ClosingPorts {

    /** The name that Dropwizard gives the connectors of the admin port. */
    private static final String ADMIN = "admin";

    /** While connections that are kept stay open: a proxy learns meanwhile that no new ones are taken, and leaves them alone. */
    private static final Duration KEPT_OPEN = Duration.ofSeconds(1);

    /** Connections close once they are idle. Responses that take longer have the server's own time for it. */
    private static final Duration ENOUGH = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(ClosingPorts.class);

    private ClosingPorts() {}

    /** Takes no new connections, and waits for those that are open, for a bounded time. */
    static void close(Server server) {
        List<Connector> ofApi = Stream.of(server.getConnectors())
                .filter(connector -> !ADMIN.equals(connector.getName()))
                .toList();
        for (Connector connector : ofApi) {
            if (connector instanceof NetworkConnector port) {
                port.close();
            }
        }
        await(KEPT_OPEN);
        CompletableFuture<?>[] closed = ofApi.stream().map(Connector::shutdown).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(closed).get(ENOUGH.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("event=connections_left", e);
        }
    }

    /** Shorter where the thread is interrupted. */
    static void await(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
