package io.holisticos.whoop.connect;

import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a browser says that a form came from a page of ours. No page can make it say so for another. */
final class SameOrigin {

    private final String ours;

    SameOrigin(URI publicUrl) {
        this.ours = originOf(publicUrl);
    }

    /** By {@code Sec-Fetch-Site} and {@code Origin}: whichever is there has to agree, and one has to be. */
    boolean isSaidBy(HttpHeaders headers) {
        return isSaid(headers.getHeaderString("Sec-Fetch-Site"), headers.getHeaderString("Origin"));
    }

    boolean isSaid(@Nullable String site, @Nullable String origin) {
        boolean named = origin != null && !origin.equals("null"); // as browsers say when they would rather not
        if (site != null && !site.equals("same-origin")) {
            return false;
        }
        return named ? isOurs(origin) : site != null;
    }

    private boolean isOurs(@Nullable String origin) {
        return origin != null && ours.equals(origin.toLowerCase(Locale.ROOT));
    }

    /** As browsers write it: without the port that goes without saying. */
    private static String originOf(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        boolean usual = address.getPort() == -1
                || ("https".equals(scheme) && address.getPort() == 443)
                || ("http".equals(scheme) && address.getPort() == 80);
        return scheme + "://" + host + (usual ? "" : ":" + address.getPort());
    }
}
