package io.holisticos.app.probes;

import io.holisticos.web.Scope;
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
import java.time.Clock;

/** The health of the service and of both integrations. It calls neither Sahha nor WHOOP, and answers within a second whatever hangs. */
@Path("/api/v1/health")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.HEALTH_READ)
@Tag(name = "Integration health", description = "How Sahha and WHOOP do, as seen from here")
public final class DetailedHealthResource {

    private final ServiceHealth health;
    private final Clock clock;

    DetailedHealthResource(ServiceHealth health, Clock clock) {
        this.health = health;
        this.clock = clock;
    }

    @GET
    @Path("/detailed")
    @Operation(
            operationId = "detailedHealth",
            summary = "How the service and both integrations do",
            description = "The worst word of what is needed. WHOOP switched off or not configured takes nothing away.")
    @ApiResponse(
            responseCode = "200",
            description = "Also when something is down: status says so",
            content = @Content(schema = @Schema(implementation = DetailedHealth.class)))
    public DetailedHealth read() {
        return DetailedHealth.of(health.sahha(), health.others(), health.isDraining(), clock.instant());
    }
}
