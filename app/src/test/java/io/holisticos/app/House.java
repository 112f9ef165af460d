package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.browser.MemberBrowser;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The whole service on its own ports, with both twins and two real databases. */
final class House implements AutoCloseable {

    static final String KEY = "test-service-key";

    static final String SAHHA_WEBHOOK_SECRET = "test-sahha-webhook-secret";

    /** Sunday, 22 November 2026, before noon UTC: every seeded member has slept. */
    static final Instant START = Instant.parse("2026-11-22T11:30:00Z");

    private static final Path SHIPPED = Path.of("../config.yml");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, String> variables = new HashMap<>();
    private final TwinClock clock = TwinClock.startingAt(START, 1);
    private final World world = World.of(new WorldOptions(7, START, 0));
    private final TestDatabase sahhaDatabase = TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG);
    private final TestDatabase whoopDatabase = TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG);
    private final int port = freePort();
    private final int adminPort = freePort();
    private final WhoopTwin whoop;
    private final SahhaTwin sahha;
    private final Consumer<Environment> more;
    private final Path configuration;
    private HealthApplication app;

    private House(Map<String, String> others, Consumer<Environment> more, Path configuration) throws Exception {
        this.more = more;
        this.configuration = configuration;
        String url = "http://localhost:" + port;
        whoop = WhoopTwin.start(WhoopTwinOptions.of(WhoopApp.sandbox(url + "/api/v1/whoop/callback")), world, clock);
        sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        variables.putAll(Map.of(
                "PUBLIC_URL", url,
                "PORT", Integer.toString(port),
                "ADMIN_PORT", Integer.toString(adminPort),
                "LOG_LEVEL", "INFO",
                "LOG_LAYOUT", "text",
                "SAHHA_DATABASE_URL", sahhaDatabase.url(),
                "WHOOP_DATABASE_URL", whoopDatabase.url(),
                "VAULT_KEY", Base64.getEncoder().encodeToString(new byte[32]),
                "SERVICE_KEY", KEY));
        variables.putAll(Map.of(
                "SAHHA_URL", sahha.baseUrl(),
                "SAHHA_CLIENT_ID", "sandbox-sahha-client",
                "SAHHA_CLIENT_SECRET", "sandbox-sahha-secret",
                "SAHHA_WEBHOOK_SECRET", SAHHA_WEBHOOK_SECRET,
                "WHOOP_URL", whoop.baseUrl(),
                "WHOOP_CLIENT_ID", "sandbox-client",
                "WHOOP_CLIENT_SECRET", "sandbox-client-secret"));
        variables.putAll(others);
        app = start();
    }

    /** Everything up, nobody connected. */
    static House open() throws Exception {
        return new House(Map.of(), environment -> {}, SHIPPED);
    }

    /** The same with other variables for {@code config.yml}. */
    static House openWith(Map<String, String> variables) throws Exception {
        return new House(variables, environment -> {}, SHIPPED);
    }

    /** Both. */
    static House openWith(Map<String, String> variables, Consumer<Environment> more) throws Exception {
        return new House(variables, more, SHIPPED);
    }

    /** The same with something registered beside our own. */
    static House openWith(Consumer<Environment> more) throws Exception {
        return new House(Map.of(), more, SHIPPED);
    }

    /** The same with more at the end of {@code config.yml}. */
    static House openConfiguredWith(String yaml) throws Exception {
        Path configuration = Files.createTempFile("config", ".yml");
        Files.writeString(configuration, Files.readString(SHIPPED) + yaml);
        return new House(Map.of(), environment -> {}, configuration);
    }

    /** A second replica on the same databases; whoever starts it stops it. */
    Replica replica() throws Exception {
        Map<String, String> own = new HashMap<>(variables);
        Replica replica = new Replica(new HealthApplication(clock, own::get), freePort(), freePort());
        own.put("PORT", Integer.toString(replica.port()));
        own.put("ADMIN_PORT", Integer.toString(replica.adminPort()));
        replica.app().run("server", configuration.toString());
        return replica;
    }

    record Replica(HealthApplication app, int port, int adminPort) implements AutoCloseable {

        URI uri(String path) {
            return URI.create("http://localhost:" + port + path);
        }

        @Override
        public void close() throws Exception {
            app.stop();
        }
    }

    private HealthApplication start() throws Exception {
        HealthApplication started = new HealthApplication(clock, variables::get, more);
        started.run("server", configuration.toString());
        return started;
    }

    void restartApp() throws Exception {
        app.stop();
        app = start();
    }

    /** The same with other variables for {@code config.yml}, which stay until others take their place. */
    void restartAppWith(Map<String, String> others) throws Exception {
        variables.putAll(others);
        restartApp();
    }

    WhoopTwin whoop() {
        return whoop;
    }

    SahhaTwin sahha() {
        return sahha;
    }

    TwinClock clock() {
        return clock;
    }

    World world() {
        return world;
    }

    TestDatabase sahhaDatabase() {
        return sahhaDatabase;
    }

    TestDatabase whoopDatabase() {
        return whoopDatabase;
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    /** The member allows access in a browser, and the first sync ends. */
    HttpResponse<String> connect(String userId) throws Exception {
        Person member = world.byUserId(userId).orElseThrow();
        HttpResponse<String> page = new MemberBrowser().allow(URI.create(connectUrl(userId)), member.whoopUserId());
        await(() -> !jsonOf(get("/internal/oauth/status/" + userId))
                .path("last_synced_at")
                .asText("")
                .isEmpty());
        return page;
    }

    String connectUrl(String userId) throws Exception {
        return jsonOf(send("POST", "/api/v1/unified-health/connect/whoop/" + userId, ""))
                .path("connect_url")
                .asText();
    }

    /** With the service key. */
    HttpResponse<String> get(String path) {
        return exchange(request(path).header("X-API-Key", KEY).GET());
    }

    HttpResponse<String> getWithoutKey(String path) {
        return exchange(request(path).GET());
    }

    /** With the service key, JSON. */
    HttpResponse<String> send(String method, String path, String body) {
        return exchange(request(path)
                .header("X-API-Key", KEY)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    HttpResponse<String> admin(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(adminUri(path))
                .timeout(PATIENCE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return exchange(request);
    }

    URI adminUri(String path) {
        return URI.create("http://localhost:" + adminPort + path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
    }

    HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    JsonNode jsonOf(HttpResponse<String> answer) {
        try {
            return json.readTree(answer.body());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(answer.body(), e);
        }
    }

    /** Looks until it holds, for a bounded time. */
    static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about within " + PATIENCE);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(20).toNanos());
        }
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        app.stop();
        whoop.stop();
        sahha.stop();
    }
}
