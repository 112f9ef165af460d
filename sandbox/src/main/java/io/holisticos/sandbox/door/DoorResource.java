package io.holisticos.sandbox.door;

import io.holisticos.pages.Page;
import io.holisticos.pages.Pages;
import io.holisticos.sandbox.door.Calls.Answer;
import io.holisticos.web.OpenTo;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /sandbox}. Whoever sits at this machine may open it: its members are made up. What is pressed is tried once, and
 * its result has an address of its own, so that a reload tries nothing again.
 */
@Path(Door.PATH)
@OpenTo(OpenTo.Whom.EVERYBODY)
public final class DoorResource {

    private final Pages pages;
    private final Doings doings;
    private final Calls calls;
    private final DoorPage.Links links;

    DoorResource(Pages all, Doings doings, Calls calls, DoorPage.Links links) {
        // the root of every address of the sandbox is empty
        this.pages = all.beside(DoorResource.class, URI.create(""))
                .loading(DoorResource.class, Map.of("door.css", "door.css"));
        this.doings = doings;
        this.calls = calls;
        this.links = links;
    }

    @GET
    public Response open(@Context HttpHeaders browser) {
        return new LocalBrowser(browser).isHere() ? page(200, null, Optional.empty(), browser) : elsewhere();
    }

    @GET
    @Path("tried/{number: [0-9]{1,9}}")
    public Response tried(@PathParam("number") long number, @Context HttpHeaders browser) {
        if (!new LocalBrowser(browser).isHere()) {
            return elsewhere();
        }
        Optional<Tried> tried = doings.find(number);
        return tried.isPresent() ? page(200, null, tried, browser) : page(404, "notice.forgotten", tried, browser);
    }

    @POST
    @Path("try/{name}")
    public Response attempt(@PathParam("name") String name, @Context HttpHeaders browser) {
        if (!new LocalBrowser(browser).sendsOwnForm()) {
            return refused(browser);
        }
        return Attempts.named(name)
                .map(attempt -> seeOther(Door.PATH + "/tried/" + doings.run(attempt)))
                .orElseGet(() -> page(404, "notice.unknown", Optional.empty(), browser));
    }

    /** Leads to the member's own page of connecting. */
    @POST
    @Path("connect")
    public Response connect(@FormParam("member") @Nullable String member, @Context HttpHeaders browser) {
        if (!new LocalBrowser(browser).sendsOwnForm()) {
            return refused(browser);
        }
        if (member == null || !Attempts.MEMBERS.contains(member)) {
            return page(404, "notice.unknown", Optional.empty(), browser);
        }
        try {
            Answer begun = calls.send(Attempts.connect(member));
            String link = begun.json().path("connect_url").asText("");
            return link.isEmpty() ? page(502, "notice.no-link", Optional.empty(), browser) : seeOther(link);
        } catch (Calls.Unanswered e) {
            return page(502, unanswered(e), Optional.empty(), browser);
        }
    }

    /** Signs the browser in as the member, with a token as the member's app has it, and opens the explorer. */
    @POST
    @Path("explore")
    public Response explore(@FormParam("member") @Nullable String member, @Context HttpHeaders browser) {
        if (!new LocalBrowser(browser).sendsOwnForm()) {
            return refused(browser);
        }
        if (member == null || !Attempts.MEMBERS.contains(member)) {
            return page(404, "notice.unknown", Optional.empty(), browser);
        }
        try {
            Answer token = calls.send(Request.post(Request.To.SAHHA, "/_twin/token", "{\"sub\":\"" + member + "\"}"));
            Answer session = calls.beginSession(token.json().path("token").asText());
            return session.headers()
                    .firstValue(HttpHeaders.SET_COOKIE)
                    .map(cookie -> Response.seeOther(URI.create("/explore?user=" + member))
                            .header(HttpHeaders.SET_COOKIE, cookie)
                            .header(HttpHeaders.CACHE_CONTROL, "no-store")
                            .build())
                    .orElseGet(() -> page(502, "notice.no-session", Optional.empty(), browser));
        } catch (Calls.Unanswered e) {
            return page(502, unanswered(e), Optional.empty(), browser);
        }
    }

    /** The member's overview, which a link cannot ask for: it would have to send the key. */
    @GET
    @Path("members/{user_id}/overview")
    public Response overview(@PathParam("user_id") String member, @Context HttpHeaders browser) {
        if (!new LocalBrowser(browser).isHere()) {
            return elsewhere();
        }
        if (!Attempts.MEMBERS.contains(member)) {
            return page(404, "notice.unknown", Optional.empty(), browser);
        }
        try {
            Answer answer = calls.send(Attempts.overviewOf(member));
            return Response.status(answer.status())
                    .type(MediaType.APPLICATION_JSON)
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .entity(answer.body())
                    .build();
        } catch (Calls.Unanswered e) {
            return page(502, unanswered(e), Optional.empty(), browser);
        }
    }

    private Response page(int status, @Nullable String notice, Optional<Tried> tried, HttpHeaders browser) {
        DoorPage content = DoorPage.of(calls, links, Optional.ofNullable(notice), tried);
        return pages.show(
                        Page.of(status, "door.ftlh", content).withFormsTo(Page.sourceOf(URI.create(links.door()))),
                        browser)
                .build();
    }

    private Response refused(HttpHeaders browser) {
        return new LocalBrowser(browser).isHere()
                ? page(403, "notice.another-page", Optional.empty(), browser)
                : elsewhere();
    }

    private Response elsewhere() {
        return Response.status(403)
                .type(MediaType.TEXT_PLAIN_TYPE.withCharset("UTF-8"))
                .entity("The sandbox is shown on its own machine only: " + links.door() + "\n")
                .build();
    }

    private static Response seeOther(String address) {
        return Response.seeOther(URI.create(address))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private static String unanswered(Calls.Unanswered failure) {
        return "unanswered." + failure.to().name().toLowerCase(Locale.ROOT);
    }
}
