package io.holisticos.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.twins.browser.MemberBrowser;
import io.holisticos.twins.world.Person;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Brings the seeded members to where their story begins, over the same routes that anybody else uses. */
final class Members {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
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

    /** Waits until what WHOOP holds of the member is in our store. */
    void awaitFirstSync(Person member) throws IOException, InterruptedException {
        await(
                "the first sync of " + member.userId(),
                () -> status(member)
                        .filter(status -> isNotBefore(
                                status.path("last_synced_at").asText(""),
                                status.path("connected_at").asText(""))));
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

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(app + path))
                        .header("X-API-Key", key)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(PATIENCE)
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() >= 500) {
            throw new SandboxFailure(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer;
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
