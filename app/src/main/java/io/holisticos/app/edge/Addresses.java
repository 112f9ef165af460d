package io.holisticos.app.edge;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads addresses that are written as numbers; names are never looked up. */
final class Addresses {

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String V4 = OCTET + "(?:\\." + OCTET + "){3}";

    /** Two colons at least: one alone parts a name from its port. */
    private static final String V6 = "[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{0,40}";

    /** With or without a port, as proxies and browsers write them. */
    private static final Pattern LITERAL =
            Pattern.compile("(" + V4 + ")(?::\\d{1,5})?|\\[(" + V6 + ")](?::\\d{1,5})?|(" + V6 + ")");

    private Addresses() {}

    /** Empty for whatever is not an address, such as a name or {@code unknown}. */
    static Optional<InetAddress> parse(String text) {
        Matcher literal = LITERAL.matcher(text.strip());
        if (!literal.matches()) {
            return Optional.empty();
        }
        String v4 = literal.group(1);
        String v6 = literal.group(2) == null ? literal.group(3) : literal.group(2);
        try {
            return Optional.of(InetAddress.getByName(v4 == null ? '[' + v6 + ']' : v4));
        } catch (UnknownHostException e) { // as 1::2::3
            return Optional.empty();
        }
    }
}
