package io.holisticos.app.edge;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.InetAddressSet;

/**
 * Determines the client's address of a request. Only trusted proxies are believed: the addresses in {@code
 * X-Forwarded-For} and {@code Forwarded} (RFC 7239) are read from the right, as long as each belongs to a trusted
 * proxy. Thread-safe.
 */
final class TrustedProxies {

    private static final String FOR = "for=";

    private final InetAddressSet trusted = new InetAddressSet();

    /** @param proxies addresses, or ranges such as {@code 10.0.0.0/8}, that {@link #isRange} accepts */
    TrustedProxies(List<String> proxies) {
        trusted.addAll(proxies);
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
     * The client's address. A proxy passes on a header that it does not know as the client wrote it. When the two
     * headers do not agree, neither is believed.
     *
     * @param socket the address that is connected to us
     */
    InetAddress clientOf(InetAddress socket, HttpFields headers) {
        if (!trusted.test(socket)) {
            return socket;
        }
        List<String> forwardedFor =
                elements(headers, HttpHeader.X_FORWARDED_FOR).toList();
        List<String> forwarded = elements(headers, HttpHeader.FORWARDED)
                .map(TrustedProxies::forPart)
                .toList();
        List<InetAddress> told = new ArrayList<>();
        for (List<String> hops : List.of(forwardedFor, forwarded)) {
            if (!hops.isEmpty()) {
                told.add(lastUntrusted(socket, hops));
            }
        }
        return told.stream().distinct().count() == 1 ? told.get(0) : socket;
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

    private static String forPart(String element) {
        return Arrays.stream(element.split(";"))
                .map(String::strip)
                .filter(part -> part.toLowerCase(Locale.ROOT).startsWith(FOR))
                .findFirst()
                .map(part -> part.substring(FOR.length()).replace("\"", ""))
                .orElse("");
    }
}
