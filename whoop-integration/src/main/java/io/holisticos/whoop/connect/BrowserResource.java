package io.holisticos.whoop.connect;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** The member's browser on its way to WHOOP and back. Open routes: what is in the address is the credential. */
@Path("/")
@Produces(MediaType.TEXT_HTML)
@Tag(name = "Browser", description = "The member's browser on its way to WHOOP and back")
@ApiResponse(responseCode = "400", description = "A page that says why WHOOP was not connected")
@ApiResponse(responseCode = "410", description = "A page: the link has expired or was used")
public final class BrowserResource {

    private static final String COOKIE = "whoop_connect_";

    private final ConnectFlow flow;
    private final ConnectConfiguration configuration;

    BrowserResource(ConnectFlow flow, ConnectConfiguration configuration) {
        this.flow = flow;
        this.configuration = configuration;
    }

    /** Gives the browser a cookie to come back with, and sends it on to WHOOP. */
    @GET
    @Path("connect/{link}")
    @Operation(summary = "Follow a connect link")
    @ApiResponse(responseCode = "302", description = "On to WHOOP, with a cookie to come back with")
    public Response open(@PathParam("link") String link) {
        ConnectFlow.Opened opened = flow.open(link);
        if (opened instanceof ConnectFlow.Opened.Onward onward) {
            return Response.status(Response.Status.FOUND)
                    .location(onward.authorizationUrl())
                    .cookie(cookie(onward.state(), onward.browserSecret(), (int) configuration.linkTtl.toSeconds()))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .header("Referrer-Policy", "no-referrer")
                    .build();
        }
        Refusal why = ((ConnectFlow.Opened.Closed) opened).why();
        Response.ResponseBuilder page = ResultPage.refused(why);
        return (why == Refusal.UNKNOWN_STATE ? page.status(Response.Status.NOT_FOUND) : page).build();
    }

    /** Back from WHOOP. */
    @GET
    @Path("api/v1/whoop/callback")
    @Operation(summary = "Back from WHOOP")
    @ApiResponse(responseCode = "200", description = "A page that says that WHOOP is connected, or 302 to return_to")
    public Response callback(
            @QueryParam("code") @DefaultValue("") String code,
            @QueryParam("state") @DefaultValue("") String state,
            @QueryParam("error") @DefaultValue("") String error,
            @Context HttpHeaders headers) {
        Cookie held = headers.getCookies().get(cookieName(state));
        String browserSecret = held == null ? null : held.getValue();
        if (!error.isEmpty()) { // before the state, which may be empty then
            return answer(flow.failInBrowser(error, state, browserSecret), state);
        }
        if (code.isBlank() || state.isEmpty()) {
            return ResultPage.refused(Refusal.UNKNOWN_STATE).build();
        }
        return answer(flow.finishInBrowser(code, state, browserSecret), state);
    }

    private Response answer(ConnectFlow.Outcome outcome, String state) {
        Response.ResponseBuilder answer;
        URI returnTo = outcome.returnTo();
        if (returnTo != null) {
            answer = Response.status(Response.Status.FOUND)
                    .location(withResult(returnTo, outcome))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .header("Referrer-Policy", "no-referrer");
        } else if (outcome instanceof ConnectFlow.Outcome.Failed failed) {
            answer = ResultPage.refused(failed.why());
        } else {
            answer = ResultPage.connected();
        }
        return outcome instanceof ConnectFlow.Outcome.Connected
                ? answer.cookie(cookie(state, "", 0)).build()
                : answer.build();
    }

    /** Appends to what the caller gave, which has no fragment, and changes nothing else of it. */
    private static URI withResult(URI returnTo, ConnectFlow.Outcome outcome) {
        String result = outcome instanceof ConnectFlow.Outcome.Failed failed
                ? "error=" + failed.why().code()
                : "status=connected";
        return URI.create(returnTo + (returnTo.getRawQuery() == null ? "?" : "&") + result);
    }

    private NewCookie cookie(String state, String secret, int maxAgeSeconds) {
        return new NewCookie.Builder(cookieName(state))
                .value(secret)
                .path(configuration.redirectUri().getPath())
                .maxAge(maxAgeSeconds)
                .httpOnly(true)
                .secure(configuration.secureCookies())
                .sameSite(NewCookie.SameSite.LAX) // sent along when WHOOP sends the browser back
                .build();
    }

    /** One for each consent, so that two at once in one browser do not disturb each other. */
    private static String cookieName(String state) {
        return COOKIE + Secrets.derived(state, "cookie").substring(0, 12);
    }
}
