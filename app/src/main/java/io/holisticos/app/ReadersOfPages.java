package io.holisticos.app;

import io.holisticos.app.edge.Edge;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who reads the pages that need no credential, and how much at once: somebody who takes answers slowly keeps a place for as long
 * as that, and must not keep everybody's. Thread-safe.
 */
final class ReadersOfPages {

    /** A browser opens so many connections to one host, and asks for all that a page loads by them. */
    private static final int CONNECTIONS_OF_A_BROWSER = 6;

    private final int ofOneClient;
    private final Map<Object, Integer> inside = new ConcurrentHashMap<>();

    /** @param ofOneClient how much a client may read at once; what one browser asks for is let in anyway */
    ReadersOfPages(int ofOneClient) {
        this.ofOneClient = Math.max(CONNECTIONS_OF_A_BROWSER, ofOneClient);
    }

    /**
     * Returns whether the client may read one more, which {@code leave} ends.
     *
     * @param address the client's; everybody behind a proxy of this machine that nobody told us to trust has the same, so there
     *     nobody is counted
     */
    boolean enter(String address) {
        if (isOfThisMachine(address)) {
            return true;
        }
        if (inside.merge(Edge.clientOf(address), 1, Integer::sum) <= ofOneClient) {
            return true;
        }
        leave(address);
        return false;
    }

    void leave(String address) {
        inside.computeIfPresent(Edge.clientOf(address), (client, count) -> count == 1 ? null : count - 1);
    }

    private static boolean isOfThisMachine(String address) {
        return Edge.address(address).filter(InetAddress::isLoopbackAddress).isPresent();
    }
}
