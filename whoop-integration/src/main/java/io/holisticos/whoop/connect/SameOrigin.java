package io.holisticos.whoop.connect;

import io.holisticos.web.Origin;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Whether a browser says that a form came from a page of ours. No other page can make a browser say so. */
final class SameOrigin {

    private final Origin ours;

    SameOrigin(URI publicUrl) {
        this.ours = Origin.of(publicUrl);
    }

    /** Checks {@code Sec-Fetch-Site} and {@code Origin}: at least one has to be sent, and both have to agree if they are. */
    boolean isConfirmedBy(HttpHeaders headers) {
        return isConfirmed(headers.getHeaderString("Sec-Fetch-Site"), headers.getHeaderString("Origin"));
    }

    boolean isConfirmed(@Nullable String site, @Nullable String origin) {
        if (site != null && !site.equals("same-origin")) {
            return false;
        }
        return origin == null || origin.equals("null") // what browsers send when they hide the origin
                ? site != null
                : ours.isNamedBy(origin);
    }
}
