package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceDay;
import io.holisticos.health.UserId;
import io.holisticos.ring.RingSource;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A third source is one entry in the list of sources: everything that is done with a source is done with it. */
class ThirdSourceTest {

    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final Instant LAST_NIGHT = Instant.parse("2026-11-21T22:00:00Z");

    private static final Duration SHARE = Duration.ofMillis(300);

    private static final RingSource ring = new RingSource();
    private static ScriptedHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.openWithSource(
                Map.of(),
                app -> Rings.entry(ring, app.sahhaDatabase.dataSource(), SHARE),
                config -> config.replace("by_metric: {}", "by_metric: {sleep.duration: [ring, whoop]}"));
        for (String member : List.of("both", "three", "hanging", "failing")) {
            phoneOf(member);
            Rings.put(ring, member, TODAY, 51, 8_000);
        }
        phoneOf("phone-only");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void mend() {
        ring.recovers();
    }

    private static void phoneOf(String member) {
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        member,
                        ScriptedSahha.biomarker(member + "-rhr", "vitals", "heart_rate_resting", "53", "bpm", TODAY),
                        ScriptedSahha.biomarker(member + "-steps", "activity", "steps", "9000", "count", TODAY));
    }

    @Test
    void itsValuesAreMergedAndShownFirstWhereItIsPreferred() {
        JsonNode day = house.json("/api/v1/unified-health/overview/both");

        assertThat(texts(day.path("data_sources"), "")).containsExactly("sahha", "ring");
        assertThat(texts(day.path("sources"), "name")).containsExactly("sahha", "whoop", "ring");
        assertThat(texts(day.path("sources"), "status")).containsExactly("ok", "not_connected", "ok");
        JsonNode heart = day.path("metrics").path("heart_rate.resting");
        assertThat(heart.path("source").asText()).isEqualTo("ring");
        assertThat(heart.path("value").intValue()).isEqualTo(51);
        assertThat(heart.path("verdict").asText()).isEqualTo("agree");
        assertThat(heart.path("others").toString()).isEqualTo("[{\"source\":\"sahha\",\"value\":53}]");
        JsonNode steps = day.path("metrics").path("steps");
        assertThat(steps.path("source").asText()).isEqualTo("sahha");
        assertThat(texts(steps.path("others"), "source")).containsExactly("ring");
        assertThat(day.path("processing_stats").has("ring_time_ms")).isTrue();
    }

    @Test
    void itsValuesAreExplained() {
        JsonNode heart = house.json("/api/v1/unified-health/explain/both?metric=heart_rate.resting&date=" + TODAY);

        assertThat(heart.path("source").asText()).isEqualTo("ring");
        assertThat(heart.path("verdict").asText()).isEqualTo("agree");
        assertThat(texts(heart.path("candidates"), "source")).containsExactly("ring", "sahha");
        assertThat(heart.path("rule").asText()).startsWith("default");
        assertThat(heart.at("/candidates/1/lost_because").asText()).isNotEmpty();
    }

    @Test
    void aMemberMayWantItElsewhereToo() {
        String preferences = "/api/v1/unified-health/preferences/wanting";
        phoneOf("wanting");
        Rings.put(ring, "wanting", TODAY, 51, 8_000);
        assertThat(house.json("/api/v1/unified-health/overview/wanting")
                        .at("/metrics/steps/source")
                        .asText())
                .isEqualTo("sahha");

        assertThat(house.app()
                        .send("PUT", preferences, "{\"by_metric\":{\"steps\":[\"ring\"]}}")
                        .statusCode())
                .isEqualTo(200);

        assertThat(house.json("/api/v1/unified-health/overview/wanting")
                        .at("/metrics/steps/source")
                        .asText())
                .isEqualTo("ring");
    }

    @Test
    void aDeploymentMayWantItElsewhereToo() {
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        "sleeping",
                        ScriptedSahha.biomarker("sleeping-s", "sleep", "sleep_duration", "430", "minute", TODAY));
        ring.puts(
                new UserId("sleeping"),
                new SourceDay(
                        TODAY,
                        List.of(),
                        List.of(new Measurement(Metric.SLEEP_DURATION, new BigDecimal("415"))),
                        List.of(),
                        null));

        JsonNode sleep = house.json("/api/v1/unified-health/explain/sleeping?metric=sleep.duration&date=" + TODAY);

        assertThat(sleep.path("source").asText()).isEqualTo("ring");
        assertThat(sleep.path("rule").asText()).isEqualTo("deployment by_metric");
        assertThat(texts(sleep.path("candidates"), "source")).containsExactly("ring", "sahha");
    }

    @Test
    void whatItChangesIsToldAndIsAnotherAnswer() {
        String overview = "/api/v1/unified-health/overview/changing?period=" + TODAY;
        String changes = "/api/v1/unified-health/changes/changing";
        phoneOf("changing");
        Rings.put(ring, "changing", TODAY, 51, 8_000);
        String tag = house.get(overview).headers().firstValue("ETag").orElseThrow();
        String next = house.json(changes).path("next").asText();
        assertThat(since(overview, tag).statusCode()).isEqualTo(304);

        Rings.put(ring, "changing", TODAY, 49, 8_000);

        HttpResponse<String> other = since(overview, tag);
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(house.app()
                        .jsonOf(other)
                        .at("/metrics/heart_rate.resting/value")
                        .intValue())
                .isEqualTo(49);
        JsonNode told = house.json(changes + "?since=" + next);
        assertThat(told.path("changes").get(0).toString())
                .isEqualTo("{\"days\":[\"" + TODAY + "\"],\"metrics\":[\"heart_rate.resting\",\"steps\"],"
                        + "\"reason\":\"edit\",\"source\":\"ring\"}");
        assertThat(texts(told.path("sources"), "name")).containsExactly("sahha", "whoop", "ring");
    }

    private static HttpResponse<String> since(String path, String tag) {
        return house.app()
                .exchange(house.app()
                        .request(path)
                        .header("X-API-Key", RunningApp.KEY)
                        .header("If-None-Match", tag)
                        .GET());
    }

    @Test
    void ofTwoSourcesThatArePreferredTheEarlierOneOfTheListIsShown() throws Exception {
        UUID night = UUID.fromString("0a0a0a0a-0000-4000-8000-000000000001");
        house.whoop().has(ScriptedWhoop.CYCLES, ScriptedWhoop.cycle(93_845, LAST_NIGHT));
        house.whoop().has(ScriptedWhoop.SLEEPS, ScriptedWhoop.sleep(night, 93_845, LAST_NIGHT));
        house.whoop()
                .has(
                        ScriptedWhoop.RECOVERIES,
                        ScriptedWhoop.recovery(93_845, night, LAST_NIGHT.plus(Duration.ofHours(9))));
        house.connectAndSync("three", 4801);

        JsonNode day = house.json("/api/v1/unified-health/overview/three");

        JsonNode heart = day.path("metrics").path("heart_rate.resting");
        assertThat(heart.path("source").asText()).isEqualTo("whoop");
        assertThat(texts(heart.path("others"), "source")).containsExactly("ring", "sahha");
        assertThat(texts(day.path("data_sources"), "")).containsExactly("sahha", "whoop", "ring");
    }

    @Test
    void whileItHangsOrFailsItIsUnavailableAndTheOthersNoticeNothing() {
        JsonNode whole = house.json("/api/v1/unified-health/overview/hanging");
        ring.hangsFor(new UserId("hanging"));

        JsonNode hanging = house.json("/api/v1/unified-health/overview/hanging");
        ring.recovers();
        ring.fails();
        JsonNode failing = house.json("/api/v1/unified-health/overview/hanging");

        for (JsonNode day : List.of(hanging, failing)) {
            assertThat(texts(day.path("sources"), "status")).containsExactly("ok", "not_connected", "unavailable");
            assertThat(day.path("metrics")
                            .path("heart_rate.resting")
                            .path("source")
                            .asText())
                    .isEqualTo("sahha");
            assertThat(day.path("scores")).isEqualTo(whole.path("scores"));
            assertThat(day.path("metrics").path("steps").path("value"))
                    .isEqualTo(whole.path("metrics").path("steps").path("value"));
        }
        assertThat(hanging.path("processing_stats").path("ring_time_ms").asLong())
                .as("its own part of the time, no more")
                .isBetween(SHARE.toMillis() - 50, 1_500L);
    }

    @Test
    void whomItDoesNotKnowItIsNotConnectedFor() {
        JsonNode day = house.json("/api/v1/unified-health/overview/phone-only");

        assertThat(texts(day.path("sources"), "status")).containsExactly("ok", "not_connected", "not_connected");
        assertThat(texts(day.path("data_sources"), "")).containsExactly("sahha");
    }

    @Test
    void whomOnlyItKnowsIsAMember() {
        house.sahha().server().on(ScriptedSahha.PROFILE + "ring-only", Reply.status(404));
        assertThat(house.get("/api/v1/unified-health/overview/ring-only").statusCode())
                .isEqualTo(404);

        Rings.put(ring, "ring-only", TODAY, 48, 7_000);

        JsonNode day = house.json("/api/v1/unified-health/overview/ring-only");
        assertThat(texts(day.path("sources"), "status")).containsExactly("not_connected", "not_connected", "ok");
        assertThat(day.path("date").asText()).isEqualTo(TODAY.toString());
    }

    @Test
    void itIsListedAmongTheSourcesAndAmongTheIntegrations() {
        JsonNode sources = house.json("/api/v1/unified-health/sources/both");
        assertThat(texts(sources.path("sources"), "name")).containsExactly("sahha", "whoop", "ring");
        assertThat(texts(sources.path("sources"), "available")).containsExactly("true", "false", "true");

        RunningApp.await(() -> house.json("/api/v1/health/detailed")
                .at("/integrations/ring/status")
                .asText()
                .equals("ok"));
        assertThat(house.json("/api/v1/health/detailed")
                        .at("/integrations/ring/members")
                        .isNumber())
                .isTrue();
        RunningApp.await(
                () -> house.get("/health/ready").body().contains("{\"name\":\"ring_database\",\"status\":\"ok\"}"));
    }

    private static List<String> texts(JsonNode list, String key) {
        List<String> texts = new ArrayList<>();
        list.forEach(
                one -> texts.add(key.isEmpty() ? one.asText() : one.path(key).asText()));
        return texts;
    }
}
