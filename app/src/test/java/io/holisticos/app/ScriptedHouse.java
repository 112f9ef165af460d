package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.core.setup.Environment;
import io.holisticos.app.ScriptedServer.Asked;
import io.holisticos.twins.TwinClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The whole service like {@link House}, with a WHOOP and a Sahha that say what a test tells them to: for all that the
 * twins are too well-behaved to do. Time is {@link #clock}; whoever waits for something later advances it.
 */
final class ScriptedHouse implements AutoCloseable {

    private final ScriptedWhoop whoop = new ScriptedWhoop();
    private final ScriptedSahha sahha = new ScriptedSahha();
    private final RunningApp app;
    private final HttpClient browser = HttpClient.newHttpClient();

    private ScriptedHouse(Map<String, String> variables, Path configuration, UnaryOperator<RunningApp> change)
            throws Exception {
        this(variables, new RunningApp(environment -> {}, configuration), change);
    }

    private ScriptedHouse(Map<String, String> variables, RunningApp unstarted, UnaryOperator<RunningApp> change)
            throws Exception {
        app = unstarted;
        app.withSources(sahha.server().url(), whoop.server().url()).with(variables);
        change.apply(app).start();
    }

    /** Everything up, nobody connected. */
    static ScriptedHouse open() throws Exception {
        return openWith(Map.of());
    }

    /** The same with other variables for {@code config.yml}. */
    static ScriptedHouse openWith(Map<String, String> variables) throws Exception {
        return new ScriptedHouse(variables, RunningApp.SHIPPED, UnaryOperator.identity());
    }

    /** The same with {@code config.yml} as it is made of the one that is shipped. */
    static ScriptedHouse openConfigured(Map<String, String> variables, UnaryOperator<String> change) throws Exception {
        return new ScriptedHouse(variables, changed(change), UnaryOperator.identity());
    }

    /** The same with something registered beside our own. */
    static ScriptedHouse openConfigured(
            Map<String, String> variables, UnaryOperator<String> change, Consumer<Environment> more) throws Exception {
        return new ScriptedHouse(variables, new RunningApp(more, changed(change)), UnaryOperator.identity());
    }

    private static Path changed(UnaryOperator<String> change) throws IOException {
        return Files.writeString(
                Files.createTempFile("config", ".yml"), change.apply(Files.readString(RunningApp.SHIPPED)));
    }

    /** The same with one more source, which may keep its data in the databases of the service. */
    static ScriptedHouse openWithSource(Map<String, String> variables, Function<RunningApp, Sources.Entry> source)
            throws Exception {
        return openWithSource(variables, source, UnaryOperator.identity());
    }

    /** The same with {@code config.yml} as it is made of the one that is shipped. */
    static ScriptedHouse openWithSource(
            Map<String, String> variables, Function<RunningApp, Sources.Entry> source, UnaryOperator<String> change)
            throws Exception {
        return new ScriptedHouse(variables, changed(change), app -> app.withSource(source.apply(app)));
    }

    ScriptedWhoop whoop() {
        return whoop;
    }

    ScriptedSahha sahha() {
        return sahha;
    }

    /** The service itself: its routes, databases, restarts and replicas. */
    RunningApp app() {
        return app;
    }

    TwinClock clock() {
        return app.clock;
    }

    HttpResponse<String> get(String path) {
        return app.get(path);
    }

    JsonNode json(String path) {
        return app.jsonOf(app.get(path));
    }

    /**
     * The member consents as this WHOOP account, and what then goes on by itself has begun. Returns what was answered last: the
     * connection, or why none can begin now.
     */
    JsonNode connect(String userId, long whoopUserId) throws Exception {
        whoop.consentsAs(whoopUserId);
        JsonNode begun = app.jsonOf(app.send("POST", "/internal/oauth/initiate", body("user_id", userId)));
        if (!begun.has("authorization_url")) {
            return begun;
        }
        URI authorizationUrl = URI.create(begun.path("authorization_url").asText());
        HttpResponse<Void> consent =
                browser.send(HttpRequest.newBuilder(authorizationUrl).build(), BodyHandlers.discarding());
        URI back = URI.create(consent.headers().firstValue("Location").orElseThrow());
        Asked returned = new Asked("GET", back.getPath(), back.getRawQuery(), Map.of(), "");
        return app.jsonOf(app.send(
                "POST",
                "/internal/oauth/callback",
                body("code", returned.parameter("code"), "state", returned.parameter("state"))));
    }

    /** The same, and the first sync came to its end, whatever that was. */
    void connectAndSync(String userId, long whoopUserId) throws Exception {
        connect(userId, whoopUserId);
        RunningApp.await(() -> isOver(userId, "first-sync"));
    }

    /** The same, and everything older is there as well: from here on nothing changes an answer by itself. */
    void connectAndSyncAll(String userId, long whoopUserId) throws Exception {
        connectAndSync(userId, whoopUserId);
        RunningApp.await(() -> isOver(userId, "backfill"));
    }

    /** Whether the latest run of that kind is over: {@code done} or {@code failed}. */
    boolean isOver(String userId, String kind) {
        String state = stateOf(userId, kind);
        return state.equals("done") || state.equals("failed");
    }

    /** How the latest run of that kind stands; empty when there was none. */
    String stateOf(String userId, String kind) {
        return app.whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select state from whoop_sync where user_id = :who and kind = :kind
                        order by requested_at desc limit 1""")
                        .bind("who", userId)
                        .bind("kind", kind)
                        .mapTo(String.class)
                        .findOne()
                        .orElse(""));
    }

    private static String body(String... namesAndValues) {
        var body = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            body.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return body.toString();
    }

    @Override
    public void close() throws Exception {
        app.close();
        whoop.close();
        sahha.close();
    }
}
