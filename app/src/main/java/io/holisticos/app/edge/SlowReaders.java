package io.holisticos.app.edge;

import com.codahale.metrics.Meter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections whose client takes an answer too slowly. A thread, and a place of the route's group, wait until an answer
 * is taken, and a client that reads a few bytes now and then would keep both for hours. Jetty's own {@code
 * minResponseDataPerSecond} is read by nothing (12.1.14), and its idle timeout begins again with each byte.
 *
 * <p>Only the time counts in which the connection waits to write. An answer that is still being made is not read slowly, and
 * what the system's buffers took is taken. One thread calls {@code sweep} again and again.
 */
final class SlowReaders extends Handler.Wrapper {

    private static final Logger log = LoggerFactory.getLogger(SlowReaders.class);

    private static final long TOLD_AT_MOST_EVERY = TimeUnit.MINUTES.toNanos(1);

    /** An end point within an end point is TLS. */
    private static final int MOST_LAYERS = 3;

    private final AnswersConfiguration terms;
    private final LongSupplier nanoTime;
    private final Meter tooSlow;
    private final Set<UnderWay> underWay = ConcurrentHashMap.newKeySet();
    private Map<Connection, Standing> standings = new HashMap<>();
    private long untold;
    private long told;

    SlowReaders(AnswersConfiguration terms, LongSupplier nanoTime, Meter tooSlow) {
        this.terms = terms;
        this.nanoTime = nanoTime;
        this.tooSlow = tooSlow;
        this.told = nanoTime.getAsLong() - TOLD_AT_MOST_EVERY;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        UnderWay one = new UnderWay(
                request.getConnectionMetaData().getConnection(),
                request.getConnectionMetaData().getRemoteSocketAddress());
        underWay.add(one);
        Request.addCompletionListener(request, failure -> underWay.remove(one));
        return super.handle(request, response, callback);
    }

    void sweep() {
        Map<Connection, Standing> now = new HashMap<>();
        Map<Object, List<Slow>> slowByClient = new HashMap<>();
        for (UnderWay one : underWay) {
            Connection connection = one.connection();
            Standing before = standings.get(connection);
            Standing present = Standing.of(connection.getBytesOut(), nanoTime.getAsLong());
            if (isWaitingToWrite(connection.getEndPoint())) {
                now.put(connection, look(one, before == null ? present : before, present, slowByClient));
            } else if (before != null && present.bytes() > before.seen()) {
                now.put(connection, before.seenAt(present.bytes())); // between one piece and the next
            }
        }
        standings = now; // without connections that are not written to: their answer is being made
        slowByClient.values().forEach(this::closeBeyondThoseOfOneClient);
        tell();
    }

    private Standing look(UnderWay one, Standing before, Standing present, Map<Object, List<Slow>> slowByClient) {
        long nanos = present.at() - before.at();
        boolean isOver = nanos >= terms.within.toNanoseconds();
        if (!terms.isSlow(present.bytes() - before.bytes(), nanos)) {
            return isOver ? present : before.seenAt(present.bytes());
        }
        if (isOver) {
            close(one.connection());
        } else if (nanos >= terms.slowAfter.toNanoseconds() && one.isOfAKnownClient()) {
            slowByClient
                    .computeIfAbsent(PendingBodies.clientOf(one.client()), client -> new ArrayList<>())
                    .add(new Slow(one.connection(), nanos));
        }
        return before.seenAt(present.bytes());
    }

    private void closeBeyondThoseOfOneClient(List<Slow> slow) {
        slow.sort((one, other) -> Long.compare(other.nanos(), one.nanos()));
        slow.stream()
                .limit(Math.max(0, slow.size() - terms.slowOfOneClient))
                .forEach(oldest -> close(oldest.connection()));
    }

    private static boolean isWaitingToWrite(EndPoint endPoint) {
        return endPoint instanceof AbstractEndPoint writing
                && writing.getWriteFlusher().isPending();
    }

    /** By a reset, since the system would keep for minutes what it still has to send. */
    private void close(Connection connection) {
        EndPoint endPoint = connection.getEndPoint();
        Object transport = endPoint;
        for (int layer = 0; layer < MOST_LAYERS && transport instanceof EndPoint outer; layer++) {
            transport = outer.getTransport();
        }
        try {
            if (transport instanceof SocketChannel socket) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            log.debug("event=closed_meanwhile", e);
        }
        tooSlow.mark();
        untold++;
        endPoint.close(new EofException("the client takes the answer too slowly"));
    }

    /** One line a minute, however many there are. */
    private void tell() {
        long now = nanoTime.getAsLong();
        if (untold > 0 && now - told >= TOLD_AT_MOST_EVERY) {
            log.info("event=slow_readers_closed count={}", untold);
            untold = 0;
            told = now;
        }
    }

    /** A request whose answer is not complete. */
    private record UnderWay(Connection connection, SocketAddress client) {
        /** Everybody behind a proxy of this machine that nobody told us to trust has the same address. */
        boolean isOfAKnownClient() {
            return client instanceof InetSocketAddress socket
                    && !socket.isUnresolved()
                    && !socket.getAddress().isLoopbackAddress();
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private record Slow(Connection connection, long nanos) {}

    /**
     * When a connection began to wait.
     *
     * @param bytes how much had been handed to it by then
     * @param seen how much when it was looked at last
     */
    private record Standing(long bytes, long at, long seen) {
        static Standing of(long bytes, long at) {
            return new Standing(bytes, at, bytes);
        }

        Standing seenAt(long bytesNow) {
            return new Standing(bytes, at, bytesNow);
        }
    }
}
