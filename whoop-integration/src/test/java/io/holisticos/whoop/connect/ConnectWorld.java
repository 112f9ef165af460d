package io.holisticos.whoop.connect;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.kagkarlsson.scheduler.task.Task;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.jackson.Jackson;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.testing.AsInProduction;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.whoop.IssuedTokens;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import io.holisticos.vault.Vault;
import io.holisticos.vault.VaultConfiguration;
import io.holisticos.whoop.api.ForbiddenCalls;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.ConnectFlow.Looked;
import io.holisticos.whoop.connect.ConnectFlow.Outcome;
import io.holisticos.whoop.connect.ConnectFlow.Pressed;
import io.holisticos.whoop.connect.Connections.Consented;
import io.holisticos.whoop.connect.Connections.Holding;
import jakarta.ws.rs.client.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** WHOOP's twin, a database, and as many workers of ours as a test likes, each with a pool and a client of its own. */
final class ConnectWorld implements AutoCloseable {

    static final UserId ANNA = new UserId("demo-anna");
    static final UserId BEN = new UserId("demo-ben");
    static final String TOKEN_PATH = "/oauth/oauth2/token";
    static final String TOKEN_CALLS = "POST " + TOKEN_PATH;
    static final String PUBLIC_URL = "https://health.example";

    final TwinClock clock = TwinClock.fixed(Instant.parse("2026-11-22T10:00:00Z"));
    final TestDatabase database = TestDatabase.migratedBy("whoop-db/changelog.yaml");
    final WhoopApp app = WhoopApp.sandbox(PUBLIC_URL + ConnectConfiguration.CALLBACK_PATH);
    final WhoopTwin twin;

    private final HttpClient http = HttpClient.newHttpClient();
    private final World people = World.of(new WorldOptions(7, clock.instant(), 0));
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<AutoCloseable> opened = new ArrayList<>();

