package io.holisticos.outbound;

import java.net.URI;

/** Checks the base address of another system. */
public final class WebAddress {

    private static final int LAST_PORT = 65_535;

    private WebAddress() {}

    /** Whether it is http or https with a host, and without anything that must not be followed by a path. */
    public static boolean isUsable(URI address) {
        String scheme = address.getScheme();
        return ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))
                && address.getHost() != null
                && address.getRawUserInfo() == null
                && address.getRawQuery() == null
                && address.getRawFragment() == null
                && address.getPort() != 0
                && address.getPort() <= LAST_PORT;
    }
}
