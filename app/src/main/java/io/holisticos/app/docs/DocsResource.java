package io.holisticos.app.docs;

import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code /docs}: the API for people who look. It loads its style from here and nothing from elsewhere, and runs no script. */
@Hidden
@Path("/docs")
@OpenTo(OpenTo.Whom.EVERYBODY)
public final class DocsResource {

    private static final String POLICY =
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final OpenApiDocument document;
    private final String root;
    private final byte[] style = style();
    private volatile byte @Nullable [] page;

    DocsResource(OpenApiDocument document, String publicUrl) {
        this.document = document;
        this.root = Objects.requireNonNullElse(URI.create(publicUrl).getRawPath(), "")
                .replaceAll("/$", "");
    }

    @GET
    public Response page(@Context Request request) {
        byte[] made = page;
        if (made == null) {
            made = DocsPage.of(document.tree(), root);
            page = made;
        }
        return kept(request, made, MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .header("Content-Security-Policy", POLICY)
                .build();
    }

    @GET
    @Path("/style.css")
    public Response style(@Context Request request) {
        return kept(request, style, new MediaType("text", "css", "UTF-8")).build();
    }

    /** Browsers ask each time, and are sent nothing while nothing has changed. */
    private static Response.ResponseBuilder kept(Request request, byte[] content, MediaType type) {
        EntityTag tag = new EntityTag(Integer.toHexString(Arrays.hashCode(content)), true);
        CacheControl control = new CacheControl();
        control.setPrivate(true);
        control.setNoCache(true);
        control.setNoTransform(false); // a proxy may compress it
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        return (unchanged == null ? Response.ok(content, type).tag(tag) : unchanged).cacheControl(control);
    }

    private static byte[] style() {
        try (InputStream file = Objects.requireNonNull(DocsResource.class.getResourceAsStream("docs.css"))) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
