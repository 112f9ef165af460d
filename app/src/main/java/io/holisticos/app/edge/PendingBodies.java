package io.holisticos.app.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The bodies that are being received, oldest first. The body of a well-behaved client arrives within milliseconds, so
 * when there are too many, the oldest is given up. A client that sends slowly therefore keeps nobody out. Thread-safe.
 *
 * @param <B> a body
 */
final class PendingBodies<B> {

    /** A client with one IPv6 address has a whole network of them, which these first bytes name. */
    private static final int NETWORK_BYTES = 8;

    private final int mostOfOneClient;
    private final int most;
    private final Set<B> all = new LinkedHashSet<>();
    private final Map<Object, Set<B>> byClient = new HashMap<>();
    private final Map<B, Object> clients = new HashMap<>();

    PendingBodies(int mostOfOneClient, int most) {
        this.mostOfOneClient = mostOfOneClient;
        this.most = most;
    }

    /** What is counted as one client: an IPv4 address, or the network of an IPv6 address. */
    static Object clientOf(SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress socket) || socket.isUnresolved()) {
            return String.valueOf(remote);
        }
        return clientOf(socket.getAddress());
    }

    /** The same for an address. */
    static Object clientOf(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES)
                : address;
    }

    /** Adds a body. Returns the one that has to be given up for it. */
    synchronized Optional<B> enter(Object client, B body) {
        all.add(body);
        clients.put(body, client);
        Set<B> own = byClient.computeIfAbsent(client, key -> new LinkedHashSet<>());
        own.add(body);
        Set<B> crowd = own.size() > mostOfOneClient ? own : all.size() > most ? all : Set.of();
        Optional<B> oldest = crowd.stream().findFirst();
        oldest.ifPresent(this::leave);
        return oldest;
    }

    /** Removes a body. Does nothing when it is not there. */
    synchronized void leave(B body) {
        Object client = clients.remove(body);
        if (client == null) {
            return;
        }
        all.remove(body);
        byClient.computeIfPresent(client, (key, own) -> {
            own.remove(body);
            return own.isEmpty() ? null : own;
        });
    }

    synchronized int size() {
        return all.size();
    }
}
