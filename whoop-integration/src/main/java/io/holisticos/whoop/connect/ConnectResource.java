package io.holisticos.whoop.connect;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.auth.Auth;
import io.holisticos.health.UserId;
import io.holisticos.web.Caller;
import io.holisticos.web.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/** Connects and disconnects a member. */
@Path("/api/v1/unified-health/connect/whoop/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Connect", description = "A member connects WHOOP and leaves again")
@ApiResponse(
        responseCode = "409",
        description = "As many members are connected as WHOOP allows; code member_limit_reached")
public final class ConnectResource {

    private final ConnectFlow flow;

    ConnectResource(ConnectFlow flow) {
        this.flow = flow;
    }

    /**
     * What a caller may choose; all of it may be left out.
     *
     * @param returnTo where the member is sent in the end
     * @param accountLabel how pages name the account of ours, such as the name that your app shows; counts from services only
     */
    public record ConnectRequest(
            @JsonProperty("return_to") @Nullable String returnTo,
            @JsonProperty("account_label") @Nullable String accountLabel) {
        /** The label may be a name. */
        @Override
        public String toString() {
            return "ConnectRequest";
        }
    }

    /** Where the member goes next. */
    public record ConnectAnswer(
            @JsonProperty("user_id") String userId,
            @JsonProperty("connect_url") String connectUrl,
            @JsonProperty("authorization_url") String authorizationUrl,
            @JsonProperty("expires_in") long expiresIn) {
        /** The addresses hold secrets. */
        @Override
        public String toString() {
            return "ConnectAnswer[" + userId + "]";
        }
    }

    /** A link for the member's browser. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Scope.CONNECT)
    @Operation(summary = "A link for the member's browser")
    @ApiResponse(
            responseCode = "200",
            description = "Where the member goes next; the addresses are secrets",
            useReturnTypeSchema = true)
    public ConnectAnswer connect(
            @Parameter(hidden = true) @Auth Caller caller,
            @PathParam("user_id") UserId who,
            @Nullable ConnectRequest request) {
        ConnectFlow.Started started = flow.start(who, caller.name(), optionsOf(request, caller));
        return new ConnectAnswer(
                who.value(),
                started.connectUrl().toString(),
                started.authorizationUrl().toString(),
                started.expiresIn().toSeconds());
    }

    /** A member who names the account could lead whoever opens the link to believe that it is theirs. */
    private static Consents.ConsentOptions optionsOf(@Nullable ConnectRequest request, Caller caller) {
        if (request == null) {
            return Consents.ConsentOptions.NONE;
        }
        boolean isService = caller.member().isEmpty();
        return new Consents.ConsentOptions(request.returnTo(), isService ? request.accountLabel() : null);
    }

    /** Ends the connection; 204 whether there was one or not. */
    @DELETE
    @RolesAllowed(Scope.CONNECT)
    @Operation(summary = "End the connection")
    @ApiResponse(responseCode = "204", description = "There is no connection any more")
    public void disconnect(@PathParam("user_id") UserId who) {
        flow.disconnect(who);
    }
}
