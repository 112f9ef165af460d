package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.testing.LogLines;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What switches a canary of WHOOP off and what says nothing of it, as the whole service counts it. */
class CanaryObjectivesTest {

    private static final String FLAG = "/flags/WHOOP_INTEGRATION";
    private static final String UNIFIED = "/api/v1/unified-health/overview/";
    private static final String OVERVIEWS = "/api/v1/unified-health/overviews";
    private static final int PERCENT = 5;
    private static final String LATE = "late";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern MISSED = Pattern.compile("objective=(\\w+) missed=(\\d+) of=(\\d+)");

    private final List<Socket> opened = new ArrayList<>();
    private ScriptedHouse house;
    private LogLines said;

    @BeforeEach
    void open() throws Exception {
        house = ScriptedHouse.openConfigured(
                Map.of("CANARY_FALLBACK", "true"),
                yaml -> yaml.replace("lookEvery: 10s", "lookEvery: 100ms"),
                environment -> {
                    SmallBuffers.of(environment);
                    environment.jersey().register(new Late());
                });
        HttpResponse<String> set = house.app()
                .admin("PUT", FLAG, "{\"enabled\":true,\"percentage\":" + PERCENT + "}", "X-API-Key", RunningApp.KEY);
        assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
        said = LogLines.ofAll();
    }

    @AfterEach
    void close() throws Exception {
        said.close();
        for (Socket each : opened) {
            each.close();
        }
        house.close();
    }

    @Test
    void answersThatFailSwitchItOff() {
        int failed = letExistingAnswersFail(25);

        assertThat(fellBackFor("availability")).isBetween(5, failed);
    }

    @Test
    void answersThatComeLateSwitchItOffHoweverManyAreRefusedMeanwhile() {
        for (int i = 0; i < 60; i++) {
            assertThat(get(UNIFIED + "m-" + i, "no-such-key").statusCode()).isEqualTo(401);
        }
        together(24, i -> request("GET", UNIFIED + "late-" + i + "?" + LATE + "=yes", ""));

        assertThat(fellBackFor("unified_latency")).isPositive();
    }

