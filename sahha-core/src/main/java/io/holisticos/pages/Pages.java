package io.holisticos.pages;

import io.dropwizard.jersey.setup.JerseyEnvironment;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;

/**
 * Shows pages in the language that a browser asks for, in the layout and the brand that all pages have. They load nothing from
 * elsewhere, are shown in no frame, and are kept in no cache. Needs Dropwizard's {@code ViewBundle}. Thread-safe.
 */
public final class Pages {

    /** Features of browsers that no page of ours uses, also not through what somebody managed to write into one. */
    private static final String NO_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
            + " publickey-credentials-get=(), identity-credentials-get=()";

    private static final Texts OF_THE_LAYOUT = Texts.beside(Pages.class);

    private final Brand brand;
    private final Asset style;
    private final Texts texts;
    private final String root;

    private Pages(Brand brand, Asset style, Texts texts, String root) {
        this.brand = brand;
        this.style = style;
        this.texts = texts;
        this.root = root;
    }

    /** The pages of a service, with the texts of the layout only. */
    public static Pages of(BrandConfiguration configuration) {
        Brand brand = configuration.brand();
        return new Pages(brand, brand.style(), OF_THE_LAYOUT, "");
    }

    /**
     * The pages of one package.
     *
     * @param type a class beside the package's texts, {@code texts_en.properties} and {@code texts_de.properties}
     * @param publicUrl where browsers find the service; all of its routes may lie below a path
     * @throws IllegalStateException when the texts are not there, or do not agree
     */
    public Pages beside(Class<?> type, URI publicUrl) {
        String path = publicUrl.getRawPath() == null ? "" : publicUrl.getRawPath();
        return new Pages(brand, style, Texts.beside(type).before(OF_THE_LAYOUT), path.replaceAll("/+$", ""));
    }

    /** Opens the route of the files that all pages load. */
    public void register(JerseyEnvironment jersey) {
        jersey.register(new AssetResource(List.of(style, brand.logo())));
    }

    /** The page, for this browser. */
    public Response.ResponseBuilder show(Page page, HttpHeaders browser) {
        Words words = texts.in(Language.wantedBy(browser.getHeaderString(HttpHeaders.ACCEPT_LANGUAGE)));
        PageView.Frame frame = new PageView.Frame(
                brand.name(), root + style.path(), root + brand.logo().path());
        return Response.status(page.status())
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(new PageView(page, words, frame))
                .header(HttpHeaders.CONTENT_LANGUAGE, words.language())
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE)
                .header("Content-Security-Policy", policyOf(page))
                .header("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
                .header("X-Content-Type-Options", "nosniff")
                // an address may hold code and state; our own forms still send their origin
                .header("Referrer-Policy", "same-origin")
                .header("Permissions-Policy", NO_FEATURES)
                .header("X-Robots-Tag", "noindex")
                .header(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static String policyOf(Page page) {
        return "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action "
                + String.join(" ", "'self'", String.join(" ", page.formsLeadTo()))
                        .strip()
                + "; frame-ancestors 'none'";
    }
}
