package io.holisticos.app.access;

import io.holisticos.app.edge.Edge;
import java.net.Inet6Address;
import java.net.InetAddress;

/** The network that an address is in: enough to find a caller of ours, and no address of a person. */
final class AddressPrefix {

    /** Stands for what is no address, and for all networks beyond those that are counted one by one. */
    static final String OTHER = "other";

    private AddressPrefix() {}

    /** The /24 of an IPv4 address, the /48 of an IPv6 address. */
    static String of(String address) {
        return Edge.address(address).map(AddressPrefix::of).orElse(OTHER);
    }

    private static String of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address
                ? "%x:%x:%x::/48".formatted(pair(bytes, 0), pair(bytes, 2), pair(bytes, 4))
                : "%d.%d.%d.0/24".formatted(bytes[0] & 0xff, bytes[1] & 0xff, bytes[2] & 0xff);
    }

    private static int pair(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
