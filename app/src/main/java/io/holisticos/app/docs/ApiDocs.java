package io.holisticos.app.docs;

import io.holisticos.pages.Pages;
import java.net.URI;
import org.glassfish.jersey.server.ResourceConfig;

/** Shows what the API can do. */
public final class ApiDocs {

    private ApiDocs() {}

    /** Documents all resources that are registered so far. */
    public static void register(ResourceConfig routes, Pages pages, String publicUrl) {
        OpenApiDocument document = OpenApiDocument.of(publicUrl, routes);
        routes.register(new OpenApiResource(document));
        routes.register(new DocsResource(document, pages, URI.create(publicUrl)));
    }
}
