package io.holisticos.web;

import java.net.URI;
import java.util.Locale;

/** Scheme, host and port as browsers write them: without the default port of the scheme (RFC 6454, section 6.2). */
public record Origin(String text) {

    public static Origin of(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        boolean usual = address.getPort() == -1
                || (scheme.equals("https") && address.getPort() == 443)
                || (scheme.equals("http") && address.getPort() == 80);
        return new Origin(scheme + "://" + host + (usual ? "" : ":" + address.getPort()));
    }

    /** Whether the value of header {@code Origin} names this one, to the letter: browsers write it in one way only. */
    public boolean isNamedBy(String header) {
        return text.equals(header);
    }
}
