package io.holisticos.app.docs;

import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** {@code /api/openapi.json}: made from the resources themselves, so that document and routes cannot differ. */
@Hidden
@Path("/api/openapi.json")
@OpenTo(OpenTo.Whom.EVERYBODY)
@Produces(MediaType.APPLICATION_JSON)
public final class OpenApiResource {

    private final OpenApiDocument document;

    OpenApiResource(OpenApiDocument document) {
        this.document = document;
    }

    @GET
    public String read() {
        return document.text();
    }
}
