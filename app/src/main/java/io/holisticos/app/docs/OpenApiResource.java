package io.holisticos.app.docs;

import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;

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
    public Response read(@Context Request request) {
        String text = document.text();
        EntityTag tag = new EntityTag(Integer.toHexString(text.hashCode()), true);
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        return unchanged == null ? Response.ok(text).tag(tag).build() : unchanged.build();
    }
}
