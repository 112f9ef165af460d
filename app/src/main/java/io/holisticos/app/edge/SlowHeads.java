package io.holisticos.app.edge;

import com.codahale.metrics.Meter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;

/**
 * Closes connections on which the head of a request comes too slowly. They hold no thread, but each holds a descriptor of
 * the process, and a byte now and then would keep it for days. To be swept again and again, by one thread.
 */
final class SlowHeads {

    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final Meter tooSlow;
    private Map<EndPoint, Standing> standings = new HashMap<>();

    SlowHeads(Duration patience, LongSupplier nanoTime, Meter tooSlow) {
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
        this.tooSlow = tooSlow;
    }

    void sweep(Iterable<? extends Connector> connectors) {
        Map<EndPoint, Standing> now = new HashMap<>();
        for (Connector connector : connectors) {
            for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                Connection connection = endPoint.getConnection();
                if (connection != null) {
                    now.put(endPoint, look(endPoint, connection));
                }
            }
        }
        standings = now; // without those that are gone
    }

    private Standing look(EndPoint endPoint, Connection connection) {
        long requests = connection.getMessagesIn();
        Standing present = new Standing(requests, connection.getBytesIn(), nanoTime.getAsLong());
        Standing before = standings.getOrDefault(endPoint, present);
        boolean isWorkedOn = requests > connection.getMessagesOut();
        if (isWorkedOn || before.requests() != requests || before.bytes() == present.bytes()) {
            return present;
        }
        if (present.at() - before.at() > patienceNanos) {
            tooSlow.mark();
            endPoint.close();
        }
        return before; // something came of a request, and not yet the end of its head
    }

    /** When a connection was last seen between two requests, and what had come on it by then. */
    private record Standing(long requests, long bytes, long at) {}
}
