package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.auth.Auth;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.IntegrationDisabled;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.web.Caller;
import io.holisticos.web.Scope;
import io.holisticos.whoop.custody.Connection;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connecting for other backends, which bring the authorization code themselves. */
@Path("/internal/oauth")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.INTERNAL)
@Tag(name = "Internal: connecting", description = "The same for other backends")
public final class OAuthResource {

    private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

    private final ConnectFlow flow;

    OAuthResource(ConnectFlow flow) {
        this.flow = flow;
    }

    /** The member who is to be connected. */
    public record InitiateRequest(
            @JsonProperty("user_id") @Nullable String userId,
            @JsonProperty("return_to") @Nullable String returnTo,
            @JsonProperty("account_label") @Nullable String accountLabel) {
        /** The label may be a name. */
        @Override
        public String toString() {
            return "InitiateRequest[" + userId + "]";
        }
    }

    /** Where the member goes next, and the state that comes back with the code. */
    public record InitiateAnswer(
            @JsonProperty("user_id") String userId,
            @JsonProperty("connect_url") String connectUrl,
            @JsonProperty("authorization_url") String authorizationUrl,
            @JsonProperty("expires_in") long expiresIn,
            @JsonProperty("state") String state) {
        /** All but the first are secrets. */
        @Override
        public String toString() {
            return "InitiateAnswer[" + userId + "]";
        }
    }

    /**
     * What WHOOP handed to the member's browser.
     *
     * @param replaceAccount whether the member said that it may be another WHOOP account than before
     */
    public record CallbackRequest(
            @JsonProperty("code") @Nullable String code,
            @JsonProperty("state") @Nullable String state,
            @JsonProperty("replace_account") @Nullable Boolean replaceAccount) {
        /** Code and state are secrets. */
        @Override
        public String toString() {
            return "CallbackRequest";
        }
    }

    /** Whether calls can be made for the member. */
    public record ValidateAnswer(
            @JsonProperty("valid") boolean valid,
            @JsonProperty("status") String status) {}

    /**
     * The state of a connection.
     *
     * @param status {@code active}, {@code awaiting_profile}, {@code awaiting_confirmation},
     *     {@code reauthorization_required}, {@code revoked}
     * @param whoopUserId null while the account is not known or not confirmed
     */
    public record StatusAnswer(
            @JsonProperty("user_id") String userId,
            @JsonProperty("status") String status,
            @JsonProperty("whoop_user_id") @Nullable Long whoopUserId,
            @JsonProperty("scopes") List<String> scopes,
            @JsonProperty("connected_at") Instant connectedAt,
            @JsonProperty("last_synced_at") @Nullable Instant lastSyncedAt) {}

