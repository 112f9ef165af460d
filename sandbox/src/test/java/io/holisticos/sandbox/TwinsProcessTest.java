package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.holisticos.testing.FreePorts;
import io.holisticos.testing.JavaProcess;
import io.holisticos.twins.browser.MemberBrowser;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The twins alone, as a person starts them for a deployment: a process, its last line, what it sends, Ctrl-C. */
@Timeout(120)
class TwinsProcessTest {

    private static final Duration START_MAY_TAKE = Duration.ofSeconds(60);
    private static final Duration RECEIVED_WITHIN = Duration.ofSeconds(30);
    private static final Duration END_MAY_TAKE = Duration.ofSeconds(5);
    private static final int ENDED_BY_SIGINT = 128 + 2;
    private static final int ENDED_BY_SIGTERM = 128 + 15;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int whoopPort = FreePorts.next();
    private final int sahhaPort = FreePorts.next();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private HttpServer deployment;

    @BeforeEach
    void deploy() throws IOException {
        deployment = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        deployment.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        });
        deployment.start();
    }

    @AfterEach
    void end() {
        deployment.stop(0);
    }

    @Test
    void serveADeploymentElsewhereUntilCtrlC() throws Exception {
        String back = here("/api/v1/whoop/callback");
        try (JavaProcess twins =
                twins("--whoop-port " + whoopPort + " --sahha-port " + sahhaPort + " --users 2 --redirect-uri " + back
                        + " --webhook " + here("/webhooks/whoop") + " " + here("/webhooks/sahha"))) {
            String ready = twins.awaitLine(line -> line.startsWith("Twins ready"), START_MAY_TAKE);
            assertThat(ready).matches("Twins ready in \\d+ s");
            assertThat(String.join("\n", twins.printed()))
                    .contains("DEPLOYMENT=sandbox", "WHOOP_URL=http://localhost:" + whoopPort)
                    .contains("SAHHA_URL=http://localhost:" + sahhaPort, "WHOOP_CLIENT_ID=", "SAHHA_CLIENT_ID=");

            String code = consent(back);
            JsonNode tokens = json.readTree(post(
                    whoop("/oauth/oauth2/token"),
                    "application/x-www-form-urlencoded",
                    "grant_type=authorization_code&client_id=sandbox-client&client_secret=sandbox-client-secret&code="
                            + code + "&redirect_uri=" + back));
            assertThat(cycles(tokens.path("access_token").asText())).hasSize(10);

            post(whoop("/_twin/clock"), "application/json", "{\"advance\":\"PT24H\"}");
            awaitReceived("POST /webhooks/whoop");
            awaitReceived("POST /webhooks/sahha");

            twins.interrupt();

            assertThat(twins.exitStatus(END_MAY_TAKE)).isEqualTo(ENDED_BY_SIGINT);
            assertThat(twins.printed()).last().isEqualTo(ready);
            assertThat(twins.complained()).isEmpty();
        }
    }

    @Test
    void areGoneAfterSigtermWhileACallHangs() throws Exception {
        try (JavaProcess twins = twins("--whoop-port " + whoopPort + " --sahha-port " + sahhaPort)) {
            twins.awaitLine(line -> line.startsWith("Twins ready"), START_MAY_TAKE);
            post(whoop("/_twin/faults"), "application/json", "{\"path\":\"/\",\"kind\":\"hang\"}");
            var hanging = http.sendAsync(
                    HttpRequest.newBuilder(whoop("/developer/v2/cycle")).build(), BodyHandlers.discarding());

            twins.terminate();

            assertThat(twins.exitStatus(END_MAY_TAKE)).isEqualTo(ENDED_BY_SIGTERM);
            assertThat(hanging).failsWithin(END_MAY_TAKE);
        }
    }

    @Test
    void aTakenPortIsOneLineAndStatusOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(sahhaPort, 1, InetAddress.getLoopbackAddress());
                JavaProcess twins = twins("--whoop-port " + whoopPort + " --sahha-port " + taken.getLocalPort())) {
            assertThat(twins.exitStatus(START_MAY_TAKE)).isEqualTo(1);
            assertThat(twins.printed()).isEmpty();
            assertThat(twins.complained())
                    .singleElement()
                    .asString()
                    .contains(Integer.toString(sahhaPort), "--sahha-port");
        }
    }

    @Test
    void helpIsHelp() {
        try (JavaProcess twins = twins("--help")) {
            assertThat(twins.exitStatus(START_MAY_TAKE)).isZero();
            assertThat(String.join("\n", twins.printed()))
                    .contains("--whoop-port", "--sahha-port", "--redirect-uri", "--webhook")
                    .contains("--users", "--seed", "--speed");
            assertThat(twins.complained()).isEmpty();
        }
    }

    /** The member allows access; returns the code that the deployment receives. */
    private String consent(String back) throws Exception {
        new MemberBrowser()
                .allow(whoop("/oauth/oauth2/auth?response_type=code&client_id=sandbox-client&redirect_uri=" + back
                        + "&scope=offline%20read:cycles%20read:sleep%20read:recovery&state=0123456789abcdef"));
        String arrived = awaitReceived("GET /api/v1/whoop/callback?");
        return Arrays.stream(URI.create(arrived.substring(4)).getQuery().split("&", -1))
                .filter(pair -> pair.startsWith("code="))
                .map(pair -> pair.substring(5))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode cycles(String accessToken) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(whoop("/developer/v2/cycle"))
                        .header("Authorization", "Bearer " + accessToken)
                        .build(),
                BodyHandlers.ofString());
        return json.readTree(answer.body()).path("records");
    }

    private String post(URI address, String type, String body) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(address)
                                .header("Content-Type", type)
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private String awaitReceived(String beginning) throws InterruptedException {
        long deadline = System.nanoTime() + RECEIVED_WITHIN.toNanos();
        for (long left = RECEIVED_WITHIN.toNanos(); left > 0; left = deadline - System.nanoTime()) {
            String next = received.poll(left, TimeUnit.NANOSECONDS);
            if (next != null && next.startsWith(beginning)) {
                return next;
            }
        }
        throw new AssertionError("nothing that begins with " + beginning + " was received");
    }

    private URI whoop(String path) {
        return URI.create("http://localhost:" + whoopPort + path);
    }

    private String here(String path) {
        return "http://localhost:" + deployment.getAddress().getPort() + path;
    }

    private static JavaProcess twins(String options) {
        List<String> all = new ArrayList<>(
                List.of("-Xmx200m", "-cp", System.getProperty("java.class.path"), Sandbox.class.getName(), "twins"));
        all.addAll(List.of(options.split(" ")));
        return JavaProcess.start(new File("."), Map.of(), all);
    }
}
