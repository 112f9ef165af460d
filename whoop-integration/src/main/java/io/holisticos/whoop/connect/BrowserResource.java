package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import io.holisticos.pages.Pages;
import io.holisticos.web.OpenTo;
import io.holisticos.web.RequestCookies;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.custody.PendingConnections;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.SchemaProperty;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The member's browser on its way to WHOOP and back. The routes are open: the credential is a part of the address. */
@Path("/")
@OpenTo(OpenTo.Whom.BROWSERS_OF_MEMBERS)
@Produces(MediaType.TEXT_HTML)
@Tag(name = "Browser", description = "The member's browser on its way to WHOOP and back")
@ApiResponse(responseCode = "400", description = "A page that says why WHOOP was not connected")
@ApiResponse(responseCode = "410", description = "A page: the link has expired or was used")
public final class BrowserResource {

    private static final String COOKIE = "whoop_connect_";

    /** Browsers accept a cookie with this prefix only over https, from its own host, and for all paths. */
    private static final String HOST_PREFIX = "__Host-";

    /** Stands where a link would stand; links are longer. */
    private static final String ANSWER = "answer";

    private static final String TOKEN_FIELD = "token";
    private static final String ANSWER_FIELD = "answer";

    /** The answer of the button behind a link by which a member disconnects. */
    private static final String DISCONNECT = "disconnect";

    /** What a link may look like; others are not repeated on any page. */
    private static final Pattern LINK = Pattern.compile("[A-Za-z0-9_-]{20,100}");

    /** What no answer of an authorization server has twice (RFC 6749, 3.1): a proxy might read the other one. */
    private static final List<String> ANSWERED_ONCE = List.of("code", "state", "error");

    private final ConnectFlow flow;
    private final ConnectConfiguration configuration;
    private final SignedInMember signedIn;
    private final Pages pages;
    private final SameOrigin sameOrigin;

    BrowserResource(ConnectFlow flow, ConnectConfiguration configuration, SignedInMember signedIn, Pages pages) {
        this.flow = flow;
        this.configuration = configuration;
        this.signedIn = signedIn;
        this.pages = pages.beside(ConnectPage.class, configuration.publicUrl);
        this.sameOrigin = new SameOrigin(configuration.publicUrl);
    }

    /** Shows what the link is for. Changes nothing, so that previewers of messages do no harm. */
    @GET
    @Path("connect/{link}")
    @Operation(summary = "Look at a connect link")
    @ApiResponse(responseCode = "200", description = "A page that says whose WHOOP goes where, with a button")
    @ApiResponse(responseCode = "404", description = "A page: there is no such link")
    public Response open(@PathParam("link") String link, @Context HttpHeaders headers) {
        ConnectLinks.LinkPage found = flow.links().open(link);
        if (found instanceof ConnectLinks.LinkPage.Open open) {
            return pages.show(ConnectPage.of(open, pathOf("/connect/" + link), configuration), headers)
                    .build();
        }
        ConnectLinks.LinkPage.Closed closed = (ConnectLinks.LinkPage.Closed) found;
        return closed(closed.why(), closed.pause(), link, headers);
    }

    /**
     * The buttons of our pages. Behind a link, the first button gives the browser a cookie to come back with and sends it on to
     * WHOOP; another disconnects a member who is connected. At the end, the buttons say whether it was the right account.
     */
    @POST
    @Path("connect/{link}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Operation(summary = "Press a button of our pages")
    @ApiResponse(responseCode = "200", description = "Disconnected, or at the end: a page that says how it stands now")
    @ApiResponse(
            responseCode = "303",
            description = "On to WHOOP, with a cookie to come back with; at the end: to return_to")
    @ApiResponse(
            responseCode = "403",
            description = "A page: the form did not come from our page, or the link's member is not signed in in this"
                    + " browser")
    @ApiResponse(
            responseCode = "409",
            description = "A page: this WHOOP account, or one more member, cannot be connected")
    @ApiResponse(responseCode = "429", description = "A page: the link was tried too often")
    public Response press(
            @PathParam("link") String link,
            @RequestBody(
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_FORM_URLENCODED,
                                            schemaProperties = {
                                                @SchemaProperty(name = TOKEN_FIELD, schema = @Schema(type = "string")),
                                                @SchemaProperty(name = ANSWER_FIELD, schema = @Schema(type = "string"))
                                            }))
                    @Nullable
                    MultivaluedMap<String, String> form,
            @Context HttpHeaders headers) {
        boolean ours = sameOrigin.isConfirmedBy(headers);
        String token = field(form, TOKEN_FIELD);
        String answer = field(form, ANSWER_FIELD);
        if (link.equals(ANSWER)) {
            return chosen(token, AccountChoice.of(answer), ours, headers);
        }
        ConnectLinks.Press press = new ConnectLinks.Press(link, token, ours, browserOf(headers));
        return pressed(
                answer.equals(DISCONNECT)
                        ? flow.links().disconnect(press)
                        : flow.links().press(press),
                link,
                headers);
    }

