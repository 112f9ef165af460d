package io.holisticos.app.probes;

import io.holisticos.web.Scope;
import io.holisticos.whoop.IntegrationHealth;
import io.holisticos.whoop.WhoopModule;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The health of the WHOOP integration. It does not call WHOOP, and answers within a second whatever hangs. */
@Path("/api/v1/unified-health/health")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.HEALTH_READ)
@Tag(name = "Integration health", description = "How Sahha and WHOOP do, as seen from here")
public final class SourceHealthResource {

    private final ServiceHealth health;

    SourceHealthResource(ServiceHealth health) {
        this.health = health;
    }

    @GET
    @Path("/whoop")
    @Operation(
            operationId = "whoopHealth",
            summary = "How the WHOOP integration does",
            description =
                    "Switch, database, jobs, breakers by command, the quota that all members share, and the last sync. Calls"
                            + " WHOOP for none of it; what was seen holds for a second.")
    @ApiResponse(
            responseCode = "200",
            description = "Also when something is down: status says so",
            content = @Content(schema = @Schema(implementation = IntegrationHealth.class)))
    public Response read() {
        return Response.ok(health.of(WhoopModule.NAME)).build();
    }
}
