package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.testing.TestDatabase;
import io.holisticos.testing.TokenIssuer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The whole service between scripted sources, whose members have tokens of an identity provider as scripted. */
final class MembersHouse implements AutoCloseable {

    static final String KEYS = "/jwks.json";

    /** What changes by itself, or counts what is refused. */
    private static final Set<String> OF_THE_SERVICE = Set.of("scheduled_tasks", "change_notice", "observed_caller");

    private final ScriptedServer keys = new ScriptedServer();
    private final TokenIssuer issuer = new TokenIssuer("idp");
    private final ScriptedHouse house;

    private MembersHouse(Map<String, String> others, Consumer<Environment> more) throws Exception {
        publish(issuer);
        Map<String, String> variables = new HashMap<>(Map.of(
                "JWT_ISSUER", TokenIssuer.ISSUER,
                "JWT_AUDIENCE", TokenIssuer.AUDIENCE,
                "JWT_JWKS_URL", keys.url() + KEYS));
        variables.putAll(others);
        house = ScriptedHouse.openConfigured(variables, yaml -> yaml, more);
    }

    static MembersHouse open(Map<String, String> others) throws Exception {
        return new MembersHouse(others, environment -> {});
    }

    static MembersHouse openWith(Consumer<Environment> more) throws Exception {
        return new MembersHouse(Map.of(), more);
    }

    ScriptedHouse house() {
        return house;
    }

    RunningApp app() {
        return house.app();
    }

    TokenIssuer issuer() {
        return issuer;
    }

    /** Where the provider's keys are. */
    ScriptedServer keys() {
        return keys;
    }

    /** The provider has these keys from now on. */
    void publish(TokenIssuer of) {
        keys.on(KEYS, Reply.json(of.keys().toString()));
    }

    String token(String member) {
        return issuer.token(member, house.clock().instant());
    }

    HttpResponse<String> as(String token, String method, String path, String body) {
        return app().exchange(request(app().request(path), token, method, body));
    }

    HttpResponse<String> get(String token, String path) {
        return as(token, "GET", path, "");
    }

    static HttpRequest.Builder request(HttpRequest.Builder to, String token, String method, String body) {
        return to.header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    /** How many rows each table of both databases has. */
    Map<String, Long> stored() {
        Map<String, Long> rows = new TreeMap<>();
        count("sahha", app().sahhaDatabase, rows);
        count("whoop", app().whoopDatabase, rows);
        return rows;
    }

    private static void count(String name, TestDatabase database, Map<String, Long> rows) {
        database.jdbi()
                .useHandle(handle -> handle.createQuery(
                                "select relname from pg_class where relnamespace = 'public'::regnamespace"
                                        + " and relkind in ('r', 'p') and not relispartition") // months come by
                        // themselves
                        .mapTo(String.class)
                        .forEach(table -> {
                            if (!OF_THE_SERVICE.contains(table)) {
                                rows.put(
                                        name + '.' + table,
                                        handle.createQuery("select count(*) from \"" + table + '"')
                                                .mapTo(Long.class)
                                                .one());
                            }
                        }));
    }

    @Override
    public void close() throws Exception {
        house.close();
        keys.close();
    }
}