    /** Reads the form itself: the framework's form parameters fail where a request has no content type. */
    private static String field(@Nullable MultivaluedMap<String, String> form, String name) {
        String value = form == null ? null : form.getFirst(name);
        return value == null ? "" : value;
    }

    /** WHOOP sends the member's browser back here. */
    @GET
    @Path("api/v1/whoop/callback")
    @Operation(summary = "Back from WHOOP")
    @ApiResponse(
            responseCode = "200",
            description = "A page that names both accounts and asks whether that is right, or 302 to return_to")
    @ApiResponse(
            responseCode = "409",
            description =
                    "A page: this WHOOP account, or one more member, cannot be connected, or another page is doing so")
    @ApiResponse(responseCode = "429", description = "A page: the member came back too often lately")
    public Response callback(
            @QueryParam("code") @DefaultValue("") String code,
            @QueryParam("state") @DefaultValue("") String state,
            @QueryParam("error") @DefaultValue("") String error,
            @Context UriInfo uri,
            @Context HttpHeaders headers) {
        if (ANSWERED_ONCE.stream().anyMatch(name -> isSaidTwice(uri, name))) {
            return refused(Refusal.UNKNOWN_STATE, headers);
        }
        String browserSecret = secretOf(state, headers);
        if (!error.isEmpty()) { // checked before the state, which may then be empty
            return ended(flow.failInBrowser(error, state, browserSecret), state, headers);
        }
        if (code.isBlank() || state.isEmpty()) {
            return refused(Refusal.UNKNOWN_STATE, headers);
        }
        return ended(flow.finishInBrowser(code, state, browserSecret), state, headers);
    }

    private static boolean isSaidTwice(UriInfo uri, String name) {
        List<String> values = uri.getQueryParameters().get(name);
        return values != null && values.size() > 1;
    }

    /** Only a press shows it: a link that is opened from an app or a message comes without the cookie of the session. */
    private OwnBrowser browserOf(HttpHeaders headers) {
        return configuration.requireSession ? who -> refusalOf(who, signedIn.in(headers)) : OwnBrowser.NOT_ASKED;
    }

    private static @Nullable Refusal refusalOf(UserId who, Optional<UserId> signedIn) {
        if (signedIn.isEmpty()) {
            return Refusal.NOT_SIGNED_IN;
        }
        return signedIn.get().equals(who) ? null : Refusal.OTHER_MEMBER;
    }

    private Response pressed(ConnectLinks.NextPage next, String link, HttpHeaders headers) {
        if (next instanceof ConnectLinks.NextPage.AtWhoop atWhoop) {
            Consents.BrowserState browserState = atWhoop.browserState();
            return goTo(Response.Status.SEE_OTHER, atWhoop.authorizationUrl())
                    .cookie(cookie(
                            browserState.state(), browserState.cookie(), (int) configuration.linkTtl.toSeconds()))
                    .build();
        }
        if (next instanceof ConnectLinks.NextPage.Disconnected disconnected) {
            return pages.show(ResultPage.disconnected(disconnected.label(), pathOf("/connect/" + link)), headers)
                    .build();
        }
        ConnectLinks.NextPage.Refused refused = (ConnectLinks.NextPage.Refused) next;
        return closed(refused.why(), refused.pause(), link, headers);
    }

