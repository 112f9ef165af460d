package io.holisticos.outbound;

import java.net.URI;

/** An address below which another system is called. */
public final class WebAddress {

    private static final int LAST_PORT = 65_535;

    private WebAddress() {}

    /** http or https with a host; nothing that would end up in the middle of the addresses made of it. */
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
