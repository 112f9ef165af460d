package io.holisticos.whoop.connect;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import io.holisticos.health.UserId;
import io.holisticos.pages.BrandConfiguration;
import io.holisticos.pages.Page;
import io.holisticos.pages.Pages;
import io.holisticos.pages.RefusalPage;
import io.holisticos.testing.AsInProduction;
import io.holisticos.whoop.connect.ConnectLinks.LinkPage;
import io.holisticos.whoop.connect.ConnectLinks.Standing;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every page that a member may meet on the way, in every state, as it is really made and served: {@code /gallery/NAME}. */
final class Gallery implements AutoCloseable {

    static final String LABEL = "Ben's account (de…en)";
    static final String MARKUP = "<img src=x onerror=alert(1)> & \"more\"";
    static final String HEBREW = "החשבון של מרים (de…en)";
    static final String LONG = "x".repeat(100);

    private static final URI APP = URI.create("holisticos://whoop/done");
    private static final String LINK = "/connect/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private final DropwizardTestSupport<Configuration> server = new DropwizardTestSupport<>(
            App.class,
            null,
            ConfigOverride.config("server.applicationConnectors[0].port", "0"),
            ConfigOverride.config("server.adminConnectors[0].port", "0"));

    Gallery() throws Exception {
        server.before();
    }

    /** Of every page, by its name. */
    static Map<String, Page> pages() {
        Map<String, Page> all = new TreeMap<>();
        for (Standing standing : Standing.values()) {
            all.put("link-" + word(standing), link(LABEL, standing));
        }
        all.put("link-markup", link(MARKUP, Standing.NEW));
        all.put("link-hebrew", link(HEBREW, Standing.NEW));
        all.put("link-long", link(LONG, Standing.CONNECTED));
        for (ConnectProgress progress : ConnectProgress.values()) {
            all.put("end-" + word(progress), end(progress, "Ben S.", LABEL, null));
            all.put("end-" + word(progress) + "-unnamed", end(progress, null, LABEL, null));
        }
        all.put("end-to-app", end(ConnectProgress.CONNECTED, "Ben S.", LABEL, APP));
        all.put("end-markup", end(ConnectProgress.CONNECTED, MARKUP, MARKUP, null));
        all.put("end-hebrew", end(ConnectProgress.CONNECTED, "מרים כ.", HEBREW, null));
        all.put("end-long", end(ConnectProgress.AWAITING_CONFIRMATION, LONG, LONG, null));
        for (AccountChoice choice : AccountChoice.values()) {
            all.put("chosen-" + choice.formValue(), ResultPage.chosen(choice, null));
        }
        all.put("chosen-disown-to-app", ResultPage.chosen(AccountChoice.DISOWN, APP));
        all.put("disconnected", ResultPage.disconnected(LABEL, LINK));
        for (Refusal why : Refusal.values()) {
            all.put("refused-" + why.word(), ResultPage.refused(why, null, LINK));
        }
        for (int status : new int[] {404, 429, 503}) {
            all.put("unanswered-" + status, RefusalPage.of(status, 7));
        }
        all.put("refused-busy-minutes", ResultPage.refused(Refusal.BUSY, Duration.ofSeconds(700), LINK));
        all.put("refused-busy-hours", ResultPage.refused(Refusal.BUSY, Duration.ofHours(7), LINK));
        return all;
    }

    private static Page link(String label, Standing standing) {
        return ConnectPage.of(new LinkPage.Open(label, "token", standing), LINK, new ConnectConfiguration());
    }

    private static Page end(ConnectProgress progress, @Nullable String name, String label, @Nullable URI returnTo) {
        return ResultPage.kept(
                new ConsentOutcome.Kept(new UserId("demo-ben"), progress, name, label, "answer", returnTo),
                "/connect/answer");
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String address(String name) {
        return "http://localhost:" + server.getLocalPort() + "/gallery/" + name;
    }

    @Override
    public void close() {
        server.after();
    }

    /** Shows a page as the routes of this package do. */
    @Path("/gallery/{name}")
    public static final class Wall {

        private final Pages pages =
                Pages.of(new BrandConfiguration()).beside(ConnectPage.class, URI.create("http://localhost"));

        @GET
        public Response look(@PathParam("name") String name, @Context HttpHeaders headers) {
            Page page = pages().get(name);
            if (page == null) {
                throw new NotFoundException();
            }
            return pages.show(page, headers).build();
        }
    }

    /** Serves it. */
    public static final class App extends Application<Configuration> {
        @Override
        public void run(Configuration configuration, Environment environment) {
            AsInProduction.logs(configuration);
            Pages.of(new BrandConfiguration()).register(environment.jersey());
            environment.jersey().register(new Wall());
        }
    }
}
