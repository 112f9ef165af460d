package io.holisticos.app.docs;

import io.holisticos.pages.Page;
import io.holisticos.pages.Pages;
import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /docs}: the API for people who look. It runs no script. */
@Hidden
@Path("/docs")
@OpenTo(OpenTo.Whom.EVERYBODY)
public final class DocsResource {

    private final OpenApiDocument document;
    private final Pages pages;
    private volatile @Nullable DocsPage read;

    DocsResource(OpenApiDocument document, Pages all, URI publicUrl) {
        this.document = document;
        this.pages =
                all.beside(DocsResource.class, publicUrl).loading(DocsResource.class, Map.of("docs.css", "docs.css"));
    }

    @GET
    public Response open(@Context HttpHeaders browser) {
        return pages.show(Page.of(200, "docs.ftlh", page()), browser).build();
    }

    private DocsPage page() {
        DocsPage page = read;
        if (page == null) {
            page = DocsReader.read(document.tree());
            read = page;
        }
        return page;
    }
}
