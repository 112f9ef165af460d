package io.holisticos.twins.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WebhooksTest {
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private volatile int answer = 204;
    private HttpServer receiver;
    private Twin twin;

    @BeforeEach
    void open() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        receiver.createContext("/hook", exchange -> {
            received.add(new Received(
                    exchange.getRequestHeaders().getFirst("X-WHOOP-Signature-Timestamp"),
                    exchange.getRequestHeaders().getFirst("X-WHOOP-Signature"),
                    exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        receiver.start();
        twin = new Twin(WhoopTwinOptions.of(app()));
        twin.whoop.grant("demo-anna");
    }

    @AfterEach
    void close() {
        twin.close();
        receiver.stop(0);
    }

    static Stream<JsonNode> vectors() {
        List<JsonNode> vectors = new ArrayList<>();
        Twin.parse(Twin.resource("webhook-signature-vectors.json")).forEach(vectors::add);
        return vectors.stream();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void signsLikeTheVectors(JsonNode vector) {
        byte[] body = Twin.resource("" + vector.path("body_file").asText()).getBytes(StandardCharsets.UTF_8);

        String signature = Signature.of(
                vector.path("client_secret").asText(),
                vector.path("X-WHOOP-Signature-Timestamp").asText(),
                body);

        assertThat(signature).isEqualTo(vector.path("X-WHOOP-Signature").asText());
        JsonNode event = Twin.parse(new String(body, StandardCharsets.UTF_8));
        assertThat(new Event(
                                event.path("user_id").asLong(),
                                UUID.fromString(event.path("id").asText()),
                                event.path("type").asText(),
                                UUID.fromString(event.path("trace_id").asText()),
                                Twin.START)
                        .body())
                .isEqualTo(body);
    }

    @Test
    void tellsWhatBecameVisibleSinceTheLastTime() {
        assertThat(twin.whoop.pump()).isZero();

        twin.clock.advance(Duration.ofDays(3));
        int sent = twin.whoop.pump();

        assertThat(received).hasSize(sent);
        List<JsonNode> events = events();
        assertThat(events)
                .extracting(event -> event.path("type").asText())
                .contains("sleep.updated", "recovery.updated", "workout.updated");
        assertThat(events).allMatch(event -> event.path("user_id").asLong() == twin.id("demo-anna"));
        String token = twin.token("demo-anna");
        for (JsonNode event : events) {
            String kind = event.path("type").asText().startsWith("workout") ? "workout" : "sleep";
            assertThat(twin.get(
                                    "/developer/v2/activity/" + kind + "/"
                                            + event.path("id").asText(),
                                    token)
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(twin.whoop.pump()).isZero();
    }

    @Test
    void eventsDoNotDependOnHowOftenOneLooks() {
        Ledger often = new Ledger(twin.world.byUserId("demo-dina").orElseThrow(), Twin.START, Scoring.USUAL);
        Ledger once = new Ledger(twin.world.byUserId("demo-dina").orElseThrow(), Twin.START, Scoring.USUAL);

        List<Event> pieces = new ArrayList<>();
        for (int minute = 0; minute < 14 * 24 * 60; minute += 7) {
            Instant from = Twin.START.plus(Duration.ofMinutes(minute));
            pieces.addAll(often.events(from, from.plus(Duration.ofMinutes(7))));
        }

        assertThat(pieces)
                .hasSizeGreaterThan(40)
                .isEqualTo(once.events(Twin.START, Twin.START.plus(Duration.ofDays(14))));
    }

    @Test
    void signsEveryRequestWithTheSecretInForce() {
        twin.whoop.register(twin.whoop.app().withCredentials("sandbox-client", "rotated"));
        twin.whoop.edit("demo-anna", EditKind.RESCORE);

        assertThat(twin.whoop.pump()).isEqualTo(2);

        for (Received request : received) {
            assertThat(request.signature()).isEqualTo(Signature.of("rotated", request.timestamp(), request.body()));
            assertThat(request.timestamp()).isEqualTo(Long.toString(Twin.START.toEpochMilli()));
        }
    }

    @Test
    void triesFiveTimesMoreOverAnHour() {
        answer = 500;
        twin.whoop.edit("demo-anna", EditKind.ADD_WORKOUT);
        twin.whoop.webhookMode(WebhookMode.DROP); // what happens naturally in this hour is not the point
        int sent = twin.whoop.pump();
        for (int minute = 0; minute < 70; minute++) {
            twin.clock.advance(Duration.ofMinutes(1));
            sent += twin.whoop.pump();
        }

        assertThat(sent).isEqualTo(6);
        assertThat(received).hasSize(6);
        assertThat(received)
                .extracting(request -> (Long.parseLong(request.timestamp()) - Twin.START.toEpochMilli()) / 60_000)
                .containsExactly(0L, 1L, 4L, 12L, 30L, 60L);
        assertThat(events())
                .extracting(event -> event.path("trace_id").asText())
                .containsOnly(events().get(0).path("trace_id").asText());
        assertThat(twin.whoop.webhookStats()).containsEntry("sent", 6L).containsEntry("delivered", 0L);
    }

    @Test
    void modesDropDuplicateReorderAndDelay() {
        twin.post("/_twin/webhooks", Map.of("mode", "drop"));
        twin.whoop.edit("demo-anna", EditKind.RESCORE);
        assertThat(twin.whoop.pump()).isZero();
        assertThat(twin.whoop.webhookStats()).containsEntry("dropped", 2L);

        twin.post("/_twin/webhooks", Map.of("mode", "duplicate"));
        twin.whoop.edit("demo-anna", EditKind.RESCORE);
        assertThat(twin.whoop.pump()).isEqualTo(4);
        Set<String> traces = new HashSet<>();
        events().forEach(event -> traces.add(event.path("trace_id").asText()));
        assertThat(traces).hasSize(2);
        received.clear();

        twin.post("/_twin/webhooks", Map.of("mode", "reorder"));
        twin.whoop.edit("demo-anna", EditKind.RESCORE);
        twin.whoop.pump();
        assertThat(events())
                .extracting(event -> event.path("type").asText())
                .containsExactly("recovery.updated", "sleep.updated");
        received.clear();

        twin.post("/_twin/webhooks", Map.of("mode", "delay"));
        twin.whoop.edit("demo-anna", EditKind.RESCORE);
        assertThat(twin.whoop.pump()).isZero();
        twin.clock.advance(Duration.ofMinutes(15));
        assertThat(twin.whoop.pump()).isEqualTo(2);
    }

    @Test
    void nobodyIsToldAfterARevoke() {
        twin.whoop.edit("demo-anna", EditKind.RESCORE);
        twin.whoop.revokeGrant("demo-anna");
        twin.whoop.edit("demo-ben", EditKind.RESCORE);
        twin.clock.advance(Duration.ofDays(2));

        assertThat(twin.whoop.pump()).isZero();
    }

    @Test
    void goesOutByItselfWhenAskedTo() throws InterruptedException {
        try (Twin pumping = new Twin(WhoopTwinOptions.of(app()).withPump())) {
            pumping.whoop.grant("demo-chen");

            pumping.clock.advance(Duration.ofHours(20));

            Received first = received.poll(10, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(Twin.parse(new String(first.body(), StandardCharsets.UTF_8))
                            .path("user_id")
                            .asLong())
                    .isEqualTo(pumping.id("demo-chen"));
        }
    }

    private WhoopApp app() {
        URI url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
        return WhoopApp.sandbox(Twin.REDIRECT).withWebhookUrls(List.of(url));
    }

    private List<JsonNode> events() {
        return received.stream()
                .map(request -> Twin.parse(new String(request.body(), StandardCharsets.UTF_8)))
                .toList();
    }

    private record Received(String timestamp, String signature, byte[] body) {}
}
