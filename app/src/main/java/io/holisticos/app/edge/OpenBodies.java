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
 * The bodies on their way, oldest first. A well-behaved body is there for milliseconds: where there are too many, the
 * oldest gives way, so that who drips keeps nobody out. Thread-safe.
 *
 * @param <B> a body
 */
final class OpenBodies<B> {

    /** Whoever has one address of version 6 has a whole network of them, named by so many bytes. */
    private static final int NETWORK_BYTES = 8;

    private final int mostOfOneClient;
    private final int most;
    private final Set<B> all = new LinkedHashSet<>();
    private final Map<Object, Set<B>> byClient = new HashMap<>();
    private final Map<B, Object> clients = new HashMap<>();

    OpenBodies(int mostOfOneClient, int most) {
        this.mostOfOneClient = mostOfOneClient;
        this.most = most;
    }

    /** Who is counted together: an address, or for version 6 its network. */
    static Object clientOf(SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress socket) || socket.isUnresolved()) {
            return String.valueOf(remote);
        }
        InetAddress address = socket.getAddress();
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES)
                : address;
    }

    /** Lets one more in; returns the one that has to give way to it. */
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

    /** Does nothing for one that is not there. */
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
