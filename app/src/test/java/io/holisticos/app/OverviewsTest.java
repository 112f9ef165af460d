package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.ring.RingSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many members in one request: the lines, what a slow source or a caller who goes away do to them, and who may ask. */
class OverviewsTest {

    private static final String OVERVIEWS = "/api/v1/unified-health/overviews";
    private static final String OVERVIEW = "/api/v1/unified-health/overview/";
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");

    /** What hangs does so for longer than anything here takes. */
    private static final Duration SHARE = Duration.ofSeconds(4);

    private static final RingSource ring = new RingSource();
    private static final ObjectMapper json = new ObjectMapper();
    private static final ExecutorService callers = Executors.newCachedThreadPool();
    private static ScriptedHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.openWithSource(
                Map.of("SAHHA_CALLS_PER_SECOND", "1000"),
                app -> Rings.entry(ring, app.sahhaDatabase.dataSource(), SHARE));
        for (int i = 0; i < 100; i++) {
            String member = "m-" + i;
            house.sahha()
                    .has(
                            ScriptedSahha.BIOMARKERS,
                            member,
                            ScriptedSahha.biomarker(
                                    member + "-steps", "activity", "steps", "" + (5_000 + i), "count", TODAY));
            Rings.put(ring, member, TODAY, 40 + i % 40, 4_000 + i);
        }
        ids(100).forEach(member -> house.get(OVERVIEW + member)); // Sahha's rows are held from here on
    }

    @AfterAll
    static void close() throws Exception {
        callers.shutdownNow();
        house.close();
    }

    @AfterEach
    void mend() {
        ring.recovers();
    }

    @Test
    void aHundredMembersAreTheirHundredSingleAnswersInTheOrderAsked() throws Exception {
        List<String> asked = new ArrayList<>(ids(99));
        Collections.reverse(asked);
        asked.add(50, "nobody");
        house.sahha().server().on(ScriptedSahha.PROFILE + "nobody", ScriptedServer.Reply.status(404));

        HttpResponse<String> answer = house.app().send("POST", OVERVIEWS, body(asked, "today"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(answer.body()).endsWith("}\n");
        List<JsonNode> lines = parsed(answer.body().lines());
        assertThat(lines).extracting(line -> line.path("user_id").asText()).isEqualTo(asked);
        for (JsonNode line : lines) {
            String member = line.path("user_id").asText();
            ObjectNode single = (ObjectNode) house.json(OVERVIEW + member);
            if (member.equals("nobody")) {
                assertThat(line.path("code").asText()).isEqualTo("member_not_found");
                ((ObjectNode) line).remove("user_id");
                assertThat(line).isEqualTo(single);
            } else {
                assertThat(names(line)).isEqualTo(names(single));
                assertThat(withoutTimes(line)).isEqualTo(withoutTimes(single));
                assertThat(line.at("/metrics/steps/others/0/source").asText()).isEqualTo("ring");
            }
        }
    }

    @Test
    void aSourceThatHangsForOneMemberTakesNothingFromTheOthersLines() throws Exception {
        ring.hangsFor(new UserId("m-2"));

        List<JsonNode> lines = parsed(house.app()
                .send("POST", OVERVIEWS, body(ids(8), "2026-11-22"))
                .body()
                .lines());

        assertThat(lines).extracting(line -> line.path("user_id").asText()).isEqualTo(ids(8));
        for (JsonNode line : lines) {
            boolean hanging = line.path("user_id").asText().equals("m-2");
            assertThat(line.at("/sources/2/status").asText()).isEqualTo(hanging ? "unavailable" : "ok");
            assertThat(line.at("/sources/0/status").asText()).isEqualTo("ok");
        }
    }

    /** The tenth member hangs; whoever is before it has been sent, compressed or not. */
    @Test
    void linesAreSentAsSoonAsTheyAreThere() throws Exception {
        for (String encoding : List.of("identity", "gzip")) {
            ring.hangsFor(new UserId("m-9"));
            HttpResponse<InputStream> answer = HttpClient.newHttpClient()
                    .send(
                            house.app()
                                    .request(OVERVIEWS)
                                    .header("X-API-Key", RunningApp.KEY)
                                    .header("Content-Type", "application/json")
                                    .header("Accept-Encoding", encoding)
                                    .POST(BodyPublishers.ofString(body(ids(12), "today")))
                                    .build(),
                            BodyHandlers.ofInputStream());
            try (BufferedReader lines = reader(answer)) {
                long begun = System.nanoTime();
                for (int i = 0; i < 5; i++) {
                    assertThat(json.readTree(lines.readLine()).path("user_id").asText())
                            .isEqualTo("m-" + i);
                }
                long beforeTheHangingOne = System.nanoTime() - begun;
                assertThat(beforeTheHangingOne).as(encoding).isLessThan(SHARE.toNanos() / 2);
                assertThat(lines.lines()).hasSize(7);
            }
            ring.recovers();
        }
    }

    @Test
    void aCallerWhoGoesAwayIsNotReadForAndLeavesRoomForTheNext() throws Exception {
        long before = readsOfRing();
        ids(100).forEach(member -> ring.hangsFor(new UserId(member)));
        String request = body(ids(100), "today");

        try (Socket caller = new Socket("localhost", house.app().uri("/").getPort())) {
            caller.setSoLinger(true, 0); // gone at once
            caller.getOutputStream()
                    .write(("POST " + OVERVIEWS + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + RunningApp.KEY
                                    + "\r\nContent-Type: application/json\r\nContent-Length: " + request.length()
                                    + "\r\n\r\n" + request)
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(caller.getInputStream().read()).isEqualTo('H');
        }

        ring.recovers();
        RunningApp.await(() -> inFlight("overviews") == 0);
        assertThat(readsOfRing() - before).isLessThan(40);
        assertThat(house.app()
                        .send("POST", OVERVIEWS, body(ids(2), "today"))
                        .body()
                        .lines())
                .hasSize(2);
    }

    @Test
    void soManyAtOnceAndTheNextOneIsToldToComeBackWhileSingleReadersAreAnswered() throws Exception {
        int room = (Integer) gauge("shedding.overviews.limit");
        ids(100).forEach(member -> ring.hangsFor(new UserId(member)));
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < room; i++) {
            held.add(CompletableFuture.supplyAsync(
                    () -> house.app().send("POST", OVERVIEWS, body(ids(100), "today")), callers));
        }
        RunningApp.await(() -> inFlight("overviews") == room);

        HttpResponse<String> shed = house.app().send("POST", OVERVIEWS, body(ids(1), "today"));
        HttpResponse<String> single = house.get(OVERVIEW + "m-77?period=2026-11-22");
        HttpResponse<String> existing = house.get("/api/v1/health-metrics/overview?profile_id=m-77");

        ring.recovers();
        assertThat(shed.statusCode()).isEqualTo(503);
        assertThat(shed.headers().firstValue("Retry-After")).isPresent();
        assertThat(house.app().jsonOf(shed).path("code").asText()).isEqualTo("overloaded");
        assertThat(single.statusCode()).isEqualTo(200);
        assertThat(existing.statusCode()).isEqualTo(200);
        for (CompletableFuture<HttpResponse<String>> one : held) {
            assertThat(one.get().body().lines()).hasSize(100);
        }
    }

    @Test
    void whatIsWrongIsSaidBeforeTheFirstLine() {
        HttpResponse<String> refused = house.app().send("POST", OVERVIEWS, body(ids(101), "today"));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(house.app().jsonOf(refused).path("detail").asText()).contains("1 to 100", "101");
    }

    private static BufferedReader reader(HttpResponse<InputStream> answer) throws IOException {
        boolean compressed =
                answer.headers().firstValue("Content-Encoding").orElse("").equals("gzip");
        InputStream body = compressed ? new GZIPInputStream(answer.body()) : answer.body();
        return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    private static long readsOfRing() {
        return ring.reads();
    }

    private static int inFlight(String group) {
        return (Integer) gauge("shedding." + group + ".in_flight");
    }

    private static Object gauge(String name) {
        return house.app()
                .jsonOf(house.app().admin("GET", "/metrics", ""))
                .path("gauges")
                .path(name)
                .path("value")
                .intValue();
    }

    private static JsonNode withoutTimes(JsonNode day) {
        ObjectNode copy = day.deepCopy();
        copy.remove(List.of("generated_at", "processing_stats"));
        return copy;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<JsonNode> parsed(Stream<String> lines) throws IOException {
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : lines.toList()) {
            parsed.add(json.readTree(line));
        }
        return parsed;
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m-" + i).toList();
    }

    private static String body(List<String> ids, String period) {
        return ids.stream()
                .map(id -> "\"" + id + "\"")
                .collect(Collectors.joining(",", "{\"user_ids\":[", "],\"period\":\"" + period + "\"}"));
    }
}
