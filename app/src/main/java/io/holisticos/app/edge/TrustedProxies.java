package io.holisticos.app.edge;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.InetAddressSet;

/**
 * Determines the client's address of a request. Only trusted proxies are believed, and only in the header that they write
 * themselves: they pass on any other as the client wrote it. Its addresses are read from the right, as long as each belongs to
 * a trusted proxy. Thread-safe.
 */
final class TrustedProxies {

    private static final String FOR = "for=";
    private static final String PROTO = "proto=";

    private final InetAddressSet trusted = new InetAddressSet();
    private final ForwardedHeader written;

    /**
     * @param proxies addresses, or ranges such as {@code 10.0.0.0/8}, that {@link #isRange} accepts
     * @param written the header that they write
     */
    TrustedProxies(List<String> proxies, ForwardedHeader written) {
        trusted.addAll(proxies);
        this.written = written;
    }

    /** Whether the text is an address or a range of addresses in CIDR notation. */
    static boolean isRange(String text) {
        String address = text.replaceFirst("/\\d{1,3}$", "");
        if (address.contains("[") || Addresses.parse(address).isEmpty()) {
            return false; // a host name would be resolved
        }
        try {
            return new InetAddressSet().add(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The client's address.
     *
     * @param socket the address that is connected to us
     */
    InetAddress clientOf(InetAddress socket, HttpFields headers) {
        if (!trusted.test(socket)) {
            return socket;
        }
        Stream<String> hops = switch (written) {
            case X_FORWARDED_FOR -> elements(headers, HttpHeader.X_FORWARDED_FOR);
            case FORWARDED -> elements(headers, HttpHeader.FORWARDED).map(element -> part(FOR, element));
        };
        return lastUntrusted(socket, hops.toList());
    }

    /**
     * Whether the client speaks to a trusted proxy by https, as far as all proxies say so.
     *
     * @param socket the address that is connected to us
     */
    boolean sayHttps(InetAddress socket, HttpFields headers) {
        if (!trusted.test(socket)) {
            return false;
        }
        Stream<String> told = switch (written) {
            case X_FORWARDED_FOR -> elements(headers, HttpHeader.X_FORWARDED_PROTO);
            case FORWARDED -> elements(headers, HttpHeader.FORWARDED).map(element -> part(PROTO, element));
        };
        List<String> schemes = told.map(String::strip).toList();
        return !schemes.isEmpty() && schemes.stream().allMatch("https"::equalsIgnoreCase);
    }

    /**
     * The part before an address that cannot be read, such as {@code unknown}, does not come from a proxy we trust.
     */
    private InetAddress lastUntrusted(InetAddress socket, List<String> hops) {
        InetAddress client = socket;
        for (int i = hops.size() - 1; i >= 0 && trusted.test(client); i--) {
            Optional<InetAddress> hop = Addresses.parse(hops.get(i));
            if (hop.isEmpty()) {
                break;
            }
            client = hop.get();
        }
        return client;
    }

    /**
     * Splits at every comma, also inside quotes, so that a client cannot hide in its quotes what a proxy adds behind
     * them.
     */
    private static Stream<String> elements(HttpFields headers, HttpHeader name) {
        return headers.getValuesList(name).stream().flatMap(line -> Arrays.stream(line.split(",", -1)));
    }

    private static String part(String name, String element) {
        return Arrays.stream(element.split(";"))
                .map(String::strip)
                .filter(part -> part.toLowerCase(Locale.ROOT).startsWith(name))
                .findFirst()
                .map(part -> part.substring(name.length()).replace("\"", ""))
                .orElse("");
    }
}
