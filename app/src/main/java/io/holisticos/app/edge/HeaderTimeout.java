package io.holisticos.app.edge;

import com.codahale.metrics.Meter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections on which the header section of a request arrives too slowly. Such connections hold no thread, but
 * each holds a file descriptor, and a client that sends a byte now and then would keep it for days.
 *
 * <p>One thread calls {@code sweep} again and again. Every request passes through this handler first: from the end of
 * its header section on, its connection is not slow, however its body arrives.
 */
final class HeaderTimeout extends Handler.Wrapper {

    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final Meter tooSlow;
    private final Map<Connection, Integer> requestsUnderWay = new ConcurrentHashMap<>();
    private Map<EndPoint, Standing> standings = new HashMap<>();

    HeaderTimeout(Duration patience, LongSupplier nanoTime, Meter tooSlow) {
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
        this.tooSlow = tooSlow;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Connection connection = request.getConnectionMetaData().getConnection();
        requestsUnderWay.merge(connection, 1, Integer::sum);
        Request.addCompletionListener(
                request, failure -> requestsUnderWay.computeIfPresent(connection, (key, n) -> n == 1 ? null : n - 1));
        return super.handle(request, response, callback);
    }

    void sweep(Iterable<? extends Connector> connectors) {
        Map<EndPoint, Standing> now = new HashMap<>();
        for (Connector connector : connectors) {
            for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                Connection connection = endPoint.getConnection();
                Connection talking = insideTls(connection);
                if (connection != null && talking != null && !requestsUnderWay.containsKey(talking)) {
                    now.put(endPoint, look(endPoint, connection.getBytesIn(), talking.getMessagesIn()));
                }
            }
        }
        standings = now; // without connections that are closed, or whose request is being worked on
    }

    /** The connection that separates one request from the next. */
    private static @Nullable Connection insideTls(@Nullable Connection connection) {
        return connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
    }

    private Standing look(EndPoint endPoint, long bytes, long requests) {
        Standing present = new Standing(requests, bytes, nanoTime.getAsLong());
        Standing before = standings.getOrDefault(endPoint, present);
        if (before.requests() != requests || before.bytes() == bytes) {
            return present;
        }
        if (present.at() - before.at() > patienceNanos) {
            tooSlow.mark();
            endPoint.close();
        }
        return before; // something of a request has arrived, and not yet the end of its header section
    }

    /** When a connection was last seen between two requests, and how much had arrived on it by then. */
    private record Standing(long requests, long bytes, long at) {}
}
