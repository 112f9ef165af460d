package io.holisticos.whoop.connect;

import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a browser says that a form came from a page of ours. No other page can make a browser say so. */
final class SameOrigin {

    private final String ours;

    SameOrigin(URI publicUrl) {
        this.ours = originOf(publicUrl);
    }

    /** Checks {@code Sec-Fetch-Site} and {@code Origin}: at least one has to be sent, and both have to agree if they are. */
    boolean isConfirmedBy(HttpHeaders headers) {
        return isConfirmed(headers.getHeaderString("Sec-Fetch-Site"), headers.getHeaderString("Origin"));
    }

    boolean isConfirmed(@Nullable String site, @Nullable String origin) {
        boolean named = origin != null && !origin.equals("null"); // what browsers send when they hide the origin
        if (site != null && !site.equals("same-origin")) {
            return false;
        }
        return named ? isOurs(origin) : site != null;
    }

    private boolean isOurs(@Nullable String origin) {
        return origin != null && ours.equals(origin.toLowerCase(Locale.ROOT));
    }

    /** The origin as browsers write it: without the default port of the scheme. */
    private static String originOf(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        boolean usual = address.getPort() == -1
                || ("https".equals(scheme) && address.getPort() == 443)
                || ("http".equals(scheme) && address.getPort() == 80);
        return scheme + "://" + host + (usual ? "" : ":" + address.getPort());
    }
}
