package io.holisticos.sahha.existing;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** The two probes of existing callers. 200 means only that the process answers. */
@Path("/")
@OpenTo(OpenTo.Whom.EVERYBODY)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Liveness", description = "Whether the process answers")
public final class LivenessResource {

    private static final Status HEALTHY = new Status("healthy");

    @GET
    @Operation(summary = "Whether the process answers")
    @ApiResponse(responseCode = "200", description = "Always the same", useReturnTypeSchema = true)
    public Status root() {
        return HEALTHY;
    }

    @GET
    @Path("health")
    @Operation(summary = "Whether the process answers")
    @ApiResponse(responseCode = "200", description = "Always the same", useReturnTypeSchema = true)
    public Status health() {
        return HEALTHY;
    }

    /** A body that never changes. */
    @Schema(name = "Liveness")
    public record Status(@JsonProperty("status") String status) {}
}
