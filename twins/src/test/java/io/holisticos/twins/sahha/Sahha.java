package io.holisticos.twins.sahha;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.LoggerFactory;

/** A twin over a small world at a clock that stands still, and a caller with the account's token. */
final class Sahha implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-22T14:05:00Z");
    static final ObjectMapper JSON = new ObjectMapper();

    static {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO); // Jetty says a lot below
    }

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final World world;
    final TwinClock clock;
    final SahhaTwin twin;
    private final SahhaTwinOptions options;
    private String token;

    private Sahha(World world, TwinClock clock, SahhaTwinOptions options) {
        this.world = world;
        this.clock = clock;
        try {
            this.twin = SahhaTwin.start(options, world, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.options = options;
        this.token = freshToken();
    }

    private String freshToken() {
        return json(post("/api/v1/oauth/account/token", "", credentials(options)))
                .path("accountToken")
                .asText();
    }

    /** Pushes the clock and asks for a token that is valid then. */
    void advance(Duration step) {
        clock.advance(step);
        token = freshToken();
    }

    static Sahha start(SahhaQuirk... quirks) {
        return start(SahhaTwinOptions.onPort(0).withQuirks(Set.of(quirks)));
    }

    static Sahha start(SahhaTwinOptions options) {
        return start(options, 7);
    }

    static Sahha start(SahhaTwinOptions options, long seed) {
        return new Sahha(World.of(new WorldOptions(seed, START, 12)), TwinClock.fixed(START), options);
    }

    static String credentials(SahhaTwinOptions options) {
        return "{\"clientId\":\"" + options.clientId() + "\",\"clientSecret\":\"" + options.clientSecret() + "\"}";
    }

    Person person(String userId) {
        return world.byUserId(userId).orElseThrow();
    }

    HttpResponse<String> get(String path) {
        return get(path, "account " + token);
    }

    HttpResponse<String> get(String path, String authorization) {
        return send(HttpRequest.newBuilder().GET(), path, authorization);
    }

    HttpResponse<String> postAsAccount(String path, String body) {
        return post(path, "account " + token, body);
    }

    HttpResponse<String> post(String path, String authorization, String body) {
        return send(HttpRequest.newBuilder().POST(BodyPublishers.ofString(body)), path, authorization);
    }

    HttpResponse<String> postAsApp(String appId, String appSecret, String externalId) {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("AppId", appId)
                .header("AppSecret", appSecret)
                .POST(BodyPublishers.ofString("{\"externalId\":\"" + externalId + "\"}"));
        return send(request, "/api/v1/oauth/profile/register/appId", "");
    }

    HttpResponse<String> deleteAsAccount(String path, String body) {
        return send(HttpRequest.newBuilder().method("DELETE", BodyPublishers.ofString(body)), path, "account " + token);
    }

    HttpResponse<String> put(String path, String body) {
        return send(HttpRequest.newBuilder().PUT(BodyPublishers.ofString(body)), path, "");
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String path, String authorization) {
        request.uri(URI.create(twin.baseUrl() + path)).timeout(Duration.ofSeconds(10));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String accountToken() {
        return token;
    }

    JsonNode rows(String path) {
        var response = get(path);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + " answered " + response.statusCode() + " " + response.body());
        }
        return json(response);
    }

    JsonNode scores(String userId, String types) {
        return rows("/api/v1/profile/score/" + userId + "?types=" + types);
    }

    JsonNode biomarkers(String userId, String categories) {
        return rows("/api/v1/profile/biomarker/" + userId + "?categories=" + categories);
    }

    static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode sample(String name) {
        try (var stream = Sahha.class.getResourceAsStream("/fixtures/sahha/" + name + ".json")) {
            return JSON.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Set<String> keys(JsonNode object) {
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    static List<String> texts(JsonNode rows, String field) {
        var texts = new ArrayList<String>();
        rows.forEach(row -> texts.add(row.path(field).asText()));
        return texts;
    }

    @Override
    public void close() {
        twin.close();
    }
}
