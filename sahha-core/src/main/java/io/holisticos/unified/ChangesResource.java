package io.holisticos.unified;

import io.holisticos.health.UserId;
import io.holisticos.web.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/** Which days of a person changed. */
@Path("/api/v1/unified-health/changes/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.HEALTH_READ)
@Tag(name = "Unified health")
public final class ChangesResource {

    private final ChangesFlow flow;

    ChangesResource(ChangesFlow flow) {
        this.flow = flow;
    }

    @GET
    @Operation(operationId = "unifiedChanges", summary = "Which days of a person changed since an earlier answer")
    @ApiResponse(
            responseCode = "200",
            description = "The changes, oldest first for each source; more says that next has further ones already",
            content = @Content(schema = @Schema(implementation = ChangesBody.class)))
    @ApiResponse(responseCode = "503", description = "No source can be asked for now: since stays as it is")
    public ChangesBody changes(
            @Parameter(description = "The person as the caller names them, 1 to 100 characters") @PathParam("user_id")
                    UserId who,
            @Parameter(
                            description =
                                    "next of an earlier answer, as it is; without it, all changes of data that are kept are"
                                            + " listed, and none of preferences, merge or switches: read the days after it")
                    @QueryParam("since")
                    @Nullable
                    String since) {
        return flow.read(who, since);
    }
}
