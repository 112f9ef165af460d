package io.holisticos.sandbox.door;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.holisticos.sandbox.environment.AppSettings;
import io.holisticos.sandbox.environment.SandboxFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Sends requests to the app, its admin port and the twins. */
final class Calls {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final AppSettings settings;
    private final String key;

    Calls(AppSettings settings, String key) {
        this.settings = settings;
        this.key = key;
    }

    /** What was answered, and after how long. */
    record Answer(int status, HttpHeaders headers, String body, long millis) {

        boolean isRefusal() {
            return status >= 400;
        }

        /** Missing when the body is not JSON. */
        JsonNode json() {
            try {
                return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
            } catch (JsonProcessingException e) {
                return MissingNode.getInstance();
            }
        }
    }

    /** @throws Unanswered when nobody answers in time */
    Answer send(Request request) throws Unanswered {
        HttpRequest.Builder prepared = HttpRequest.newBuilder(URI.create(baseOf(request.to()) + request.path()));
        if (request.to().isKeyed()) {
            prepared.header("X-API-Key", key);
        }
        request.content().ifPresent(json -> prepared.header("Content-Type", "application/json"));
        return exchange(
                request.to(),
                prepared.method(
                        request.method(),
                        request.content().map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody)));
    }

    /** Begins a browser's session with a member's own token; its cookie is in the answer. */
    Answer beginSession(String token) throws Unanswered {
        return exchange(
                Request.To.APP,
                HttpRequest.newBuilder(URI.create(settings.appUrl() + "/session"))
                        .header("Authorization", "Bearer " + token)
                        .POST(BodyPublishers.noBody()));
    }

    String asCurl(Request request) {
        return request.asCurl(baseOf(request.to()), key);
    }

    private Answer exchange(Request.To to, HttpRequest.Builder prepared) throws Unanswered {
        long begun = System.nanoTime();
        try {
            HttpResponse<String> answer = http.send(prepared.timeout(TIMEOUT).build(), BodyHandlers.ofString());
            return new Answer(
                    answer.statusCode(),
                    answer.headers(),
                    answer.body(),
                    Duration.ofNanos(System.nanoTime() - begun).toMillis());
        } catch (IOException e) {
            throw new Unanswered(to, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxFailure("the sandbox ends", e);
        }
    }

    private String baseOf(Request.To to) {
        return switch (to) {
            case APP -> settings.appUrl();
            case ADMIN -> settings.adminUrl();
            case WHOOP -> settings.whoopUrl();
            case SAHHA -> settings.sahhaUrl();
        };
    }

    /** Nobody answered. */
    static final class Unanswered extends Exception {

        private static final long serialVersionUID = 1;

        private final Request.To to;

        private Unanswered(Request.To to, IOException cause) {
            super(to + " did not answer", cause);
            this.to = to;
        }

        Request.To to() {
            return to;
        }
    }
}
