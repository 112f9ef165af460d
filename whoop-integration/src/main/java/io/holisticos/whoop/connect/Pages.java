package io.holisticos.whoop.connect;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The headers of all our pages: they load nothing from elsewhere, are shown in no frame, and are kept in no cache. */
final class Pages {

    private Pages() {}

    /**
     * A page.
     *
     * @param formsLeadTo the source, beside our own origin, to which a form may redirect; null when there is none
     */
    static Response.ResponseBuilder of(int status, Object page, @Nullable String formsLeadTo) {
        return Response.status(status)
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(page)
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'"
                                + (formsLeadTo == null ? "" : " " + formsLeadTo) + "; frame-ancestors 'none'")
                .header("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
                .header("X-Content-Type-Options", "nosniff")
                // the address holds code and state; our own forms still send their origin
                .header("Referrer-Policy", "same-origin")
                .header("X-Robots-Tag", "noindex")
                .header(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    /** The source of a content security policy that covers this address: its origin, or the scheme of an app. */
    static String sourceOf(URI address) {
        String scheme = address.getScheme();
        boolean web = "https".equals(scheme) || "http".equals(scheme);
        return web ? scheme + "://" + address.getRawAuthority() : scheme + ":";
    }
}
