package io.holisticos.whoop.connect;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The headers of all our pages: they load nothing from elsewhere, are shown in no frame, and are kept in no cache. */
final class Pages {

    private static final String STYLE_BEGINS = "<style>";

    /** Features of browsers that no page of ours uses, also not through what somebody managed to write into one. */
    private static final String NO_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
            + " publickey-credentials-get=(), identity-credentials-get=()";

    /** The only style that browsers apply: that of the layout. */
    private static final String STYLE = "sha256-" + hashOfStyle();

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
                        "default-src 'none'; style-src '" + STYLE + "'; base-uri 'none'; form-action 'self'"
                                + (formsLeadTo == null ? "" : " " + formsLeadTo) + "; frame-ancestors 'none'")
                .header("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
                .header("X-Content-Type-Options", "nosniff")
                // the address holds code and state; our own forms still send their origin
                .header("Referrer-Policy", "same-origin")
                .header("Permissions-Policy", NO_FEATURES)
                .header("X-Robots-Tag", "noindex")
                .header(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    /** The layout has no variable in its style, so that pages show the style as the template has it. */
    private static String hashOfStyle() {
        try (InputStream layout = Objects.requireNonNull(Pages.class.getResourceAsStream("layout.ftlh"))) {
            String text = new String(layout.readAllBytes(), StandardCharsets.UTF_8);
            String style = text.substring(text.indexOf(STYLE_BEGINS) + STYLE_BEGINS.length(), text.indexOf("</style>"));
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The source of a content security policy that covers this address: its origin, or the scheme of an app. */
    static String sourceOf(URI address) {
        String scheme = address.getScheme();
        boolean web = "https".equals(scheme) || "http".equals(scheme);
        return web ? scheme + "://" + address.getRawAuthority() : scheme + ":";
    }
}
