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
    @Operation(
            operationId = "unifiedChanges",
            summary = "Which days of a person changed since an earlier answer",
            description =
                    "For whoever keeps days: read them once, then ask here and read those again that changed. days: [] with"
                            + " every_day: true means every day, as after a change of preferences (reason preferences), of a connection, of the"
                            + " merge, or when a source was switched (switched_on, switched_off); preferences, merge and"
                            + " switches are told once more some seconds later, because another replica may not have known"
                            + " of them. metrics names those whose"
                            + " values can be others now; scores and workouts are none. Reasons of single days: refresh, sync,"
                            + " deletion, edit, coverage, looks_back for days whose values may be told to be echoes by"
                            + " the days before, and looks_around for days whose workouts may be those that another source"
                            + " has on a day nearby. A source that cannot be asked is unavailable in sources[], and its"
                            + " changes come with a later answer; one that keeps no changes is not_counted: read its days anew."
                            + " A day that was answered while a source was unavailable is not for keeping: when the source is"
                            + " back, no change tells of it. Changes are kept for 30 days; a since that is"
                            + " older, of another user or not of ours is 400: begin again without it.")
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
