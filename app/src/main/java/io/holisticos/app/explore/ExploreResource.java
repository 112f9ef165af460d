package io.holisticos.app.explore;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.pages.Page;
import io.holisticos.pages.Pages;
import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Map;
import java.util.function.Predicate;

/** {@code /explore}. Everybody may open it, since it shows nobody's data by itself. */
@Hidden
@Path("/explore")
@OpenTo(OpenTo.Whom.EVERYBODY)
public final class ExploreResource {

    /** uPlot draws the charts (MIT licence); it is served by us, as everything that a page loads. */
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    private static final Map<String, String> FILES = Map.of(
            "explore.css", "explore.css",
            "page.js", "page.js",
            "charts.js", "charts.js",
            "days.js", "days.js",
            "why.js", "why.js",
            "preferences.js", "preferences.js",
            "explore.js", "explore.js",
            "uplot.css", UPLOT + "uPlot.min.css",
            "uplot.js", UPLOT + "uPlot.iife.min.js");

    private final Pages pages;
    private final Predicate<HttpHeaders> signedIn;

    /**
     * @param publicUrl where browsers find the service
     * @param signedIn whether a browser has a session; may throw {@link SourceUnavailable}
     */
    public ExploreResource(Pages all, URI publicUrl, Predicate<HttpHeaders> signedIn) {
        this.signedIn = signedIn;
        this.pages = all.beside(ExploreResource.class, publicUrl).loading(ExploreResource.class, FILES);
    }

    @GET
    public Response open(@Context HttpHeaders browser) {
        return pages.show(Page.of(200, "explore.ftlh", ExplorePage.ofAllMetrics(mayHaveSession(browser))), browser)
                .build();
    }

    /**
     * Where it cannot be found out, the page's script finds it out later: while the database is away, and when a link in a mail or a
     * chat leads here, with which browsers send no cookie that is {@code SameSite=Strict}.
     */
    private boolean mayHaveSession(HttpHeaders browser) {
        if ("cross-site".equals(browser.getHeaderString("Sec-Fetch-Site"))) {
            return true;
        }
        try {
            return signedIn.test(browser);
        } catch (SourceUnavailable e) {
            return true;
        }
    }
}
