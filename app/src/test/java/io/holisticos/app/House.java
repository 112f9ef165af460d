package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The whole service on its own ports, with both twins and two real databases. */
final class House implements AutoCloseable {

    static final String KEY = RunningApp.KEY;

    private static final String AUDIENCE = "JWT_AUDIENCE";
    private static final String ISSUER = "JWT_ISSUER";

    static final String SAHHA_WEBHOOK_SECRET = RunningApp.SAHHA_WEBHOOK_SECRET;

    /** Sunday, 22 November 2026, before noon UTC: every seeded member has slept. */
    static final Instant START = RunningApp.START;

    private final RunningApp app;
    private final World world;
    private final WhoopTwin whoop;
    private final SahhaTwin sahha;

    private House(Map<String, String> others, Consumer<Environment> more, Path configuration) throws Exception {
        this(new WorldOptions(7, START, 0), others, more, configuration);
    }

    private House(WorldOptions people, Map<String, String> others, Consumer<Environment> more, Path configuration)
            throws Exception {
        world = World.of(people);
        app = new RunningApp(more, configuration);
        whoop = WhoopTwin.start(WhoopTwinOptions.of(WhoopApp.sandbox(app.callback())), world, app.clock);
        sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, app.clock);
        app.withSources(sahha.baseUrl(), whoop.baseUrl())
                .with(others)
                .with(others.containsKey(AUDIENCE) && !others.containsKey(ISSUER) ? tokensOfMembers() : Map.of())
                .start();
    }

    /** Everything up, and Sahha's twin is the members' identity provider, too. */
    static House openWithTokensOfMembers(Map<String, String> variables) throws Exception {
        Map<String, String> all = new HashMap<>(variables);
        all.put(AUDIENCE, SahhaTwin.MEMBERS_AUDIENCE);
        return openWith(all);
    }

    private Map<String, String> tokensOfMembers() {
        return Map.of(ISSUER, sahha.baseUrl(), "JWT_JWKS_URL", sahha.baseUrl() + "/_twin/jwks.json");
    }

    /** Everything up, nobody connected. */
    static House open() throws Exception {
        return new House(Map.of(), environment -> {}, RunningApp.SHIPPED);
    }

    /** The same with other people. */
    static House openFor(WorldOptions people) throws Exception {
        return new House(people, Map.of(), environment -> {}, RunningApp.SHIPPED);
    }

    /** The same with other variables for {@code config.yml}. */
    static House openWith(Map<String, String> variables) throws Exception {
        return new House(variables, environment -> {}, RunningApp.SHIPPED);
    }

    /** Both. */
    static House openWith(Map<String, String> variables, Consumer<Environment> more) throws Exception {
        return new House(variables, more, RunningApp.SHIPPED);
    }

    /** The same with something registered beside our own. */
    static House openWith(Consumer<Environment> more) throws Exception {
        return new House(Map.of(), more, RunningApp.SHIPPED);
    }

    /** The same with more at the end of {@code config.yml}. */
    static House openConfiguredWith(String yaml) throws Exception {
        Path configuration = Files.createTempFile("config", ".yml");
        Files.writeString(configuration, Files.readString(RunningApp.SHIPPED) + yaml);
        return new House(Map.of(), environment -> {}, configuration);
    }

    /** The same with another {@code config.yml}. */
    static House openWith(Path configuration, Map<String, String> variables) throws Exception {
        return new House(variables, environment -> {}, configuration);
    }

    /** Both, and something registered beside our own. */
    static House openWith(Path configuration, Map<String, String> variables, Consumer<Environment> more)
            throws Exception {
        return new House(variables, more, configuration);
    }

    /** A second replica on the same databases; whoever starts it stops it. */
    Replica replica() throws Exception {
        return app.replica();
    }

    /** The same with other variables of its own. */
    Replica replica(Map<String, String> others) throws Exception {
        return app.replica(others);
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

    /** Runs a command with the variables and the clock of this service. */
    CommandRun command(String... arguments) {
        return app.command(arguments);
    }

    /** The same with other variables of its own. */
    CommandRun commandWith(Map<String, String> others, String... arguments) {
        return app.commandWith(others, arguments);
    }

    void restartApp() throws Exception {
        app.restart();
    }

    /** The same with other variables for {@code config.yml}, which stay until others take their place. */
    void restartAppWith(Map<String, String> others) throws Exception {
        app.with(others).restart();
    }

    WhoopTwin whoop() {
        return whoop;
    }

    SahhaTwin sahha() {
        return sahha;
    }

    TwinClock clock() {
        return app.clock;
    }

    World world() {
        return world;
    }

    TestDatabase sahhaDatabase() {
        return app.sahhaDatabase;
    }

    TestDatabase whoopDatabase() {
        return app.whoopDatabase;
    }

    URI uri(String path) {
        return app.uri(path);
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

    /** The same, and the years before have been read, too. */
    void connectWithHistory(String userId) throws Exception {
        connect(userId);
        await(() -> {
            clock().advance(Duration.ofSeconds(10)); // the quota gives history its share of each minute
            return whoopDatabase()
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("""
                            select exists (select from whoop_sync
                            where user_id = :who and kind = 'backfill' and state = 'done')""")
                            .bind("who", userId)
                            .mapTo(Boolean.class)
                            .one());
        });
    }

    String connectUrl(String userId) throws Exception {
        return jsonOf(send("POST", "/api/v1/unified-health/connect/whoop/" + userId, ""))
                .path("connect_url")
                .asText();
    }

    /** With the service key. */
    HttpResponse<String> get(String path) {
        return app.get(path);
    }

    HttpResponse<String> getWithoutKey(String path) {
        return app.exchange(app.request(path).GET());
    }

    /** With the service key, JSON. */
    HttpResponse<String> send(String method, String path, String body) {
        return app.send(method, path, body);
    }

    HttpResponse<String> admin(String method, String path, String body, String... headers) {
        return app.admin(method, path, body, headers);
    }

    URI adminUri(String path) {
        return app.adminUri(path);
    }

    HttpRequest.Builder request(String path) {
        return app.request(path);
    }

    HttpResponse<String> exchange(HttpRequest.Builder request) {
        return app.exchange(request);
    }

    void awaitReady() {
        app.awaitReady();
    }

    JsonNode jsonOf(HttpResponse<String> answer) {
        return app.jsonOf(answer);
    }

    /** Looks until it holds, for a bounded time. */
    static void await(BooleanSupplier holds) {
        RunningApp.await(holds);
    }

    @Override
    public void close() throws Exception {
        app.close();
        whoop.stop();
        sahha.stop();
    }
}
