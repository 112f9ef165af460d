package io.holisticos.twins.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SahhaWebhooksTest {
    private static final String SECRET = "c3ludGhldGljLXdlYmhvb2stc2VjcmV0LW5vdC1yZWFsIQ==";

    private record Received(String signature, String externalId, String eventType, String body) {}

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            received.add(new Received(
                    headers.getFirst("X-Signature"),
                    headers.getFirst("X-External-Id"),
                    headers.getFirst("X-Event-Type"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void hangUp() {
        receiver.stop(0);
    }

    private Sahha sending(SahhaQuirk... quirks) {
        var url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/webhooks/sahha");
        return Sahha.start(SahhaTwinOptions.onPort(0).withWebhook(url, SECRET).withQuirks(Set.of(quirks)));
    }

    @Test
    void signsLikeTheKnownVectors() {
        var vectors = Sahha.sample("webhook.signature-vectors");

        assertThat(vectors.path("vectors")).isNotEmpty();
        for (JsonNode vector : vectors.path("vectors")) {
            assertThat(SahhaEvent.sign(
                            vectors.path("secret").asText(), vector.path("body").asText()))
                    .isEqualTo(vector.path("headers").path("X-Signature").asText());
        }
    }

    @Test
    void eventsHaveTheKeysOfTheSamples() throws IOException {
        Map<SahhaEvent.Type, String> samples = new EnumMap<>(Map.of(
                SahhaEvent.Type.SCORE, "webhook.score-created",
                SahhaEvent.Type.BIOMARKER, "webhook.biomarker-created",
                SahhaEvent.Type.ARCHETYPE, "webhook.archetype-created",
                SahhaEvent.Type.DATA_LOG, "webhook.data-log-received"));
        try (var sahha = Sahha.start()) {
            var events = sahha.twin.events("demo-anna", Sahha.START, Sahha.START.plus(Duration.ofDays(8)));

            assertThat(events.stream().map(SahhaEvent::type).distinct()).hasSize(4);
            for (SahhaEvent event : events) {
                var sample = Sahha.sample(samples.get(event.type()));
                assertThat(Sahha.keys(Sahha.JSON.readTree(event.body())))
                        .as(event.type().wireName())
                        .isEqualTo(Sahha.keys(sample));
                assertThat(event.headers()).containsEntry("X-External-Id", "demo-anna");
            }
            assertThat(sahha.twin.events("nobody", Sahha.START, Sahha.START.plus(Duration.ofDays(8))))
                    .isEmpty();
        }
    }

    @Test
    void anEventCarriesWhatTheApiAnswersThen() throws IOException {
        try (var sahha = Sahha.start()) {
            var events = sahha.twin.events("demo-anna", Sahha.START, Sahha.START.plus(Duration.ofHours(4)));
            sahha.advance(Duration.ofHours(4));
            var today = sahha.scores("demo-anna", "activity").get(0);

            var last = events.stream()
                    .filter(event -> event.type() == SahhaEvent.Type.SCORE
                            && event.body().contains("\"activity\""))
                    .filter(event -> event.body().contains(today.path("id").asText()))
                    .findFirst()
                    .orElseThrow();
            var body = Sahha.JSON.readTree(last.body());
            assertThat(body.path("score")).isEqualTo(today.path("score"));
            assertThat(body.path("factors")).isEqualTo(today.path("factors"));
        }
    }

    @Test
    void sendsWhatHappenedSignedAndInOrder() {
        try (var sahha = sending()) {
            sahha.clock.advance(Duration.ofHours(2));
            sahha.twin.pumpWebhooks(); // waits for the pump that the advance set off

            assertThat(received)
                    .isNotEmpty()
                    .allSatisfy(
                            event -> assertThat(event.signature()).isEqualTo(SahhaEvent.sign(SECRET, event.body())));
            assertThat(received.stream().map(Received::eventType).distinct())
                    .contains("ScoreCreatedIntegrationEvent", "BiomarkerCreatedIntegrationEvent");
            assertThat(received.stream().map(Received::externalId)).contains("demo-anna", "demo-ben");
            assertThat(received).doesNotHaveDuplicates();
            assertThat(sahha.twin.pumpWebhooks()).isZero();
            var counts = sahha.rows("/_twin/stats").path("webhooks");
            assertThat(counts.path("delivered").asInt()).isEqualTo(received.size());
        }
    }

    @Test
    void mayRepeatAndReverseAndWrap() throws IOException {
        try (var sahha =
                sending(SahhaQuirk.WEBHOOK_DUPLICATES, SahhaQuirk.WEBHOOK_OUT_OF_ORDER, SahhaQuirk.WEBHOOK_ARRAY)) {
            sahha.clock.advance(Duration.ofHours(2));
            sahha.twin.pumpWebhooks();

            assertThat(received).isNotEmpty();
            assertThat(Set.copyOf(received)).hasSize(received.size() / 2);
            var created = received.stream()
                    .filter(event -> event.externalId().equals("demo-anna"))
                    .filter(event -> event.eventType().startsWith("Score"))
                    .map(event -> read(event.body()).get(0).path("createdAtUtc").asText())
                    .toList();
            assertThat(created)
                    .isSortedAccordingTo(
                            java.util.Comparator.<String>naturalOrder().reversed());
        }
    }

    private static JsonNode read(String body) {
        try {
            return Sahha.JSON.readTree(body);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void sendsASingleEventOnDemandAndCountsFailures() {
        try (var sahha = sending()) {
            var event = sahha.twin
                    .events("demo-anna", Sahha.START, Sahha.START.plus(Duration.ofDays(1)))
                    .get(0);
            sahha.twin.send(event);
            assertThat(received).hasSize(1);

            receiver.stop(0);
            sahha.twin.send(event);
            assertThat(sahha.rows("/_twin/stats")
                            .path("webhooks")
                            .path("failed")
                            .asInt())
                    .isEqualTo(1);
        }
    }
}