    /** Begins a consent. Its state works for {@link #callback} with the same key only. */
    @POST
    @Path("initiate")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Scope.INTERNAL)
    @Operation(summary = "Begin a consent")
    @ApiResponse(
            responseCode = "200",
            description = "Where the member goes next; the addresses are secrets",
            useReturnTypeSchema = true)
    @ApiResponse(
            responseCode = "409",
            description = "As many members are connected as WHOOP allows; code member_limit_reached")
    public InitiateAnswer initiate(@Parameter(hidden = true) @Auth Caller caller, @Nullable InitiateRequest request) {
        if (request == null) {
            throw new InvalidRequest("a body with user_id is required");
        }
        UserId who = userId(request.userId());
        ConnectFlow.Started started =
                flow.start(who, caller.name(), new Consents.ConsentOptions(request.returnTo(), request.accountLabel()));
        return new InitiateAnswer(
                who.value(),
                started.connectUrl().toString(),
                started.authorizationUrl().toString(),
                started.expiresIn().toSeconds(),
                started.state());
    }

    /**
     * Ends a consent that this key began. Where the quota does not allow us to ask for the account, the answer is {@code
     * awaiting_profile}, and the member is connected later.
     */
    @POST
    @Path("callback")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Scope.INTERNAL)
    @Operation(summary = "End a consent that this key began")
    @ApiResponse(responseCode = "200", description = "Where the connection stands", useReturnTypeSchema = true)
    @ApiResponse(
            responseCode = "409",
            description = "Another WHOOP account than before (account_replacement_required), one that another user has"
                    + " connected (account_in_use), too many members (member_limit_reached), or another code of the"
                    + " member is being exchanged (under_way)")
    public StatusAnswer callback(@Parameter(hidden = true) @Auth Caller caller, @Nullable CallbackRequest request) {
        if (request == null) {
            throw new InvalidRequest("a body with code and state is required");
        }
        String code = required(request.code(), "code");
        String state = required(request.state(), "state");
        boolean replace = Boolean.TRUE.equals(request.replaceAccount());
        ConsentOutcome outcome = flow.finishByService(code, state, caller.name(), replace);
        if (outcome instanceof ConsentOutcome.Failed failed) {
            throw errorOf(failed.why());
        }
        ConsentOutcome.Kept kept = (ConsentOutcome.Kept) outcome;
        if (kept.progress() == ConsentOutcome.ConnectProgress.AWAITING_CONFIRMATION) {
            throw new Conflict(
                    Refusal.TO_BE_CONFIRMED.code(),
                    "this is another WHOOP account than the member had before, whose records would leave the days: ask the"
                            + " member, and send the same with replace_account true");
        }
        return status(kept.who());
    }

    /** Makes sure that there is an access token that works, and fetches a new one where that is due. */
    @POST
    @Path("validate/{user_id}")
    @RolesAllowed(Scope.INTERNAL)
    @Operation(summary = "Make sure that there is a token that works")
    @ApiResponse(responseCode = "200", description = "Whether there is one", useReturnTypeSchema = true)
    public ValidateAnswer validate(@PathParam("user_id") UserId who) {
        Connection connection = flow.validated(who);
        return new ValidateAnswer(connection.isUsable(), connection.status());
    }

    /** The state of the connection as we know it, without asking WHOOP. */
    @GET
    @Path("status/{user_id}")
    @RolesAllowed(Scope.INTERNAL)
    @Operation(summary = "Where a connection stands")
    @ApiResponse(responseCode = "200", description = "What is known without asking WHOOP", useReturnTypeSchema = true)
    public StatusAnswer status(@PathParam("user_id") UserId who) {
        ConnectFlow.Status status = flow.status(who);
        Connection connection = status.connection();
        return new StatusAnswer(
                who.value(),
                connection.status(),
                connection.whoopUserId(),
                connection.scopes().stream().sorted().toList(),
                connection.connectedAt(),
                status.lastSynced().orElse(null));
    }

    /** Ends the connection; 204 whether there was one or not. */
    @DELETE
    @Path("disconnect/{user_id}")
    @RolesAllowed(Scope.INTERNAL)
    @Operation(summary = "End the connection")
    @ApiResponse(responseCode = "204", description = "There is no connection any more")
    public void disconnect(@PathParam("user_id") UserId who) {
        flow.disconnect(who);
    }

    private static HealthError errorOf(Refusal why) {
        return switch (why) {
            case SWITCHED_OFF -> new IntegrationDisabled(WHOOP);
            case LATER, BUSY, NOT_CONFIGURED -> new SourceUnavailable(WHOOP, RETRY_AFTER);
            case MEMBER_LIMIT ->
                new Conflict(why.code(), "as many members are connected as WHOOP allows this application");
            case ACCOUNT_OF_ANOTHER_USER ->
                new Conflict(
                        why.code(),
                        "Another user has connected this WHOOP account: it has to be disconnected there first");
            case UNDER_WAY ->
                new Conflict(why.code(), "another code of this member is being exchanged: wait for that answer");
            case USER_HAS_ANOTHER_ACCOUNT ->
                new Conflict(why.code(), "another WHOOP account is connected already: disconnect it first");
            case TO_BE_CONFIRMED ->
                new Conflict(
                        why.code(),
                        "this was another WHOOP account than the member had before, and nobody confirmed it in time: let"
                                + " the member connect again, and send replace_account true with the new code");
            case UNKNOWN_STATE,
                    EXPIRED,
                    ALREADY_USED,
                    ANSWERED_ALREADY,
                    OTHER_BROWSER,
                    OTHER_PAGE,
                    NOT_SIGNED_IN,
                    OTHER_MEMBER,
                    PRESSED_TOO_OFTEN,
                    RETURNED_TOO_OFTEN ->
                new InvalidRequest("state must be one that this key initiated, unused and not expired: " + why.code());
            case DECLINED, NOT_ALLOWED, CODE_REFUSED, NARROWED, OTHER ->
                new InvalidRequest("WHOOP did not confirm this consent, the member has to start again: " + why.code());
        };
    }

    private static UserId userId(@Nullable String text) {
        try {
            return new UserId(required(text, "user_id"));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(String.valueOf(e.getMessage()), e);
        }
    }

    private static String required(@Nullable String text, String name) {
        if (text == null || text.isBlank()) {
            throw new InvalidRequest(name + " is required");
        }
        return text;
    }
}
