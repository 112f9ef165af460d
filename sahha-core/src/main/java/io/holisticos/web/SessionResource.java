package io.holisticos.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.auth.Auth;
import io.holisticos.health.UserId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signs a browser in and out on the API's port, and tells where else the same person is signed in. */
@Path("/session")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Session", description = "A browser signs in with a key or a member's token, and out again")
@ApiResponse(responseCode = "401", description = "No credential, or one that is not known")
@ApiResponse(responseCode = "403", description = "A session or a page of another origin, or nothing to allow")
@ApiResponse(responseCode = "503", description = "Sessions cannot be kept for now")
public final class SessionResource {

    private static final SessionPort PORT = SessionPort.API;

    private final Sessions sessions;

    public SessionResource(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * A session that has begun, as both ports answer.
     *
     * @param userId the member whose session it is; null for a service's
     * @param scopes what the session may do, in alphabetical order
     */
    public record SessionAnswer(
            @JsonProperty("user_id") @Nullable String userId,
            @JsonProperty("scopes") List<String> scopes,
            @JsonProperty("expires_at") Instant expiresAt) {

        public static SessionAnswer of(Sessions.Begun begun) {
            Caller caller = begun.caller();
            return new SessionAnswer(memberOf(caller), scopesOf(caller), begun.endsAt());
        }

        /** Without the member, whose id must not reach a log. */
        @Override
        public String toString() {
            return "SessionAnswer[" + expiresAt + "]";
        }
    }

    /** Signs the browser in as whoever the key or token in the header is. A former session of the browser ends. */
    @POST
    @OpenTo(OpenTo.Whom.HOLDERS_OF_ANY_CREDENTIAL)
    @Operation(
            summary = "Sign a browser in",
            description =
                    "With a key or a member's token in a header. The cookie __Host-session lasts for eight hours, but not unused"
                            + " for two, and no longer than what it was begun with. It never allows what scopes operator, metrics and"
                            + " internal do.")
    @ApiResponse(
            responseCode = "200",
            description = "Signed in: the cookie is set",
            content = @Content(schema = @Schema(implementation = SessionAnswer.class)))
    public Response begin(@Parameter(hidden = true) @Auth Caller caller, @Context HttpHeaders headers) {
        Credentials shown = shownIn("POST", headers);
        Sessions.Begun begun = sessions.begin(PORT, shown, caller, headers::getRequestHeader);
        sessions.end(PORT, cookiesOf(headers));
        return Response.ok(SessionAnswer.of(begun))
                .header(HttpHeaders.SET_COOKIE, begun.cookie())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /** Signs the browser out, on every replica within two seconds. */
    @DELETE
    @OpenTo(OpenTo.Whom.HOLDERS_OF_ANY_CREDENTIAL)
    @Operation(
            summary = "Sign a browser out",
            description =
                    "As every request with the cookie that is not a read, it needs a same-origin Origin and the header"
                            + " X-Requested-With.")
    @ApiResponse(responseCode = "204", description = "Signed out: the cookie is taken back")
    public Response end(@Parameter(hidden = true) @Auth Caller caller, @Context HttpHeaders headers) {
        sessions.end(PORT, cookiesOf(headers));
        return Response.noContent()
                .header(HttpHeaders.SET_COOKIE, SessionCookie.of(PORT).forget())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /**
     * Sessions that go on.
     *
     * @param userId the member who asks; null for a service
     * @param scopes what whoever asks may do, in alphabetical order: a page asks for nothing else, and offers nothing else
     * @param sessions the latest first
     */
    public record SessionsAnswer(
            @JsonProperty("user_id") @Nullable String userId,
            @JsonProperty("scopes") List<String> scopes,
            @JsonProperty("sessions") List<OwnSession> sessions) {

        /** Without the member, whose id must not reach a log. */
        @Override
        public String toString() {
            return "SessionsAnswer[" + sessions.size() + "]";
        }
    }

    /**
     * One of the caller's own sessions.
     *
     * @param id names it in {@code DELETE /session/{id}}; it is no part of the cookie
     * @param thisOne whether it is the one of this request's cookie
     */
    public record OwnSession(
            @JsonProperty("id") String id,
            @JsonProperty("port") String port,
            @JsonProperty("started_at") Instant startedAt,
            @JsonProperty("last_used_at") Instant lastUsedAt,
            @JsonProperty("expires_at") Instant expiresAt,
            @JsonProperty("this_one") boolean thisOne) {

        private static OwnSession of(Sessions.Own own) {
            return new OwnSession(
                    own.id(), own.port().word(), own.startedAt(), own.lastUsedAt(), own.endsAt(), own.isThisOne());
        }
    }

    @GET
    @OpenTo(OpenTo.Whom.HOLDERS_OF_ANY_CREDENTIAL)
    @Operation(
            summary = "See the sessions of the same key or member",
            description =
                    "The latest first. With the cookie, those of this port; with a key in a header, those of both ports.")
    @ApiResponse(
            responseCode = "200",
            description = "The sessions that go on",
            content = @Content(schema = @Schema(implementation = SessionsAnswer.class)))
    public Response list(@Parameter(hidden = true) @Auth Caller caller, @Context HttpHeaders headers) {
        List<OwnSession> own = sessions.ownOf(shownIn("GET", headers), caller).stream()
                .map(OwnSession::of)
                .toList();
        return Response.ok(new SessionsAnswer(memberOf(caller), scopesOf(caller), own))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /** Signs another browser out, or this one, on every replica within two seconds. */
    @DELETE
    @Path("/{id}")
    @OpenTo(OpenTo.Whom.HOLDERS_OF_ANY_CREDENTIAL)
    @Operation(
            summary = "End one of these sessions",
            description =
                    "As DELETE /session, for the session of this id. With a cookie of another one, within five minutes after that"
                            + " began, else 403: sign in again first.")
    @ApiResponse(responseCode = "204", description = "Ended")
    @ApiResponse(responseCode = "404", description = "No session of the same key or member has this id")
    public Response endOne(
            @Parameter(hidden = true) @Auth Caller caller,
            @Parameter(description = "As GET /session tells it") @PathParam("id") String id,
            @Context HttpHeaders headers) {
        List<Sessions.Own> ended = sessions.endOwn(
                shownIn("DELETE", headers), caller, own -> own.id().equals(id));
        if (ended.isEmpty()) {
            throw new NotFoundException();
        }
        Response.ResponseBuilder answer = Response.noContent().header(HttpHeaders.CACHE_CONTROL, "no-store");
        return ended.get(0).isThisOne()
                ? answer.header(HttpHeaders.SET_COOKIE, SessionCookie.of(PORT).forget())
                        .build()
                : answer.build();
    }

    /** Signs all other browsers out. Whoever sends a key or a token, and no cookie, signs out all. */
    @DELETE
    @Path("/others")
    @OpenTo(OpenTo.Whom.HOLDERS_OF_ANY_CREDENTIAL)
    @Operation(
            summary = "End all these sessions but this one",
            description =
                    "As DELETE /session, within five minutes after this one began, else 403: sign in again first. With a key or a token in"
                            + " a header instead of the cookie, it ends all of them.")
    @ApiResponse(responseCode = "204", description = "Ended, if there were any")
    public Response endOthers(@Parameter(hidden = true) @Auth Caller caller, @Context HttpHeaders headers) {
        sessions.endOwn(shownIn("DELETE", headers), caller, own -> !own.isThisOne());
        return Response.noContent()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private static @Nullable String memberOf(Caller caller) {
        return caller.member().map(UserId::value).orElse(null);
    }

    private static List<String> scopesOf(Caller caller) {
        return caller.scopes().stream().sorted().toList();
    }

    private static Credentials shownIn(String method, HttpHeaders headers) {
        return Credentials.of(PORT, method, headers::getRequestHeader);
    }

    private static List<String> cookiesOf(HttpHeaders headers) {
        return Optional.ofNullable(headers.getRequestHeader(HttpHeaders.COOKIE)).orElse(List.of());
    }
}
