package io.holisticos.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.FreePorts;
import java.io.OutputStream;
import java.io.PrintStream;
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
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The sandbox as its command starts it, in this process, and somebody who sits in front of it. */
final class OpenSandbox implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final int port = FreePorts.next();
    final int adminPort = FreePorts.next();
    final int whoopPort = FreePorts.next();
    final int sahhaPort = FreePorts.next();

    /** After so long a new day that is not there yet has failed to come. */
    private static final Duration RETRY = Duration.ofSeconds(5);

    /** How long a day is looked at until nothing more is expected of it; seen were records 0.7 seconds apart. */
    private static final Duration SETTLED = Duration.ofSeconds(3);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Sandbox sandbox;

    private OpenSandbox() throws Exception {
        sandbox = new Sandbox(
                SandboxOptions.parse(
                        new String[] {
                            "--no-open",
                            "--port",
                            Integer.toString(port),
                            "--admin-port",
                            Integer.toString(adminPort),
                            "--whoop-port",
                            Integer.toString(whoopPort),
                            "--sahha-port",
                            Integer.toString(sahhaPort)
                        },
                        Map.of()),
                new Progress(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), 0));
    }

    static OpenSandbox start() throws Exception {
        OpenSandbox open = new OpenSandbox();
        try {
            open.sandbox.open();
        } catch (Exception e) {
            open.close();
            throw e;
        }
        return open;
    }

    String url(String path) {
        return "http://localhost:" + port + path;
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(withHeaders(request(path), headers).GET());
    }

    /** Presses a button of the page, as a browser does that has opened it. */
    HttpResponse<String> press(String path, String field, String value) throws Exception {
        return post(path, field + "=" + value, "Origin", url(""), "Sec-Fetch-Site", "same-origin");
    }

    HttpResponse<String> post(String path, String form, String... headers) throws Exception {
        return send(withHeaders(request(path), headers)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    /** Tries one thing and opens what came of it; without the places where lines may break. */
    String attempt(String name) throws Exception {
        HttpResponse<String> done = press("/sandbox/try/" + name, "press", "yes");
        if (done.statusCode() != 303) {
            throw new AssertionError("status " + done.statusCode());
        }
        return send(HttpRequest.newBuilder(
                        URI.create(done.headers().firstValue("Location").orElseThrow())))
                .body()
                .replace("<wbr>", "");
    }

    JsonNode overview(String userId) throws Exception {
        return json.readTree(get("/sandbox/members/" + URLEncoder.encode(userId, StandardCharsets.UTF_8) + "/overview")
                .body());
    }

    static @Nullable String statusOf(JsonNode overview, String source) {
        for (JsonNode one : overview.path("sources")) {
            if (one.path("name").asText().equals(source)) {
                return one.path("status").asText();
            }
        }
        return null;
    }

    long whoopUserOf(String userId) throws Exception {
        for (JsonNode one :
                json.readTree(send(HttpRequest.newBuilder(URI.create("http://localhost:" + whoopPort + "/_twin/users")))
                        .body())) {
            if (one.path("user_id").asText().equals(userId)) {
                return one.path("whoop_user_id").asLong();
            }
        }
        throw new AssertionError("no such member");
    }

    /** It is noon of the next day where the member lives, and nothing more of that day is on its way from WHOOP. */
    void noonFor(String userId) throws Exception {
        JsonNode before = overview(userId);
        ZoneOffset offset = ZoneOffset.of(before.path("utc_offset").asText());
        Instant now = Instant.parse(
                json.readTree(send(HttpRequest.newBuilder(URI.create("http://localhost:" + whoopPort + "/_twin/clock")))
                                .body())
                        .path("now")
                        .asText());
        OffsetDateTime here = now.atOffset(offset);
        Instant noon = here.toLocalDate().plusDays(1).atTime(LocalTime.NOON).toInstant(offset);
        advance(Duration.between(now, noon));
        long end = System.nanoTime() + PATIENCE.toNanos();
        long later = System.nanoTime() + RETRY.toNanos();
        while (!isFresh(overview(userId), before)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the new day did not come within " + PATIENCE);
            }
            if (System.nanoTime() > later) {
                advance(Duration.ofMinutes(30)); // what failed is tried again later, by the sandbox's own time
                later = System.nanoTime() + RETRY.toNanos();
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        settle(userId);
    }

    /** Waits until what is held of the member's day stays as it is: its records arrive one after another. */
    private void settle(String userId) throws Exception {
        String revision = "";
        long end = System.nanoTime() + PATIENCE.toNanos();
        long changed = System.nanoTime();
        while (System.nanoTime() - changed < SETTLED.toNanos()) {
            String now = overview(userId).path("revision").asText();
            if (!now.equals(revision)) {
                revision = now;
                changed = System.nanoTime();
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("the day did not settle within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private void advance(Duration step) throws Exception {
        send(HttpRequest.newBuilder(URI.create("http://localhost:" + whoopPort + "/_twin/clock"))
                .POST(BodyPublishers.ofString("{\"advance\":\"" + step + "\"}")));
    }

    void endFaults() throws Exception {
        for (int twin : List.of(whoopPort, sahhaPort)) {
            send(HttpRequest.newBuilder(URI.create("http://localhost:" + twin + "/_twin/faults"))
                    .DELETE());
        }
    }

    private static boolean isFresh(JsonNode now, JsonNode before) {
        return !now.path("date").equals(before.path("date"))
                && "ok".equals(statusOf(now, "whoop"))
                && "ok".equals(statusOf(now, "sahha"))
                && now.path("whoop").path("sleep").has("id");
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url(path))).timeout(PATIENCE);
    }

    private static HttpRequest.Builder withHeaders(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
