package io.holisticos.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.sandbox.environment.SandboxFailure;
import io.holisticos.twins.browser.MemberBrowser;
import io.holisticos.twins.world.Person;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Connects and syncs members over the app's own routes. */
final class Members {

    /** For one member; of many members, each counts from its own turn. */
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final String app;
    private final String key;

    /** @param app base URL of the application */
    Members(String app, String key) {
        this.app = app;
        this.key = key;
    }

    /** The member allows access on WHOOP's consent page. */
    void connect(Person member) throws IOException, InterruptedException {
        JsonNode answer = json.readTree(send("POST", "/api/v1/unified-health/connect/whoop/" + member.userId())
                .body());
        HttpResponse<String> page =
                new MemberBrowser().allow(URI.create(answer.path("connect_url").asText()), member.whoopUserId());
        if (page.statusCode() != 200) {
            throw new SandboxFailure(
                    "connecting " + member.userId() + " ended on a page with status " + page.statusCode());
        }
    }

    /**
     * Connects the member without the app's pages, as a backend does that sends its members to WHOOP itself.
     *
     * @param allow from the authorization URL to the address that WHOOP redirects the browser to
     */
    void connect(Person member, UnaryOperator<URI> allow) throws IOException, InterruptedException {
        JsonNode begun =
                post("/internal/oauth/initiate", json.createObjectNode().put("user_id", member.userId()));
        Map<String, String> parameters =
                query(allow.apply(URI.create(begun.path("authorization_url").asText())));
        post(
                "/internal/oauth/callback",
                json.createObjectNode().put("code", parameters.get("code")).put("state", parameters.get("state")));
    }

    /**
     * Waits until the member's first sync is complete.
     *
     * @param meanwhile runs at each poll
     */
    void awaitFirstSync(Person member, Runnable meanwhile) throws IOException, InterruptedException {
        await("the first sync of " + member.userId(), () -> {
            meanwhile.run();
            return status(member)
                    .filter(status -> isNotBefore(
                            status.path("last_synced_at").asText(""),
                            status.path("connected_at").asText("")));
        });
    }

    /** Requests a sync. */
    void requestSync(Person member) throws IOException, InterruptedException {
        send("POST", "/internal/sync/" + member.userId());
    }

    /** Waits until the connection is in this state. */
    void awaitStatus(Person member, String wanted) throws IOException, InterruptedException {
        await(
                member.userId() + " being " + wanted,
                () -> status(member)
                        .filter(status -> status.path("status").asText().equals(wanted)));
    }

    private Optional<JsonNode> status(Person member) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", "/internal/oauth/status/" + member.userId());
        return answer.statusCode() == 200 ? Optional.of(json.readTree(answer.body())) : Optional.empty();
    }

    private JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
        if (answer.statusCode() != 200) {
            throw new SandboxFailure("POST " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return json.readTree(answer.body());
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(app + path))
                .header("X-API-Key", key)
                .timeout(TIMEOUT);
    }

    private HttpResponse<String> send(HttpRequest.Builder prepared) throws IOException, InterruptedException {
        HttpRequest request = prepared.build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 500) {
            throw new SandboxFailure(request.method() + " " + request.uri().getPath() + " answered "
                    + answer.statusCode() + ": " + answer.body());
        }
        return answer;
    }

    private static Map<String, String> query(URI address) {
        return Arrays.stream(address.getRawQuery().split("&", -1))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(
                        pair -> pair[0],
                        pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8),
                        (one, other) -> one));
    }

    private static boolean isNotBefore(String synced, String connected) {
        return !synced.isEmpty() && !Instant.parse(synced).isBefore(Instant.parse(connected));
    }

    private static void await(String what, Poll poll) throws IOException, InterruptedException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (poll.now().isEmpty()) {
            if (System.nanoTime() > end) {
                throw new SandboxFailure(what + " did not happen within " + TIMEOUT.toSeconds() + " s");
            }
            Thread.sleep(POLL_INTERVAL.toMillis());
        }
    }

    /** Empty until what is awaited has happened. */
    private interface Poll {
        Optional<JsonNode> now() throws IOException, InterruptedException;
    }
}
