package io.holisticos.app.admin.hystrix;

import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream of server-sent events with a limited number of clients. Each tick is rendered once for all clients, and not
 * at all while there are none. Thread-safe.
 */
final class EventStream {

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private static final byte[] PING = "ping: \n\n".getBytes(StandardCharsets.UTF_8);

    private final int maxClients;
    private final Supplier<byte[]> messages;
    private final Semaphore free;
    private final Set<StreamClient> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param messages what to send at a tick, before its ping. May be empty */
    EventStream(int maxClients, Supplier<byte[]> messages) {
        this.maxClients = maxClients;
        this.messages = messages;
        this.free = new Semaphore(maxClients);
    }

    int maxClients() {
        return maxClients;
    }

    /** A place for one more client. Empty when all places are taken. The caller opens it or gives it back. */
    Optional<Place> reserve() {
        return !closed && free.tryAcquire() ? Optional.of(new Place()) : Optional.empty();
    }

    /** Sends the messages of one tick to all clients. Only one thread may call it. */
    void tick() {
        if (clients.isEmpty()) {
            return;
        }
        byte[] frame = withPing(rendered());
        for (StreamClient client : clients) {
            if (client.mayRead()) {
                client.offer(frame);
            } else {
                client.end();
            }
        }
    }

    /** Ends the responses of all clients, and refuses further ones, because the service is stopping. */
    void close() {
        closed = true;
        clients.forEach(StreamClient::end);
    }

    private byte[] rendered() {
        try {
            return messages.get();
        } catch (RuntimeException e) { // clients stay, because the next tick may succeed
            LOG.error("event=stream_tick_failed", e);
            return new byte[0];
        }
    }

    private static byte[] withPing(byte[] rendered) {
        byte[] frame = new byte[rendered.length + PING.length];
        System.arraycopy(rendered, 0, frame, 0, rendered.length);
        System.arraycopy(PING, 0, frame, rendered.length, PING.length);
        return frame;
    }

    /** One of the places of this stream. */
    final class Place {

        private final AtomicBoolean taken = new AtomicBoolean(true);

        private Place() {}

        /**
         * Sends the first bytes at once, so that the client knows that it is connected.
         *
         * @param mayRead asked at every tick; must not wait
         */
        void open(AsyncContext exchange, BooleanSupplier mayRead) throws IOException {
            StreamClient client = new StreamClient(exchange, mayRead, this::left);
            clients.add(client);
            client.start(PING);
            if (closed) {
                client.end();
            }
        }

        /** Gives the place back. Does nothing the second time. */
        void giveBack() {
            if (taken.compareAndSet(true, false)) {
                free.release();
            }
        }

        private void left(StreamClient client) {
            clients.remove(client);
            giveBack();
        }
    }
}
