package io.holisticos.whoop.custody;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.jackson.Jackson;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.UserId;
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
import io.holisticos.vault.OneVaultKey;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.ForbiddenCalls;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.custody.PendingConnections.Keeping;
import jakarta.ws.rs.client.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.jdbi.v3.core.Jdbi;

/**
 * WHOOP's twin, a database, and as many workers of ours as a test needs, each with a pool and a client of its own. Tests of
 * connecting use it, too.
 */
public class CustodySetup implements AutoCloseable {

    public static final UserId ANNA = new UserId("demo-anna");
    public static final UserId BEN = new UserId("demo-ben");
    public static final String TOKEN_PATH = "/oauth/oauth2/token";
    public static final String TOKEN_CALLS = "POST " + TOKEN_PATH;
    public static final String PUBLIC_URL = "https://health.example";
    public static final String CALLBACK = PUBLIC_URL + "/api/v1/whoop/callback";

    public final TwinClock clock = TwinClock.fixed(Instant.parse("2026-11-22T10:00:00Z"));
    public final TestDatabase database = TestDatabase.migratedBy("whoop-db/changelog.yaml");
    public final WhoopApp app = WhoopApp.sandbox(CALLBACK);
    public final WhoopTwin twin;

    private final World people = World.of(new WorldOptions(7, clock.instant(), 0));
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<AutoCloseable> opened = new ArrayList<>();

    public CustodySetup() {
        try {
            twin = WhoopTwin.start(WhoopTwinOptions.of(app), people, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One process of ours. */
    public record Worker(
            Connections connections, WhoopOAuth oauth, WhoopApi api, ConnectionAuthorization authorization) {}

    public Worker worker() {
        return worker(pool(), application(), terms());
    }

    public Worker workerAt(Jdbi jdbi) {
        return worker(jdbi, application(), terms());
    }

    /** A worker for which the token endpoint is elsewhere. */
    Worker workerWithTokenEndpoint(URI tokenUrl) {
        OAuthApplication usual = application();
        OAuthApplication elsewhere = new OAuthApplication(
                usual.clientId(),
                usual.clientSecret(),
                usual.authorizeUrl(),
                tokenUrl,
                usual.redirectUri(),
                usual.scopes());
        return worker(pool(), elsewhere, terms());
    }

    Worker worker(Jdbi jdbi, Duration refreshTimeout) {
        return worker(jdbi, application(), new CustodyTerms(refreshTimeout, terms().keepAliveAfter()));
    }

    private Worker worker(Jdbi jdbi, OAuthApplication application, CustodyTerms terms) {
        Client client = client(executor);
        opened.add(client::close);
        Worker worker = worker(jdbi, application, terms, client, twin.baseUrl(), clock);
        opened.add(0, worker.connections()::stop);
        return worker;
    }

    static Worker worker(
            Jdbi jdbi, OAuthApplication application, CustodyTerms terms, Client client, String twinUrl, Clock clock) {
        ForbiddenCalls forbidden = new ForbiddenCalls(new MetricRegistry(), clock);
        WhoopOAuth oauth = new WhoopOAuth(outbound(client, Authorization.none()), application, forbidden);
        Connections connections = new Connections(jdbi, vault(jdbi), oauth, terms, clock);
        ConnectionAuthorization authorization = new ConnectionAuthorization(connections);
        WhoopApi api = new WhoopApi(
                outbound(client, authorization),
                URI.create(twinUrl + "/developer"),
                mapper(),
                new MetricRegistry(),
                forbidden);
        return new Worker(connections, oauth, api, authorization);
    }

    OAuthApplication application() {
        return application(app, twin.baseUrl());
    }

    static OAuthApplication application(WhoopApp app, String twinUrl) {
        return new OAuthApplication(
                app.clientId(),
                app.clientSecret(),
                URI.create(twinUrl + "/oauth/oauth2/auth"),
                URI.create(twinUrl + TOKEN_PATH),
                URI.create(CALLBACK),
                List.of(
                        "read:recovery",
                        "read:cycles",
                        "read:workout",
                        "read:sleep",
                        "read:profile",
                        "read:body_measurement",
                        "offline"));
    }

    static CustodyTerms terms() {
        return new CustodyTerms(Duration.ofSeconds(10), Duration.ofDays(7));
    }

    /** First name and initial. */
    public String nameOf(UserId who) {
        var identity = people.byUserId(who.value()).orElseThrow().identity();
        return identity.firstName() + " " + identity.lastName().substring(0, 1) + ".";
    }

    public long accountOf(UserId who) {
        return people.byUserId(who.value()).orElseThrow().whoopUserId();
    }

    /** The member's consent, without its pages. */
    public IssuedTokens connect(Worker worker, UserId who) {
        IssuedTokens tokens = twin.grant(who.value());
        join(worker, who, accountOf(who), tokens);
        return tokens;
    }

    /** The tokens are kept, and given this account. */
    public AccountAssignment join(Worker worker, UserId who, long account, IssuedTokens tokens) {
        ConsentedTokens consented = new ConsentedTokens(
                new TokenPair(
                        tokens.accessToken(),
                        String.valueOf(tokens.refreshToken()),
                        clock.instant().plus(tokens.expiresIn())),
                tokens.scopes(),
                (who + " " + tokens.accessToken()).getBytes(StandardCharsets.UTF_8),
                true);
        Keeping keeping = worker.connections().pending().keep(who, consented, OptionalInt.empty());
        return keeping == Keeping.KEPT
                ? worker.connections().pending().assignAccount(who, account, true)
                : worker.connections().pending().renew(who, account, consented);
    }

    /** Only a new consent helps from here on, for this reason. */
    public static void requireConsent(Worker worker, UserId who, String reason, Instant begun) {
        worker.connections().markReauthorizationRequired(who, reason, begun);
    }

    /** How many members have a connection that did not end. */
    public int connected() {
        return new ConnectionReader(database.jdbi()).count().connected();
    }

    public long tokenCalls() {
        return twin.stats().calls(TOKEN_CALLS);
    }

    public void letTheAccessTokenExpire() {
        clock.advance(Duration.ofMinutes(61));
    }

    public static Vault vault(Jdbi jdbi) {
        return new Vault(
                jdbi,
                OneVaultKey.of("k1", Base64.getEncoder().encodeToString(new byte[32])),
                new SecureRandom(),
                Clock.systemUTC());
    }

    public Jdbi pool() {
        return pool("", 8);
    }

    /** One connection, which is dropped when nothing arrives on it for two seconds. */
    public Jdbi impatientPool() {
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
    public void reset() {
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

    public static ObjectMapper mapper() {
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