    @Test
    void whatIsShedOrRefusedSaysNothing() {
        house.sahha().server().on(ScriptedSahha.PROFILE, Reply.status(204).after(Duration.ofSeconds(2)));
        List<HttpResponse<String>> answers =
                together(80, i -> request("POST", OVERVIEWS, "{\"user_ids\":[\"shed-" + i + "\"]}"));
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 503))
                .hasSizeGreaterThan(40);
        for (int i = 0; i < 30; i++) {
            assertThat(get(UNIFIED + "m-1", "no-such-key").statusCode()).isEqualTo(401);
            assertThat(get(UNIFIED + "m-1?period=never", RunningApp.KEY).statusCode())
                    .isEqualTo(400);
            assertThat(get("/api/v1/health-metrics/overview", null).statusCode())
                    .isEqualTo(400);
        }

        int failed = letExistingAnswersFail(25);

        assertThat(fellBackFor("availability")).isBetween(5, failed);
    }

    @Test
    void callsThatOurOwnBulkheadsAndBreakersHoldBackSayNothing() throws Exception {
        Reply later = Reply.of(400, "application/json", "{\"error\":\"invalid_grant\"}")
                .after(Duration.ofSeconds(2));
        house.whoop().answerCode("late", later);
        List<String> inside = IntStream.iterate(0, number -> number + 1)
                .mapToObj(number -> "inside-" + number)
                .filter(id -> Math.floorMod(("WHOOP_INTEGRATION:" + id).hashCode(), 100) < PERCENT)
                .limit(60)
                .toList();
        List<String> states = inside.stream()
                .map(id -> house.app()
                        .jsonOf(house.app().send("POST", "/internal/oauth/initiate", "{\"user_id\":\"" + id + "\"}"))
                        .path("state")
                        .asText())
                .toList();

        inTurn(
                60,
                12, // for whom there is room
                i -> request(
                        "POST", "/internal/oauth/callback", "{\"code\":\"late\",\"state\":\"" + states.get(i) + "\"}"));

        assertThat(gauge("WHOOP_CODE", "countSemaphoreRejected")).isGreaterThan(10);
        assertThat(gauge("WHOOP_CODE", "countShortCircuited")).isPositive();
        int failed = letExistingAnswersFail(25);
        assertThat(fellBackFor("availability")).isBetween(5, failed);
    }

    /** Whoever reads slowly would decide for all. */
    @Test
    void answersThatAreTakenSlowlyAreNotLate() throws Exception {
        LocalDate today = LocalDate.ofInstant(house.clock().instant(), ZoneOffset.UTC);
        String days = "/api/v1/unified-health/days/m-reader?from=" + today.minusDays(365) + "&to=" + today;
        assertThat(house.get(days).statusCode()).isEqualTo(200);
        for (int i = 0; i < 30; i++) {
            ask(days);
        }
        RunningApp.await(() -> inFlight() >= 30);
        long begun = System.nanoTime();
        RunningApp.await(
                () -> System.nanoTime() - begun > Duration.ofMillis(3_500).toNanos());
        for (Socket each : opened) {
            each.close(); // the answers end
        }
        RunningApp.await(() -> inFlight() == 0);

        int failed = letExistingAnswersFail(25);

        assertThat(fellBackFor("availability")).isBetween(5, failed);
    }

    /** Sahha answers nobody, and of these members nothing is held. Returns how many failed. */
    private int letExistingAnswersFail(int count) {
        Stream.of(ScriptedSahha.PROFILE, ScriptedSahha.SCORES, ScriptedSahha.BIOMARKERS, ScriptedSahha.DEVICE)
                .forEach(path -> house.sahha().server().on(path, Reply.status(500)));
        for (int i = 0; i < count; i++) {
            assertThat(house.get("/api/v1/health-metrics/overview?profile_id=failing-" + i)
                            .statusCode())
                    .isEqualTo(503);
        }
        return count;
    }

    /** How many answers or calls had missed the objective for which it was switched off. */
    private int fellBackFor(String objective) {
        RunningApp.await(() -> !isOn());
        String line = said.messages().stream()
                .filter(message -> message.startsWith("event=canary_fell_back"))
                .reduce((one, other) -> {
                    throw new AssertionError("two lines");
                })
                .orElseThrow();
        Matcher missed = MISSED.matcher(line);
        assertThat(missed.find()).as(line).isTrue();
        assertThat(missed.group(1)).isEqualTo(objective);
        return Integer.parseInt(missed.group(2));
    }

    private boolean isOn() {
        return house.app()
                .jsonOf(house.app().admin("GET", FLAG, ""))
                .path("enabled")
                .asBoolean();
    }

    private static List<HttpResponse<String>> together(int count, IntFunction<HttpRequest> requests) {
        List<CompletableFuture<HttpResponse<String>>> all = IntStream.range(0, count)
                .mapToObj(requests)
                .map(request -> HTTP.sendAsync(request, BodyHandlers.ofString()))
                .toList();
        return all.stream().map(CompletableFuture::join).toList();
    }

    private static void inTurn(int count, int atOnce, IntFunction<HttpRequest> requests) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(atOnce);
        try {
            List<Callable<HttpResponse<String>>> tasks = IntStream.range(0, count)
                    .mapToObj(requests)
                    .<Callable<HttpResponse<String>>>map(request -> () -> HTTP.send(request, BodyHandlers.ofString()))
                    .toList();
            callers.invokeAll(tasks);
        } finally {
            callers.shutdownNow();
        }
    }

    private HttpRequest request(String method, String path, String body) {
        return house.app()
                .request(path)
                .header("X-API-Key", RunningApp.KEY)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> get(String path, String key) {
        HttpRequest.Builder request = house.app().request(path);
        return house.app().exchange(key == null ? request : request.header("X-API-Key", key));
    }

    /** And reads nothing. */
    private void ask(String path) throws IOException {
        Socket socket = new Socket();
        opened.add(socket);
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(
                house.app().uri("").getHost(), house.app().uri("").getPort()));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: "
                                + house.app().uri("").getAuthority() + "\r\nX-API-Key: " + RunningApp.KEY + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private int inFlight() {
        return metrics().path("shedding.unified.in_flight").path("value").asInt();
    }

    private int gauge(String command, String name) {
        return metrics().path("TENACITY." + command + "." + name).path("value").asInt(-1);
    }

    private JsonNode metrics() {
        return house.app().jsonOf(house.app().admin("GET", "/metrics", "")).path("gauges");
    }

    /** Stands for whatever makes answers late: what reads a source ends in time. */
    private static final class Late implements ContainerRequestFilter {

        private final CountDownLatch never = new CountDownLatch(1);

        @Override
        public void filter(ContainerRequestContext request) {
            if (request.getUriInfo().getQueryParameters().containsKey(LATE)) {
                try {
                    assertThat(never.await(3_200, TimeUnit.MILLISECONDS)).isFalse();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
