package io.holisticos.app.edge;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses IP addresses in their numeric form. Host names are never resolved. */
final class Addresses {

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String V4 = OCTET + "(?:\\." + OCTET + "){3}";

    /** At least two colons, because a single one separates a host from its port. */
    private static final String V6 = "[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{0,40}";

    /** The IP address of a text with or without a port, in the forms that proxies and browsers write. */
    private static final Pattern LITERAL =
            Pattern.compile("(" + V4 + ")(?::\\d{1,5})?|\\[(" + V6 + ")](?::\\d{1,5})?|(" + V6 + ")");

    private Addresses() {}

    /** Empty for anything that is not an IP address, such as a host name or {@code unknown}. */
    static Optional<InetAddress> parse(String text) {
        Matcher literal = LITERAL.matcher(text.strip());
        if (!literal.matches()) {
            return Optional.empty();
        }
        String v4 = literal.group(1);
        String v6 = literal.group(2) == null ? literal.group(3) : literal.group(2);
        try {
            return Optional.of(InetAddress.getByName(v4 == null ? '[' + v6 + ']' : v4));
        } catch (UnknownHostException e) { // such as 1::2::3
            return Optional.empty();
        }
    }
}
