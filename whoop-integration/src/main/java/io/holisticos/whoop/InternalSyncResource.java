package io.holisticos.whoop;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.IntegrationDisabled;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.UserId;
import io.holisticos.web.Scope;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.sync.SyncRun;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Asks for a member's records to be read from WHOOP now, and says how far that is. */
@Path("/internal/sync")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.INTERNAL)
@Tag(name = "Internal: sync", description = "Reading from WHOOP now")
@ApiResponse(
        responseCode = "409",
        description = "The member has to give consent again, or it is not settled yet whose account it is")
public final class InternalSyncResource {

    private final MemberConnections connections;
    private final InternalAccess access;

    public InternalSyncResource(MemberConnections connections, InternalAccess access) {
        this.connections = connections;
        this.access = access;
    }

    /** Puts a sync on the list; one that is there already is named again. */
    @POST
    @Path("/{user_id}")
    @Operation(summary = "Ask for a sync")
    @ApiResponse(
            responseCode = "202",
            description = "It is on the list; status_url says how it stands",
            content = @Content(schema = @Schema(implementation = AcceptedBody.class)))
    public Response request(@PathParam("user_id") UserId who) {
        requireEnabled(who);
        MemberConnection connection = connections.find(who).orElseThrow(() -> new ConnectionNotFound(WHOOP));
        if (connection.needsConsent()) {
            throw new ReauthorizationRequired(WHOOP);
        }
        if (connection.isAwaited()) {
            throw new Conflict(
                    connection.status() == MemberConnections.ConnectionStatus.AWAITS_PROFILE
                            ? "awaiting_profile"
                            : "awaiting_confirmation",
                    "nothing is read before it is settled whose WHOOP account this is; then it is read by itself");
        }
        UUID jobId = access.requests().requestSync(who);
        URI status = UriBuilder.fromPath("/internal/sync/{user}/{job}").build(who.value(), jobId);
        return Response.accepted(new AcceptedBody(jobId, status.toString())).build();
    }

    /** How a sync stands. */
    @GET
    @Path("/{user_id}/{job_id}")
    @Operation(summary = "How a sync stands")
    @ApiResponse(responseCode = "200", description = "The run", useReturnTypeSchema = true)
    public RunBody status(@PathParam("user_id") UserId who, @PathParam("job_id") UUID jobId) {
        requireEnabled(who);
        return access.requests().findRun(who, jobId).map(RunBody::of).orElseThrow(NotFoundException::new);
    }

    private void requireEnabled(UserId who) {
        if (!access.enabled().test(who)) {
            throw new IntegrationDisabled(WHOOP);
        }
    }

    @JsonPropertyOrder({"job_id", "status_url"})
    private record AcceptedBody(
            @JsonProperty("job_id") UUID jobId,
            @JsonProperty("status_url") String statusUrl) {}

    /**
     * A sync as callers see it.
     *
     * @param state {@code queued}, {@code running}, {@code done}, {@code failed}
     * @param kind {@code first-sync}, {@code sync}, {@code backfill}
     * @param stage what is being read, or was last
     * @param percent how much of the years before a backfill has read; other runs have none
     * @param error why a failed run failed, at {@code stage}
     */
    @JsonPropertyOrder({
        "job_id",
        "user_id",
        "kind",
        "state",
        "stage",
        "percent",
        "records",
        "pages",
        "requested_at",
        "started_at",
        "finished_at",
        "error"
    })
    record RunBody(
            @JsonProperty("job_id") UUID jobId,
            @JsonProperty("user_id") String userId,
            @JsonProperty("kind") String kind,
            @JsonProperty("state") String state,
            @JsonProperty("stage") String stage,

            @JsonProperty("percent") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer percent,

            @JsonProperty("records") int records,
            @JsonProperty("pages") int pages,
            @JsonProperty("requested_at") Instant requestedAt,
            @JsonProperty("started_at") @Nullable Instant startedAt,
            @JsonProperty("finished_at") @Nullable Instant finishedAt,

            @JsonProperty("error") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String error) {

        static RunBody of(SyncRun run) {
            return new RunBody(
                    run.jobId(),
                    run.who().value(),
                    run.kind().word(),
                    run.state().word(),
                    run.stage().word(),
                    run.kind() == SyncRun.Kind.BACKFILL ? run.percent() : null,
                    run.records(),
                    run.pages(),
                    run.requestedAt(),
                    run.startedAt(),
                    run.finishedAt(),
                    run.error() == null ? null : run.error().word());
        }
    }
}