    private Response chosen(String token, Optional<AccountChoice> choice, boolean ours, HttpHeaders headers) {
        if (choice.isEmpty()) {
            return refused(Refusal.OTHER_PAGE, headers);
        }
        AccountConfirmation.ChoiceResult result = flow.chooseInBrowser(token, choice.get(), ours, secretsOf(headers));
        if (result instanceof AccountConfirmation.ChoiceResult.Refused refused) {
            return refused(refused.why(), headers);
        }
        AccountConfirmation.ChoiceResult.Done done = (AccountConfirmation.ChoiceResult.Done) result;
        URI returnTo = done.returnTo();
        if (returnTo != null && done.choice() != AccountChoice.DISOWN) {
            return goTo(Response.Status.SEE_OTHER, with(returnTo, "status=connected"))
                    .build();
        }
        URI lead = returnTo == null ? null : with(returnTo, "error=disconnected");
        return pages.show(ResultPage.chosen(done.choice(), lead), headers).build();
    }

    /** The page at the end answers with the cookie of its press, too. */
    private Response ended(ConsentOutcome outcome, String state, HttpHeaders headers) {
        if (outcome instanceof ConsentOutcome.Failed failed) {
            URI returnTo = failed.returnTo();
            return returnTo == null
                    ? refused(failed.why(), headers)
                    : goTo(
                                    Response.Status.FOUND,
                                    with(returnTo, "error=" + failed.why().code()))
                            .build();
        }
        ConsentOutcome.Kept kept = (ConsentOutcome.Kept) outcome;
        URI returnTo = kept.returnTo();
        if (returnTo != null && kept.progress() == ConnectProgress.CONNECTED_AGAIN) {
            return goTo(Response.Status.FOUND, with(returnTo, "status=connected"))
                    .cookie(cookie(state, "", 0))
                    .build();
        }
        String secret = String.valueOf(secretOf(state, headers));
        return pages.show(ResultPage.kept(kept, pathOf("/connect/" + ANSWER)), headers)
                .cookie(cookie(state, secret, (int) PendingConnections.ANSWERABLE.toSeconds()))
                .build();
    }

    private Response closed(Refusal why, @Nullable Duration pause, String link, HttpHeaders headers) {
        String again = LINK.matcher(link).matches() ? pathOf("/connect/" + link) : null;
        Response.ResponseBuilder page = pages.show(ResultPage.refused(why, pause, again), headers);
        if (pause != null) {
            page.header(HttpHeaders.RETRY_AFTER, pause.toSeconds());
        }
        return (why == Refusal.UNKNOWN_STATE ? page.status(Response.Status.NOT_FOUND) : page).build();
    }

    private Response refused(Refusal why, HttpHeaders headers) {
        return pages.show(ResultPage.refused(why, null, null), headers).build();
    }

    private static Response.ResponseBuilder goTo(Response.Status how, URI address) {
        return Response.status(how)
                .location(address)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("Referrer-Policy", "no-referrer");
    }

    /** Appends to the address that the caller gave, which has no fragment, and changes nothing else of it. */
    private static URI with(URI returnTo, String result) {
        return URI.create(returnTo + (returnTo.getRawQuery() == null ? "?" : "&") + result);
    }

    /** The path at which browsers find a route of ours, since all routes may lie below a path. */
    private String pathOf(String route) {
        return configuration.below(route).getRawPath();
    }

    private NewCookie cookie(String state, String secret, int maxAgeSeconds) {
        return new NewCookie.Builder(cookieName(state))
                .value(secret)
                .path("/") // both the way back and the page at the end need it
                .maxAge(maxAgeSeconds)
                .httpOnly(true)
                .secure(configuration.secureCookies())
                .sameSite(NewCookie.SameSite.LAX) // sent along when WHOOP sends the browser back
                .build();
    }

    /** What this browser was given when it pressed; null when it comes without. */
    private @Nullable String secretOf(String state, HttpHeaders headers) {
        return cookiesOf(headers).named(cookieName(state)).stream().findFirst().orElse(null);
    }

    /** Of all presses of this browser: the page at the end does not say of which it is. */
    private Collection<String> secretsOf(HttpHeaders headers) {
        String prefix = configuration.secureCookies() ? HOST_PREFIX + COOKIE : COOKIE;
        return cookiesOf(headers).namedLike(prefix);
    }

    private static RequestCookies cookiesOf(HttpHeaders headers) {
        return RequestCookies.in(headers.getRequestHeader(HttpHeaders.COOKIE));
    }

    /** One cookie for each press, so that two presses in one browser do not overwrite each other's. */
    private String cookieName(String state) {
        String name = COOKIE + Secrets.derived(state, "cookie").substring(0, 12);
        return configuration.secureCookies() ? HOST_PREFIX + name : name;
    }
}
