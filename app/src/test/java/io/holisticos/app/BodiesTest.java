package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How bodies of requests may come, on both ports: soon, not packed, not large; and that nobody waits for one. */
class BodiesTest {

    private static final int MOST = 64 * 1024;
    private static final String CLIENT_SECRET = "sandbox-client-secret";
    private static final String JSON = "Content-Type: application/json";
    private static final String KEY = "X-API-Key: " + RunningApp.KEY;

    /** Fewer than there are drippers. */
    private static final Map<String, String> FEW_THREADS = Map.of("MAX_THREADS", "100");

    private static ScriptedHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.openConfigured(FEW_THREADS, yaml -> yaml.replace("within: 5s", "within: 1s"));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** A route that takes a body. */
    private record Route(String method, String path, boolean admin, String form) {

        URI server() {
            return admin ? house.app().adminUri("") : house.app().uri("");
        }

        String host() {
            return "Host: " + server().getAuthority();
        }

        @Override
        public String toString() {
            return method + ' ' + path;
        }
    }

    static List<Route> routes() {
        String problem = "application/problem+json";
        return List.of(
                new Route("POST", "/webhooks/whoop", false, problem),
                new Route("POST", "/webhooks/sahha", false, problem),
                new Route("POST", "/internal/oauth/initiate", false, problem),
                new Route("POST", "/internal/sync/somebody", false, problem),
                new Route("POST", "/api/v1/unified-health/connect/whoop/somebody", false, problem),
                new Route("DELETE", "/api/v1/unified-health/connect/whoop/somebody", false, problem),
                new Route("POST", "/connect/some-link", false, problem),
                new Route("GET", "/api/v1/unified-health/overview/somebody", false, problem),
                new Route("POST", "/nothing", false, problem),
                new Route("POST", "/api/v1/health-metrics/overview", false, "application/json"),
                new Route("PUT", "/health", false, "application/json"),
                new Route("PUT", "/flags/WHOOP_SYNC", true, problem),
                new Route("PUT", "/tenacity/circuitbreakers/WHOOP_SLEEP", true, problem),
                new Route("POST", "/tasks/quota", true, problem));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aBodyThatDoesNotComeInTimeIsAnswered408AndItsConnectionIsClosed(Route route) throws Exception {
        try (Wire known = Wire.to(route.server());
                Wire chunked = Wire.to(route.server())) {
            known.head(route.method(), route.path(), route.host(), KEY, JSON, "Content-Length: 10")
                    .send("{");
            chunked.head(route.method(), route.path(), route.host(), KEY, JSON, "Transfer-Encoding: chunked")
                    .send("1\r\n{\r\n");

            assertRefused(known.untilItIsClosed(), 408, route);
            assertRefused(chunked.untilItIsClosed(), 408, route);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aBodyOfMoreThan64KilobytesIsAnswered413WithoutItsRest(Route route) throws Exception {
        byte[] whole = new byte[MOST + 1];
        try (Wire known = Wire.to(route.server());
                Wire chunked = Wire.to(route.server());
                Wire asking = Wire.to(route.server())) {
            known.head(route.method(), route.path(), route.host(), KEY, JSON, "Content-Length: 200000000");
            assertThat(known.nextHead()).startsWith("HTTP/1.1 413");

            chunked.head(route.method(), route.path(), route.host(), KEY, JSON, "Transfer-Encoding: chunked")
                    .send(Integer.toHexString(whole.length) + "\r\n")
                    .send(whole);
            assertThat(chunked.nextHead()).startsWith("HTTP/1.1 413");

            asking.head(
                    route.method(),
                    route.path(),
                    route.host(),
                    KEY,
                    JSON,
                    "Expect: 100-continue",
                    "Content-Length: 65537");
            assertRefused(asking.untilItIsClosed(), 413, route);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aPackedBodyIsAnswered415HoweverSmall(Route route) throws Exception {
        byte[] packed = packed(new byte[20_000_000]);
        for (String coding : List.of("gzip", "x-gzip", "deflate", "br", "identity, gzip", "GZIP")) {
            try (Wire wire = Wire.to(route.server())) {
                wire.head(
                                route.method(),
                                route.path(),
                                route.host(),
                                KEY,
                                JSON,
                                "Content-Encoding: " + coding,
                                "Connection: close",
                                "Content-Length: " + packed.length)
                        .send(packed);

                assertRefused(wire.untilItIsClosed(), 415, route);
            }
        }
    }

    @Test
    void webhooksThatAreRefusedAreCountedByTheirDoor() throws Exception {
        long typesBefore = counter("webhook.whoop.wrong_content_type");
        long sizesBefore = counter("webhook.whoop.too_large");
        URI server = house.app().uri("");
        String host = "Host: " + server.getAuthority();
        try (Wire packed = Wire.to(server);
                Wire large = Wire.to(server)) {
            packed.head("POST", "/webhooks/whoop", host, JSON, "Content-Encoding: gzip", "Content-Length: 2")
                    .send("{}");
            large.head("POST", "/webhooks/whoop", host, JSON, "Content-Length: 65537");

            assertThat(packed.nextHead()).startsWith("HTTP/1.1 415");
            assertThat(large.nextHead()).startsWith("HTTP/1.1 413");
        }
        assertThat(counter("webhook.whoop.wrong_content_type") - typesBefore).isEqualTo(1);
        assertThat(counter("webhook.whoop.too_large") - sizesBefore).isEqualTo(1);
    }

    @Test
    void aBodyThatComesInPiecesWithItsPermissionIsTaken() throws Exception {
        URI server = house.app().adminUri("");
        String body = "{\"enabled\":true}";
        try (Wire wire = Wire.to(server)) {
            wire.head(
                    "PUT",
                    "/flags/PARALLEL_READ",
                    "Host: " + server.getAuthority(),
                    KEY,
                    "Content-Encoding: identity",
                    "Expect: 100-continue",
                    "Content-Length: " + body.length());
            assertThat(wire.nextHead()).startsWith("HTTP/1.1 100");
            for (char letter : body.toCharArray()) {
                wire.send(String.valueOf(letter));
            }

            assertThat(wire.nextHead()).startsWith("HTTP/1.1 200");
        }
    }

    /** The largest that is taken, and behind it the next request on the same connection. */
    @Test
    void aBodyOfExactly64KilobytesIsReadAndTheConnectionGoesOn() throws Exception {
        URI server = house.app().uri("");
        String host = "Host: " + server.getAuthority();
        try (Wire wire = Wire.to(server)) {
            wire.head("POST", "/webhooks/whoop", host, JSON, "Transfer-Encoding: chunked")
                    .send(Integer.toHexString(MOST) + "\r\n")
                    .send(new byte[MOST])
                    .send("\r\n0\r\n\r\n");
            String refusedByItsSignature = wire.nextHead();
            assertThat(refusedByItsSignature).startsWith("HTTP/1.1 401").doesNotContain("close");
        }
    }

    /** Those who drip are given up after their time; until then nobody waits with them, from whichever address. */
    @Test
    void webhooksFlowWhileFiveHundredConnectionsDrip() throws Exception {
        URI server = house.app().uri("");
        List<Wire> drippers = new ArrayList<>();
        try {
            List<Duration> waits = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Wire dripper = Wire.to(server, "127.0.0.2");
                dripper.head("POST", "/webhooks/whoop", "Host: localhost", JSON, "Content-Length: 1000")
                        .send("{");
                drippers.add(dripper);
                if (i % 10 == 0) {
                    waits.add(deliver(i));
                }
            }

            assertThat(waits)
                    .filteredOn(wait -> wait.compareTo(Duration.ofSeconds(2)) > 0)
                    .as("of fifty; a busy machine may hold up some")
                    .hasSizeLessThan(5);
            assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofSeconds(10)) < 0);
            house.app().awaitReady();
            for (Wire dripper : drippers) {
                assertThat(dripper.untilItIsClosed()).startsWith("HTTP/1.1 408");
            }
            RunningApp.await(() -> gauge("bodies.open") == 0);
        } finally {
            for (Wire dripper : drippers) {
                dripper.close();
            }
        }
    }

    private static Duration deliver(int number) throws Exception {
        String body = "{\"user_id\":77,\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7af" + String.format("%03d", number)
                + "\",\"type\":\"sleep.updated\",\"trace_id\":\"drip-" + number + "\"}";
        String now = Long.toString(house.clock().instant().toEpochMilli());
        long begun = System.nanoTime();
        HttpResponse<String> answer = house.app()
                .exchange(house.app()
                        .request("/webhooks/whoop")
                        .header("Content-Type", "application/json")
                        .header("X-WHOOP-Signature-Timestamp", now)
                        .header("X-WHOOP-Signature", signed(now + body))
                        .POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static String signed(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(CLIENT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] packed(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream packing = new GZIPOutputStream(packed)) {
            packing.write(plain);
        }
        return packed.toByteArray();
    }

    private static void assertRefused(String answer, int status, Route route) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .containsIgnoringCase("\r\nConnection: close\r\n")
                .containsIgnoringCase("\r\nContent-Type: " + route.form())
                .contains(route.form().contains("problem") ? "\"code\":" : "{\"detail\":");
    }

    private static long counter(String name) {
        return metric("counters", name, "count");
    }

    private static long gauge(String name) {
        return metric("gauges", name, "value");
    }

    private static long metric(String kind, String name, String value) {
        return house.app()
                .jsonOf(house.app().admin("GET", "/metrics", ""))
                .path(kind)
                .path(name)
                .path(value)
                .asLong(-1);
    }
}
