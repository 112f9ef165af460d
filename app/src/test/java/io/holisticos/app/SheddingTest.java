package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens when more requests hang than there may be, counted with requests that are held. */
class SheddingTest {

    private static final String UNIFIED = "/api/v1/unified-health/overview/demo-anna";
    private static final String EXISTING = "/api/v1/health-metrics/overview?profile_id=demo-anna";

    private final Blocking blocking = new Blocking();
    private final AtomicReference<MetricRegistry> metrics = new AtomicReference<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<CompletableFuture<Void>> held = new ArrayList<>();
    private House house;

    @BeforeEach
    void open() throws Exception {
        open(Map.of("MAX_THREADS", "40"));
    }

    private void open(Map<String, String> variables) throws Exception {
        house = House.openWith(variables, environment -> {
            metrics.set(environment.metrics());
            environment.jersey().register(blocking);
        });
    }

    @AfterEach
    void close() throws Exception {
        blocking.letGo();
        for (CompletableFuture<Void> answer : held) {
            answer.get(30, TimeUnit.SECONDS);
        }
        house.close();
    }

    @Test
    void existingPathsFindRoomWhileUnifiedIsAtItsLimit() {
        hold(UNIFIED + "?block=yes", limit("unified"));

        HttpResponse<String> shed = house.get(UNIFIED);

        assertThat(shed.statusCode()).isEqualTo(503);
        assertThat(shed.headers().firstValue("Retry-After")).contains("1");
        assertThat(shed.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(shed.headers().firstValue("X-Request-Id")).isPresent();
        JsonNode problem = house.jsonOf(shed);
        assertThat(problem.path("code").asText()).isEqualTo("overloaded");
        assertThat(problem.path("detail").asText()).contains("group unified");
        assertThat(problem.path("instance").asText()).isEqualTo(UNIFIED);
        assertThat(problem.path("retry_after_seconds").asInt()).isEqualTo(1);
        assertThat(metrics.get().counter("shedding.unified.shed").getCount()).isEqualTo(1);
        House.await(() -> gauge("shedding.unified.in_flight").equals(limit("unified"))); // who was sent away has left

        assertThat(house.get(EXISTING + "&include_whoop=true").statusCode()).isEqualTo(503);
        assertThat(house.get(EXISTING).statusCode()).isEqualTo(200);
        assertThat(house.get("/api/v1/unified-health/health/whoop").statusCode())
                .isEqualTo(200);
        assertThat(house.get("/internal/oauth/status/nobody").statusCode()).isEqualTo(404);
        hold(EXISTING + "&block=yes", limit("all") - limit("unified") - 1);
    }

    @Test
    void unifiedIsShedFirstAndProbesNever() {
        int highWater = 40 * 58 / 100;
        hold(EXISTING + "&block=yes", highWater);

        assertThat(house.get(UNIFIED).statusCode()).isEqualTo(503);
        assertThat(house.get(EXISTING).statusCode()).isEqualTo(200);
        House.await(() -> gauge("shedding.existing.in_flight").equals(highWater)); // whose answer came has left

        hold(EXISTING + "&block=yes", limit("existing") - highWater);
        HttpResponse<String> shed = house.get(EXISTING);

        assertThat(shed.statusCode()).isEqualTo(503);
        assertThat(shed.headers().firstValue("Retry-After")).contains("1");
        assertThat(house.jsonOf(shed).fieldNames()).toIterable().containsExactly("detail");
        assertThat(house.jsonOf(shed).path("detail").asText()).contains("group existing");
        for (String probe : List.of("/", "/health", "/health/live")) {
            assertThat(house.getWithoutKey(probe).statusCode()).isEqualTo(200);
        }
        house.awaitReady();
    }

    @Test
    void webhooksAndIntegrationHealthFindRoomWhileEverythingElseIsFull() {
        hold(UNIFIED + "?block=yes", limit("unified"));
        hold(EXISTING + "&block=yes", limit("all") - limit("unified"));
        assertThat(house.get("/internal/oauth/status/nobody").statusCode()).isEqualTo(503);

        assertThat(house.get("/api/v1/unified-health/health/whoop").statusCode())
                .isEqualTo(200);
        assertThat(house.get("/api/v1/health/detailed").statusCode()).isEqualTo(200);
        assertThat(house.send("POST", "/webhooks/whoop", "{}").statusCode()).isEqualTo(401);
    }

    @Test
    void webhooksFillNobodysRoomButTheirOwn() {
        HttpRequest.Builder delivery =
                HttpRequest.newBuilder(house.uri("/webhooks/whoop?block=yes")).POST(BodyPublishers.ofString("no JSON"));
        hold(delivery, limit("webhooks"), 415);

        HttpResponse<String> shed = house.send("POST", "/webhooks/sahha", "{}");

        assertThat(shed.statusCode()).isEqualTo(503);
        assertThat(shed.headers().firstValue("Retry-After")).contains("1");
        assertThat(house.jsonOf(shed).path("detail").asText()).contains("group webhooks");
        assertThat(house.get("/api/v1/unified-health/health/whoop").statusCode())
                .isEqualTo(200);
        assertThat(house.get(EXISTING).statusCode()).isEqualTo(200);
        House.await(() -> gauge("shedding.all.in_flight").equals(0));
    }

    @Test
    void whoReadsPagesWithPatienceShutsNobodyOutOfSigningIn() {
        for (String page : List.of("/docs", "/explore")) {
            hold(page + "?block=yes", limit("pages") / 2);
        }

        for (String page : List.of("/docs", "/explore", "/api/openapi.json", "/assets/style.css")) {
            assertThat(house.getWithoutKey(page).statusCode()).as(page).isEqualTo(503);
        }
        assertThat(house.get("/session").statusCode()).isEqualTo(200);
    }

    @Test
    void ofThePagesOneClientHasHalfThePlaces() throws Exception {
        house.close();
        open(Map.of("MAX_THREADS", "300", "TRUSTED_PROXIES", "127.0.0.1"));
        hold(pageFor("203.0.113.7"), limit("pages") / 2, 200);

        assertThat(statusOf(pageFor("203.0.113.7"))).isEqualTo(503);
        assertThat(metrics.get().counter("shedding.pages.shed").getCount()).isEqualTo(1);
        hold(pageFor("203.0.113.8"), limit("pages") / 2, 200);
    }

    private HttpRequest.Builder pageFor(String client) {
        return HttpRequest.newBuilder(house.uri("/docs?block=yes")).header("X-Forwarded-For", client);
    }

    private int statusOf(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    /** Three percent of 40 are one: two monitors would send each other away. */
    @Test
    void fourMayAskForIntegrationHealthAtOnceHoweverFewThreadsThereAre() {
        assertThat(limit("health")).isEqualTo(4);
        hold("/api/v1/unified-health/health/whoop?block=yes", 4);

        assertThat(house.get("/api/v1/unified-health/health/whoop").statusCode())
                .isEqualTo(503);
        assertThat(house.get("/health/live").statusCode()).isEqualTo(200);
    }

    /** Requests that stay inside until the end of the test. */
    private void hold(String path, int count) {
        hold(HttpRequest.newBuilder(house.uri(path)).header("X-API-Key", House.KEY), count, 200);
    }

    /** @param status of their answer once they may go on */
    private void hold(HttpRequest.Builder request, int count, int status) {
        int before = blocking.inside();
        for (int i = 0; i < count; i++) {
            held.add(http.sendAsync(request.build(), BodyHandlers.ofString())
                    .thenAccept(answer ->
                            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status)));
        }
        House.await(() -> blocking.inside() == before + count);
    }

    private int limit(String group) {
        return (Integer) gauge("shedding." + group + ".limit");
    }

    private Object gauge(String name) {
        return metrics.get().getGauges().get(name).getValue();
    }
}
