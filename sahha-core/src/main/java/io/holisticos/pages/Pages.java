package io.holisticos.pages;

import io.dropwizard.jersey.setup.JerseyEnvironment;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Shows pages in the language that a browser asks for, in the layout and the brand that all pages have. They load nothing from
 * elsewhere, are shown in no frame, and are kept in no cache. Thread-safe.
 */
public final class Pages {

    /** Features of browsers that no page of ours uses, also not through what somebody managed to write into one. */
    private static final String NO_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
            + " publickey-credentials-get=(), identity-credentials-get=()";

    private static final Texts OF_THE_LAYOUT = Texts.beside(Pages.class);

    private final Shared shared;
    private final Texts texts;
    private final String root;
    private final Map<String, Asset> files;

    /**
     * What all pages of a service have.
     *
     * @param served all files that any page loads, by their names in addresses
     */
    private record Shared(Brand brand, Asset style, Map<String, Asset> served, Templates templates) {

        static Shared of(Brand brand) {
            Shared shared = new Shared(brand, brand.style(), new ConcurrentHashMap<>(), new Templates());
            shared.serve(shared.style);
            shared.serve(brand.logo());
            return shared;
        }

        void serve(Asset file) {
            served.put(file.file(), file);
        }
    }

    /**
     * A page as it is sent.
     *
     * @param headers with the type and the policy
     */
    public record Written(Map<String, List<String>> headers, byte[] html) {}

    private Pages(Shared shared, Texts texts, String root, Map<String, Asset> files) {
        this.shared = shared;
        this.texts = texts;
        this.root = root;
        this.files = files;
    }

    /** The pages of a service, with the texts of the layout only. */
    public static Pages of(BrandConfiguration configuration) {
        return new Pages(Shared.of(configuration.brand()), OF_THE_LAYOUT, "", Map.of());
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
        return new Pages(shared, Texts.beside(type).before(OF_THE_LAYOUT), path.replaceAll("/+$", ""), Map.of());
    }

    /**
     * These pages, which load files: the layout's {@code styles} and {@code scripts} name them. Pages that load a script may also
     * ask our own routes by it.
     *
     * @param beside a class beside the files; a name that begins with a slash is one from the root of the class path
     * @param resources by the name that pages call them by, which ends in {@code .js} or {@code .css}
     * @throws IllegalStateException when one is not there
     */
    public Pages loading(Class<?> beside, Map<String, String> resources) {
        Map<String, Asset> all = new HashMap<>(files);
        resources.forEach((name, resource) -> all.put(name, Asset.ofResource(name, beside, resource)));
        all.values().forEach(shared::serve);
        return new Pages(shared, texts, root, Map.copyOf(all));
    }

    /** Opens the route of the files that all pages load. */
    public void register(JerseyEnvironment jersey) {
        jersey.register(new AssetResource(shared.served()));
    }

    /** The page, for this browser. */
    public Response.ResponseBuilder show(Page page, HttpHeaders browser) {
        return show(page, browser.getHeaderString(HttpHeaders.ACCEPT_LANGUAGE));
    }

    /** The same as text, for what answers outside of Jersey. */
    public Written write(Page page, @Nullable String acceptLanguage) throws IOException {
        try (Response shown = show(page, acceptLanguage).build()) {
            ByteArrayOutputStream html = new ByteArrayOutputStream();
            ((StreamingOutput) shown.getEntity()).write(html);
            return new Written(shown.getStringHeaders(), html.toByteArray());
        }
    }

    private Response.ResponseBuilder show(Page page, @Nullable String acceptLanguage) {
        Words words = texts.in(Language.wantedBy(acceptLanguage));
        Map<String, String> paths = new HashMap<>();
        files.forEach((name, file) -> paths.put(name, root + file.path()));
        PageView.Frame frame = new PageView.Frame(
                shared.brand().name(),
                root + shared.style().path(),
                root + shared.brand().logo().path(),
                root,
                paths);
        PageView view = new PageView(page, words, frame);
        StreamingOutput html = out -> shared.templates().write(view, out);
        return Response.status(page.status())
                .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .entity(html)
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

    private String policyOf(Page page) {
        String scripts =
                files.values().stream().anyMatch(Asset::isScript) ? " script-src 'self'; connect-src 'self';" : "";
        return "default-src 'none'; style-src 'self'; img-src 'self';" + scripts + " base-uri 'none'; form-action "
                + String.join(" ", "'self'", String.join(" ", page.formsLeadTo()))
                        .strip()
                + "; frame-ancestors 'none'";
    }
}
