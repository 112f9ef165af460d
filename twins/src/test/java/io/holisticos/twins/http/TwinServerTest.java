package io.holisticos.twins.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.twins.TwinClock;
import io.holisticos.twins.http.Stats.AnsweredCall;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TwinServerTest {
    private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");
    private final TwinClock clock = TwinClock.fixed(START);
    private final TwinServer server = new TwinServer("test", clock, 1, "/api", Set.of(FaultKind.NOT_YET));
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void open() throws IOException {
        server.route(
                "GET",
                "/api/hello/{name}",
                call -> Reply.json(
                        200,
                        Map.of(
                                "hello",
                                call.pathParameter("name"),
                                "asked",
                                call.query("q").orElse("nothing"))));
        server.route("GET", "/api/fails", call -> {
            throw new IllegalStateException("on purpose");
        });
        server.start(0);
    }

    @AfterEach
    void close() {
        server.stop();
    }

    @Test
    void routesByMethodAndPattern() throws Exception {
        assertThat(get("/api/hello/d%20e+f?q=a+b%2Bc").body())
                .contains("\"d e+f\"")
                .contains("\"a b+c\"");
        assertThat(get("/api/hello").statusCode()).isEqualTo(404);
        assertThat(post("/api/hello/x", "{}").statusCode()).isEqualTo(405);
        assertThat(get("/api/fails").statusCode()).isEqualTo(500);
    }

    @Test
    void aTakenPortIsRefused() {
        int port = URI.create(server.baseUrl()).getPort();
        TwinServer other = new TwinServer("other", clock, 1, "/", Set.of());

        assertThatThrownBy(() -> other.start(port)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({"status, 500", "garbage, 200", "html, 502", "large, 200"})
    void answersInsteadOfTheRoute(String kind, int status) throws Exception {
        fault("{\"path\":\"/api\",\"kind\":\"" + kind + "\"}");

        HttpResponse<byte[]> reply = http.send(request("/api/hello/x").build(), BodyHandlers.ofByteArray());

        assertThat(reply.statusCode()).isEqualTo(status);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).doesNotContain("nothing");
        if (kind.equals("large")) {
            assertThat(reply.body()).hasSizeGreaterThanOrEqualTo(10 * 1024 * 1024);
        }
        if (kind.equals("html")) {
            assertThat(reply.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        }
        assertThat(server.stats().callsAnswered(Integer.toString(status))).isEqualTo(1);
    }

    @Test
    void statusAndCountAreObeyed() throws Exception {
        fault("{\"path\":\"/api/hello\",\"kind\":\"status\",\"status\":418,\"count\":2}");

        assertThat(get("/api/hello/x").statusCode()).isEqualTo(418);
        assertThat(get("/api/fails").statusCode()).isEqualTo(500);
        assertThat(get("/api/hello/x").statusCode()).isEqualTo(418);
        assertThat(get("/api/hello/x").statusCode()).isEqualTo(200);
        assertThat(server.faults().rules()).isEmpty();
    }

    @Test
    void probabilityIsTheSameForTheSameSeed() throws Exception {
        StringBuilder first = new StringBuilder();
        fault("{\"path\":\"/api\",\"kind\":\"status\",\"probability\":0.5}");
        for (int i = 0; i < 40; i++) {
            first.append(get("/api/hello/x").statusCode() / 100);
        }
        Faults again = new Faults(1, FaultKind.GENERAL);
        again.add(new FaultRule("/api", FaultKind.STATUS, null, 0.5, null, null));
        StringBuilder second = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            second.append(again.take("/api/hello/x", FaultKind.GENERAL).isPresent() ? 5 : 2);
        }

        assertThat(first.toString()).isEqualTo(second.toString()).contains("2").contains("5");
    }

    @Test
    void latencyDelaysTheRightAnswer() throws Exception {
        fault("{\"path\":\"/api\",\"kind\":\"latency\",\"delay_ms\":300}");
        long begin = System.nanoTime();

        assertThat(get("/api/hello/x").statusCode()).isEqualTo(200);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void resetBreaksTheConnectionWithRst() throws Exception {
        fault("{\"path\":\"/api\",\"kind\":\"reset\"}");

        try (Socket socket = ask("/api/hello/x")) {
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .isNotInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(server.stats().callsAnswered("reset")).isEqualTo(1);
    }

    @Test
    void hangSendsHeadersAndEndsWithTheServer() throws Exception {
        fault("{\"path\":\"/api\",\"kind\":\"hang\"}");

        try (Socket socket = ask("/api/hello/x")) {
            String head = readHead(socket.getInputStream());
            assertThat(head).startsWith("HTTP/1.1 200");
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(SocketTimeoutException.class);

            long begin = System.nanoTime();
            server.stop();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
            socket.setSoTimeout(1000);
            assertThat(ended(socket)).isTrue();
        }
        assertThatThrownBy(() -> ask(URI.create("http://127.0.0.1:1"), "/")).isInstanceOf(ConnectException.class);
    }

    @Test
    void truncatePromisesMoreThanItSends() throws Exception {
        fault("{\"path\":\"/api\",\"kind\":\"truncate\"}");

        try (Socket socket = ask("/api/hello/x")) {
            String head = readHead(socket.getInputStream());
            int promised = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
            byte[] body = socket.getInputStream().readAllBytes();

            assertThat(body.length).isPositive().isLessThan(promised);
        }
    }

    @Test
    void dripSendsTheRightAnswerSlowly() throws Exception {
        fault("{\"path\":\"/api\",\"kind\":\"drip\",\"delay_ms\":10}");
        long begin = System.nanoTime();

        HttpResponse<String> reply = get("/api/hello/x");

        assertThat(reply.body()).contains("\"hello\":\"x\"");
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isGreaterThan(Duration.ofMillis(10L * (reply.body().length() - 1)));
    }

    @Test
    void aDrippingAnswerEndsWithTheServer() throws Exception {
        fault("{\"path\":\"/api\",\"kind\":\"drip\"}");

        try (Socket socket = ask("/api/hello/x")) {
            readHead(socket.getInputStream());
            server.stop();
            assertThat(ended(socket)).isTrue();
        }
    }

    @Test
    void controlIsNeverSpoiledAndFaultsCanBeCleared() throws Exception {
        fault("{\"path\":\"/\",\"kind\":\"status\"}");

        assertThat(get("/_twin/stats").statusCode()).isEqualTo(200);
        assertThat(get("/_twin/faults").body()).contains("\"kind\":\"status\"");
        HttpResponse<String> cleared =
                http.send(request("/_twin/faults").DELETE().build(), BodyHandlers.ofString());
        assertThat(cleared.statusCode()).isEqualTo(204);
        assertThat(get("/api/hello/x").statusCode()).isEqualTo(200);
        assertThat(server.stats().calls()).isEqualTo(1);
    }

    @Test
    void aListenerHearsOfEveryCallWhenItWasAnswered() throws Exception {
        List<AnsweredCall> heard = new CopyOnWriteArrayList<>();
        server.stats().onCall(heard::add);
        server.identify(call -> Optional.of("7"));

        assertThat(get("/api/hello/x").statusCode()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(3));
        assertThat(get("/api/fails").statusCode()).isEqualTo(500);
        assertThat(get("/_twin/stats").statusCode()).isEqualTo(200);

        assertThat(heard)
                .containsExactly(
                        new AnsweredCall(START, "GET /api/hello/{name}", "7", "200"),
                        new AnsweredCall(START.plusSeconds(3), "GET /api/fails", "7", "500"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "{\"path\":\"/\"}",
                "{\"path\":\"/\",\"kind\":\"explode\"}",
                "{\"path\":\"/\",\"kind\":\"quota-day\"}",
                "{\"path\":\"api\",\"kind\":\"status\"}",
                "{\"path\":\"/\",\"kind\":\"status\",\"status\":\"500\"}",
                "{\"path\":\"/\",\"kind\":\"status\",\"status\":99}",
                "{\"path\":\"/\",\"kind\":\"status\",\"probability\":2}",
                "{\"path\":\"/\",\"kind\":\"status\",\"count\":0}",
                "{\"path\":\"/\",\"kind\":\"status\",\"delay_ms\":-1}",
                "{\"path\":\"/\",\"kind\":\"status\",\"typo\":1}",
            })
    void refusesRulesThatCannotBe(String rule) throws Exception {
        HttpResponse<String> reply = post("/_twin/faults", rule);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).startsWith("{\"error\":\"");
    }

    @Test
    void theClockCanBePushed() throws Exception {
        HttpResponse<String> reply = post("/_twin/clock", "{\"advance\":\"PT6H\"}");

        assertThat(reply.body()).isEqualTo("{\"now\":\"2026-11-22T15:00:00Z\"}");
        assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(6)));
        assertThat(post("/_twin/clock", "{\"advance\":\"six hours\"}").statusCode())
                .isEqualTo(400);
        assertThat(post("/_twin/clock", "{\"advance\":\"PT-1H\"}").statusCode()).isEqualTo(400);
    }

    @Test
    void densityIsCountedInSlidingMinutes() throws Exception {
        for (int i = 0; i < 3; i++) {
            get("/api/hello/x");
            get("/elsewhere");
            clock.advance(Duration.ofSeconds(30));
        }

        assertThat(server.stats().maxCallsIn60s()).isEqualTo(2);
    }

    private void fault(String rule) throws Exception {
        assertThat(post("/_twin/faults", rule).statusCode()).isEqualTo(201);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.baseUrl() + path)).timeout(Duration.ofSeconds(20));
    }

    private Socket ask(String path) throws IOException {
        return ask(URI.create(server.baseUrl()), path);
    }

    private static Socket ask(URI base, String path) throws IOException {
        Socket socket = new Socket("127.0.0.1", base.getPort());
        socket.setSoTimeout(5000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: twin\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String readHead(InputStream stream) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = stream.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static boolean ended(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
