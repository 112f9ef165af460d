package io.holisticos.unified;

import io.holisticos.health.Preferences;
import io.holisticos.health.UserId;
import io.holisticos.web.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** In which order a member wants the sources. */
@Path("/api/v1/unified-health/preferences/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.PREFERENCES_WRITE)
@Tag(name = "Unified health")
public final class PreferencesResource {

    private static final String USER_ID = "The person as the caller names them, 1 to 100 characters";

    private final PreferencesFlow flow;
    private final PreferencesReader bodies;

    /** @param bodies knows which sources may be named */
    PreferencesResource(PreferencesFlow flow, PreferencesReader bodies) {
        this.flow = flow;
        this.bodies = bodies;
    }

    @GET
    @Operation(
            operationId = "preferences",
            summary = "In which order a member wants the sources",
            description =
                    "For a metric, by_metric counts before by_family, and that before order. Sources that the member does not"
                            + " name stand behind those they name, in the order of the deployment and then of the product;"
                            + " explain says which of them decided.")
    @ApiResponse(
            responseCode = "200",
            description = "What the member's last PUT said; empty orders when there was none",
            content = @Content(schema = @Schema(implementation = PreferencesAnswer.class)))
    public PreferencesAnswer read(@Parameter(description = USER_ID) @PathParam("user_id") UserId who) {
        return PreferencesAnswer.of(flow.read(who));
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "replacePreferences",
            summary = "Replace the order in which a member wants the sources",
            description =
                    "Replaces all three orders: what is left out is no wish any more. Every answer merged from then on"
                            + " goes by it, for days in the past too.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = PreferencesAnswer.class),
                            examples =
                                    @ExampleObject(
                                            "{\"order\":[\"whoop\",\"sahha\"],\"by_family\":{\"activity\":[\"sahha\"]},"
                                                    + "\"by_metric\":{\"heart_rate.resting\":[\"sahha\",\"whoop\"]}}")))
    @ApiResponse(
            responseCode = "200",
            description =
                    "What is in force now; with dry_run the days of the last 30, by the member's own time, of which a"
                            + " value, a workout or the reason of a missing metric would change, each before and after",
            content = @Content(schema = @Schema(oneOf = {PreferencesAnswer.class, TrialAnswer.class})))
    @ApiResponse(
            responseCode = "400",
            description =
                    "A parameter or the body breaks its rule, or names what is not there: errors[] has the place of"
                            + " each and what is allowed. Nothing is saved")
    public Response replace(
            @Parameter(description = USER_ID) @PathParam("user_id") UserId who,
            @Parameter(
                            description = "true saves nothing and answers what would change",
                            schema = @Schema(type = "boolean", defaultValue = "false"))
                    @QueryParam("dry_run")
                    @DefaultValue("false")
                    String dryRun,
            String body) {
        boolean trial = TrueOrFalse.parse("dry_run", dryRun);
        Preferences wanted = bodies.read(body);
        if (trial) {
            PreferencesFlow.Trial tried = flow.tryOut(who, wanted);
            UnifiedHealthResource.logged(tried.report());
            return Response.ok(TrialAnswer.of(tried)).build();
        }
        flow.replace(who, wanted);
        return Response.ok(PreferencesAnswer.of(wanted)).build();
    }
}