    ConnectWorld() {
        try {
            twin = WhoopTwin.start(WhoopTwinOptions.of(app), people, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One process of ours. */
    record Worker(Connections connections, WhoopOAuth oauth, WhoopApi api, ConnectionAuthorization authorization) {}

    Worker worker() {
        return worker(configuration());
    }

    Worker worker(ConnectConfiguration configuration) {
        return worker(pool(), configuration);
    }

    Worker worker(Jdbi jdbi, ConnectConfiguration configuration) {
        Client client = client(executor);
        opened.add(client::close);
        Worker worker = worker(jdbi, configuration, client, twin.baseUrl(), clock);
        opened.add(0, worker.connections()::stop);
        return worker;
    }

    static Worker worker(Jdbi jdbi, ConnectConfiguration configuration, Client client, String twinUrl, Clock clock) {
        ForbiddenCalls forbidden = new ForbiddenCalls(new MetricRegistry(), clock);
        WhoopOAuth oauth = new WhoopOAuth(outbound(client, Authorization.none()), configuration, forbidden);
        Connections connections = new Connections(jdbi, vault(jdbi), oauth, configuration, clock);
        ConnectionAuthorization authorization = new ConnectionAuthorization(connections);
        WhoopApi api = new WhoopApi(
                outbound(client, authorization),
                URI.create(twinUrl + "/developer"),
                mapper(),
                new MetricRegistry(),
                forbidden);
        return new Worker(connections, oauth, api, authorization);
    }

    ConnectConfiguration configuration() {
        return configuration(app, twin.baseUrl());
    }

    static ConnectConfiguration configuration(WhoopApp app, String twinUrl) {
        ConnectConfiguration configuration = new ConnectConfiguration();
        configuration.clientId = app.clientId();
        configuration.clientSecret = app.clientSecret();
        configuration.authorizeUrl = URI.create(twinUrl + "/oauth/oauth2/auth");
        configuration.tokenUrl = URI.create(twinUrl + TOKEN_PATH);
        configuration.publicUrl = URI.create(PUBLIC_URL);
        configuration.returnTo = List.of("https://app.example/done", "holisticos:");
        configuration.refreshTimeout = io.dropwizard.util.Duration.seconds(10);
        return configuration;
    }

    /** First name and initial. */
    String nameOf(UserId who) {
        var identity = people.byUserId(who.value()).orElseThrow().identity();
        return identity.firstName() + " " + identity.lastName().substring(0, 1) + ".";
    }

    long accountOf(UserId who) {
        return people.byUserId(who.value()).orElseThrow().whoopUserId();
    }

    /** The whole of connecting, with jobs that run when the test says so. */
    record Door(ConnectFlow flow, Arrivals arrivals, Jobs jobs) {}

    /** What a test says of the house around it. */
    static final class House implements ConnectionListener {
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

    Door door(Worker worker, Jdbi jdbi, House house) {
        return door(worker, jdbi, house, new AtomicReference<>(), List.of());
    }

    /** @param others what is done beside the arrivals */
    Door door(Worker worker, Jdbi jdbi, House house, AtomicReference<Jobs> jobs, List<Task<?>> others) {
        Arrivals arrivals = new Arrivals(
                worker.connections(),
                worker.api(),
                new Arrivals.Ways(house, who -> house.on.get(), () -> jobs.get().client(), house.metrics),
                clock);
        List<Task<?>> tasks =
                Stream.concat(arrivals.tasks().stream(), others.stream()).toList();
        jobs.set(Jobs.byHand(database.dataSource(), clock, tasks, List.of()));
        ConnectFlow flow = new ConnectFlow(
                new Consents(jdbi, vault(jdbi), configuration(), new SecureRandom(), clock),
                worker.connections(),
                new ConnectFlow.Whoop(worker.oauth(), worker.api(), clock),
                arrivals,
                new Surroundings(
                        house,
                        who -> house.on.get(),
                        who -> house.synced,
                        new Admission(new ConnectionReader(jdbi), () -> house.memberLimit, house.blocked::get),
                        new SecurityEvents(house.metrics)));
        return new Door(flow, arrivals, jobs.get());
    }

    /** Whoever has that WHOOP account agrees, in a browser, to what was begun for the member. */
    Outcome.Kept consent(Door door, UserId who, UserId whoopMember) {
        String url = door.flow()
                .start(who, "service", Consents.Wishes.NONE)
                .connectUrl()
                .getPath();
        String link = url.substring(url.lastIndexOf('/') + 1);
        Looked.Open page = (Looked.Open) door.flow().look(link);
        Pressed.Onward pressed = (Pressed.Onward) door.flow().press(link, page.token(), true);
        Consents.Secret secret = pressed.secret();
        String code = codeOf(pressed.authorizationUrl(), whoopMember);
        return (Outcome.Kept) door.flow().finishInBrowser(code, secret.state(), secret.browser());
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

    /** The member's consent, without the way there. */
    IssuedTokens connect(Worker worker, UserId who) {
        IssuedTokens tokens = twin.grant(who.value());
        join(worker, who, accountOf(who), tokens);
        return tokens;
    }

    /** The tokens are held, and settled as this account's. */
    Connections.Joined join(Worker worker, UserId who, long account, IssuedTokens tokens) {
        Consented consented = new Consented(
                new TokenPair(
                        tokens.accessToken(),
                        String.valueOf(tokens.refreshToken()),
                        clock.instant().plus(tokens.expiresIn())),
                tokens.scopes(),
                Consents.answerHash(who + " " + tokens.accessToken()),
                true);
        Holding holding = worker.connections().hold(who, consented, OptionalInt.empty());
        return holding == Holding.HELD
                ? worker.connections().settle(who, account, true)
                : worker.connections().renew(who, account, consented);
    }

    long tokenCalls() {
        return twin.stats().calls(TOKEN_CALLS);
    }

    void letTheAccessTokenExpire() {
        clock.advance(Duration.ofMinutes(61));
    }

    static Vault vault(Jdbi jdbi) {
        return new Vault(
                jdbi,
                VaultConfiguration.of("k1", Base64.getEncoder().encodeToString(new byte[32])),
                new SecureRandom(),
                Clock.systemUTC());
    }

    Jdbi pool() {
        return pool("", 8);
    }

    /** One connection, which is dropped when nothing arrives on it for two seconds. */
    Jdbi impatientPool() {
        return pool("socketTimeout=2", 1);
    }

    private Jdbi pool(String properties, int connections) {
        DataSource pool = new DataSource();
        pool.setConnectionProperties(properties);
        pool.setDriverClassName("org.postgresql.Driver");
        pool.setUrl(database.url());
        pool.setUsername("postgres");
        pool.setMaxActive(connections);
        pool.setInitialSize(0);
        pool.setMinIdle(0);
        pool.setMaxIdle(connections);
        pool.setTestOnBorrow(true);
        pool.setValidationQuery("select 1");
        opened.add(pool::close);
        return AsInProduction.statements(Jdbi.create(pool));
    }

    /** As if nothing had happened yet; only the time stays. */
    void reset() {
        database.jdbi()
                .useHandle(handle -> handle.execute(
                        "truncate whoop_connection, whoop_connection_history, whoop_authorization, whoop_press, member_key,"
                                + " scheduled_tasks"));
        twin.faults().clear();
        people.people().stream()
                .filter(person -> person.membership().hasWhoopAccount())
                .forEach(person -> twin.revokeGrant(person.userId()));
        twin.register(app);
        twin.resetQuota();
        twin.stats().clear();
    }

    static ObjectMapper mapper() {
        return Jackson.newObjectMapper();
    }

    @Override
    public void close() throws Exception {
        twin.stop();
        for (AutoCloseable one : opened) {
            one.close();
        }
        executor.shutdownNow();
    }

    static Client client(ExecutorService executor) {
        OutboundConfiguration configuration = outboundConfiguration();
        return new JerseyClientBuilder(new MetricRegistry())
                .using(executor, mapper())
                .using(configuration.client())
                .build("whoop");
    }

    private static Outbound outbound(Client client, Authorization authorization) {
        return Outbound.to(
                WhoopApi.WHOOP,
                client,
                outboundConfiguration(),
                new Commands(new CommandsConfiguration(), new MetricRegistry(), Clock.systemUTC(), System::nanoTime),
                Budget.unlimited(),
                authorization);
    }

    private static OutboundConfiguration outboundConfiguration() {
        try {
            return mapper().readValue("""
                    {"client": {"gzipEnabled": false, "gzipEnabledForRequests": false},
                     "requestTimeout": "5s", "retryPause": "5ms"}""", OutboundConfiguration.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
