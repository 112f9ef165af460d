package io.holisticos.whoop.connect;

import com.codahale.metrics.MetricRegistry;
import com.github.kagkarlsson.scheduler.task.Task;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.whoop.connect.ConnectLinks.LinkPage;
import io.holisticos.whoop.connect.ConnectLinks.NextPage;
import io.holisticos.whoop.custody.ConnectionReader;
import io.holisticos.whoop.custody.CustodySetup;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The whole of connecting, on top of what custody needs. */
final class ConnectWorld extends CustodySetup {

    private final HttpClient http = HttpClient.newHttpClient();

    /** Of everything that is built from now on; what a test switches here counts at once. */
    final ConnectConfiguration configuration;

    ConnectWorld() {
        configuration = configuration();
    }

    ConnectConfiguration configuration() {
        ConnectConfiguration configuration = new ConnectConfiguration();
        configuration.clientId = app.clientId();
        configuration.clientSecret = app.clientSecret();
        configuration.authorizeUrl = URI.create(twin.baseUrl() + "/oauth/oauth2/auth");
        configuration.tokenUrl = URI.create(twin.baseUrl() + TOKEN_PATH);
        configuration.publicUrl = URI.create(PUBLIC_URL);
        configuration.returnTo = List.of("https://app.example/done", "holisticos:");
        return configuration;
    }

    /** The whole of connecting, with jobs that run when the test says so. */
    record Connecting(ConnectFlow flow, AccountLookup lookup, Jobs jobs) {}

    /** The ports of a test. */
    static final class TestPorts implements ConnectionListener {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final AtomicBoolean on = new AtomicBoolean(true);
        final AtomicReference<Duration> blocked = new AtomicReference<>(Duration.ZERO);
        final MetricRegistry metrics = new MetricRegistry();
        final AtomicReference<@Nullable ConnectionListener> next = new AtomicReference<>();
        volatile OptionalInt memberLimit = OptionalInt.empty();
        volatile Optional<Instant> synced = Optional.empty();

        @Override
        public void connected(UserId who, long whoopUserId) {
            heard.add("connected " + who + " " + whoopUserId);
            tell(listener -> listener.connected(who, whoopUserId));
        }

        @Override
        public void disconnected(UserId who) {
            heard.add("disconnected " + who);
            tell(listener -> listener.disconnected(who));
        }

        @Override
        public void disowned(UserId who) {
            heard.add("disowned " + who);
            tell(listener -> listener.disowned(who));
        }

        private void tell(Consumer<ConnectionListener> news) {
            ConnectionListener listener = next.get();
            if (listener != null) {
                news.accept(listener);
            }
        }
    }

    Connecting connecting(Worker worker, Jdbi jdbi, TestPorts ports) {
        return connecting(worker, jdbi, ports, new AtomicReference<>(), List.of());
    }

    /** @param others what is done beside the lookup */
    Connecting connecting(Worker worker, Jdbi jdbi, TestPorts ports, AtomicReference<Jobs> jobs, List<Task<?>> others) {
        AccountLookup lookup = new AccountLookup(
                worker.connections(),
                worker.api(),
                new AccountLookup.Ports(
                        ports, who -> ports.on.get(), () -> jobs.get().client(), ports.metrics),
                clock);
        List<Task<?>> tasks =
                Stream.concat(lookup.tasks().stream(), others.stream()).toList();
        jobs.set(Jobs.byHand(database.dataSource(), clock, tasks, List.of()));
        ConnectFlow flow = new ConnectFlow(
                new Consents(jdbi, vault(jdbi), configuration, new SecureRandom(), clock),
                worker.connections(),
                new ConnectFlow.Whoop(worker.oauth(), worker.api(), clock),
                lookup,
                new ConnectPorts(
                        ports,
                        who -> ports.on.get(),
                        who -> ports.synced,
                        new Admission(new ConnectionReader(jdbi), () -> ports.memberLimit, ports.blocked::get),
                        new SecurityEvents(ports.metrics)));
        return new Connecting(flow, lookup, jobs.get());
    }

    /** Whoever has that WHOOP account agrees, in a browser, to what was begun for the member. */
    ConsentOutcome.Kept consent(Connecting connecting, UserId who, UserId whoopMember) {
        String url = connecting
                .flow()
                .start(who, "service", Consents.ConsentOptions.NONE)
                .connectUrl()
                .getPath();
        String link = url.substring(url.lastIndexOf('/') + 1);
        LinkPage.Open page = (LinkPage.Open) connecting.flow().links().open(link);
        NextPage.AtWhoop pressed = (NextPage.AtWhoop)
                connecting.flow().links().press(new ConnectLinks.Press(link, page.token(), true, OwnBrowser.NOT_ASKED));
        Consents.BrowserState browser = pressed.browserState();
        String code = codeOf(pressed.authorizationUrl(), whoopMember);
        return (ConsentOutcome.Kept) connecting.flow().finishInBrowser(code, browser.state(), browser.cookie());
    }

    /** What WHOOP's consent page hands out when that member says yes. */
    String codeOf(URI authorizationUrl, UserId whoopMember) {
        try {
            String page = http.send(HttpRequest.newBuilder(authorizationUrl).build(), BodyHandlers.ofString())
                    .body();
            String challenge = first("name=\"challenge\" value=\"([^\"]+)\"", page);
            HttpRequest yes = HttpRequest.newBuilder(URI.create(twin.baseUrl() + "/oauth/oauth2/consent"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("challenge=" + challenge + "&member=" + accountOf(whoopMember)))
                    .build();
            String back = http.send(yes, BodyHandlers.discarding())
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
            return URLDecoder.decode(first("[?&]code=([^&]+)", back), StandardCharsets.UTF_8);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String first(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new AssertionError("no " + pattern);
        }
        return found.group(1);
    }
}
