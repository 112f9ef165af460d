package io.holisticos.twins.whoop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** A twin on a clock that stands still, and a client for it. */
final class Twin implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-22T09:34:00Z");
    static final String REDIRECT = "http://127.0.0.1:8080/api/v1/whoop/callback";
    static final ObjectMapper JSON = new ObjectMapper();

    final TwinClock clock;
    final World world;
    final WhoopTwin whoop;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Twin() {
        this(WhoopTwinOptions.of(WhoopApp.sandbox(REDIRECT)));
    }

    Twin(Instant start) {
        this(WhoopTwinOptions.of(WhoopApp.sandbox(REDIRECT)), 3, start);
    }

    Twin(WhoopTwinOptions options) {
        this(options, 3);
    }

    Twin(WhoopTwinOptions options, int extraUsers) {
        this(options, extraUsers, START);
    }

    private Twin(WhoopTwinOptions options, int extraUsers, Instant start) {
        clock = TwinClock.fixed(start);
        world = World.of(new WorldOptions(7, start, extraUsers));
        try {
            whoop = WhoopTwin.start(options, world, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long id(String userId) {
        return world.byUserId(userId).orElseThrow().whoopUserId();
    }

    String token(String userId) {
        return whoop.grant(userId).accessToken();
    }

    HttpResponse<String> get(String path, String token) {
        return send(request(path).header("Authorization", "Bearer " + token).GET());
    }

    JsonNode json(String path, String token) {
        HttpResponse<String> reply = get(path, token);
        if (reply.statusCode() != 200) {
            throw new AssertionError(path + " answered " + reply.statusCode() + " " + reply.body());
        }
        return parse(reply.body());
    }

    HttpResponse<String> post(String path, Map<String, ?> body) {
        try {
            return send(request(path).POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<String> form(String path, Map<String, String> fields) {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(encoded(fields))));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(whoop.baseUrl() + path)).timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String resource(String name) {
        try (var stream = Twin.class.getResourceAsStream("/fixtures/whoop/" + name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        whoop.stop();
    }
}
