package io.holisticos.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** Brings the seeded members to where their story begins, over the same routes that anybody else uses. */
final class Members {

    /** With one member and one answer; among many, each waits for its turn only. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

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
     * The member is connected without a page of ours, as by a backend that takes its members to WHOOP itself.
     *
     * @param allow where WHOOP sends the member's browser after it was sent there
     */
    void connect(Person member, UnaryOperator<URI> allow) throws IOException, InterruptedException {
        JsonNode begun =
                post("/internal/oauth/initiate", json.createObjectNode().put("user_id", member.userId()));
        Map<String, String> back =
                query(allow.apply(URI.create(begun.path("authorization_url").asText())));
        post(
                "/internal/oauth/callback",
                json.createObjectNode().put("code", back.get("code")).put("state", back.get("state")));
    }

    /**
     * Waits until what WHOOP holds of the member is in our store.
     *
     * @param meanwhile called at each look
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

    /** Asks for a sync. */
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
                .timeout(PATIENCE);
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

    private static void await(String what, Look look) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (look.at().isEmpty()) {
            if (System.nanoTime() > end) {
                throw new SandboxFailure(what + " did not come about within " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
    }

    private interface Look {
        Optional<JsonNode> at() throws IOException, InterruptedException;
    }
}
