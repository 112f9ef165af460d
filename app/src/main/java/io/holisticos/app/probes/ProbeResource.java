package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The two probes of orchestrators and load balancers. Open; they cost next to nothing and are never shed. */
@Path("/")
@OpenTo(OpenTo.Whom.EVERYBODY)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Probes", description = "For orchestrators and load balancers")
public final class ProbeResource {

    private static final Live LIVE = new Live("live");

    private final ServiceHealth health;

    ProbeResource(ServiceHealth health) {
        this.health = health;
    }

    @GET
    @Path("health/live")
    @Operation(
            operationId = "live",
            summary = "Whether the process is up",
            description = "Looks at nothing: a process that does not answer here has to be restarted.")
    @ApiResponse(
            responseCode = "200",
            description = "Always the same",
            content = @Content(schema = @Schema(implementation = Live.class)))
    public Live live() {
        return LIVE;
    }

    @GET
    @Path("health/ready")
    @Operation(
            operationId = "ready",
            summary = "Whether requests should be sent to this replica",
            description =
                    "Needs the entry point's database, with its migrations, the end of the warm-up, and no drain. Trouble with WHOOP (its"
                            + " database, breakers, quota) is degraded and never unready. What was seen holds for a second.")
    @ApiResponse(
            responseCode = "200",
            description = "status is ready or degraded",
            content = @Content(schema = @Schema(implementation = Readiness.class)))
    @ApiResponse(
            responseCode = "503",
            description = "status is draining or not_ready; checks say why",
            content = @Content(schema = @Schema(implementation = Readiness.class)))
    public Response ready() {
        Readiness readiness = health.readiness();
        CacheControl never = new CacheControl();
        never.setNoStore(true);
        return Response.status(readiness.takesRequests() ? 200 : 503)
                .entity(readiness)
                .cacheControl(never)
                .build();
    }

    /** A constant body. */
    public record Live(@JsonProperty("status") String status) {}
}
