package io.holisticos.app;

import static io.holisticos.app.ScriptedWhoop.CYCLES;
import static io.holisticos.app.ScriptedWhoop.RECOVERIES;
import static io.holisticos.app.ScriptedWhoop.SLEEPS;
import static io.holisticos.app.ScriptedWhoop.WORKOUTS;
import static io.holisticos.app.ScriptedWhoop.cycle;
import static io.holisticos.app.ScriptedWhoop.recovery;
import static io.holisticos.app.ScriptedWhoop.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.testing.RedisServer;
import io.holisticos.testing.SlowProxy;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two replicas that share answers by one Redis say what a third one reads, while that Redis is on, slow, away and back. */
@Tag("deep")
class SharedAnswersTest {

    private static final String WHO = "a-member-with-shared-answers";
    private static final long ACCOUNT = 88_001;
    private static final LocalDate DAY = LocalDate.parse("2026-11-21");
    private static final Instant BEDTIME = Instant.parse("2026-11-20T22:00:00Z");
    private static final int CHANGES = 12;
    private static final Duration HEARD = Duration.ofSeconds(2);
    private static final Pattern HITS = Pattern.compile("\"cache\\.redis\\.hits\":\\{\"value\":([0-9]+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> QUESTIONS = List.of(
            "/api/v1/unified-health/overview/" + WHO + "?period=" + DAY,
            "/api/v1/unified-health/days/" + WHO + "?from=" + DAY.minusDays(2) + "&to=" + DAY.plusDays(1),
            "/api/v1/unified-health/sources/" + WHO);

    private RedisServer redis;
    private SlowProxy proxy;
    private ScriptedHouse house;
    private House.Replica other;
    private House.Replica keepsNothing;
    private int steps = 7000;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(RedisServer.isInstalled(), "Debian's package redis-server");
        redis = new RedisServer();
        proxy = new SlowProxy(redis.port());
        house = ScriptedHouse.openWith(Map.of("CACHE_REDIS_URL", "redis://127.0.0.1:" + proxy.port()));
        other = house.app().replica();
        keepsNothing = house.app().replica(Map.of("ANSWER_CACHE", "false"));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : new AutoCloseable[] {keepsNothing, other, house, proxy, redis}) {
            if (one != null) {
                one.close();
            }
        }
    }

    @Test
    @Timeout(110)
    void everyAnswerIsWhatReadingGivesWhateverRedisDoes() throws Exception {
        sourcesTell();
        house.connectAndSyncAll(WHO, ACCOUNT);
        RunningApp.await(() -> isInUse(house.app().adminUri("/healthcheck")) && isInUse(adminOf(other)));

        changeAndCompare("on");
        assertThat(hits()).as("answers that another replica read").isPositive();
        assertThat(redis.dump()).contains("unified-health:").doesNotContain(WHO, "steps", Integer.toString(steps));

        proxy.delay(Duration.ofMillis(60)); // longer than a request waits
        changeAndCompare("slow");
        proxy.delay(Duration.ZERO);

        redis.kill();
        changeAndCompare("away");
        assertThat(get(house.app().adminUri("/healthcheck")).body()).contains("cache-redis", "degraded: Redis");
        assertThat(get(house.app().uri("/health/ready")).statusCode()).isEqualTo(200);

        redis.start();
        RunningApp.await(() -> isInUse(house.app().adminUri("/healthcheck")) && isInUse(adminOf(other)));
        long before = hits();
        changeAndCompare("back");
        assertThat(hits()).isGreaterThan(before);
    }

    private void changeAndCompare(String state) {
        for (int change = 0; change < CHANGES; change++) {
            steps++;
            house.app()
                    .whoopDatabase
                    .jdbi()
                    .useHandle(handle ->
                            handle.execute("update whoop_cycle set step_count = ? where user_id = ?", steps, WHO));
            for (String question : QUESTIONS) {
                assertSame(state, question, house.app()::uri);
                assertSame(state, question, other::uri);
            }
        }
    }

    private void assertSame(String state, String question, Function<String, URI> replica) {
        long end = System.nanoTime() + HEARD.toNanos();
        while (true) {
            boolean late = System.nanoTime() > end;
            JsonNode read = answer(keepsNothing.uri(question));
            JsonNode kept = answer(replica.apply(question));
            if (kept.equals(read)) {
                return;
            }
            if (late) {
                assertThat(kept.toPrettyString())
                        .as(state + ": " + question.replace(WHO, "…"))
                        .isEqualTo(read.toPrettyString());
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private JsonNode answer(URI uri) {
        HttpResponse<String> answer = get(uri);
        assertThat(answer.statusCode()).isEqualTo(200);
        ObjectNode whole = JSON.createObjectNode();
        answer.headers().firstValue("ETag").ifPresent(tag -> whole.put("tag", tag));
        whole.set("body", timeless(house.app().jsonOf(answer)));
        return whole;
    }

    private static JsonNode timeless(JsonNode answer) {
        if (answer instanceof ObjectNode day) {
            day.remove(List.of("generated_at", "checked_at", "processing_stats"));
        } else {
            answer.forEach(SharedAnswersTest::timeless);
        }
        return answer;
    }

    private HttpResponse<String> get(URI uri) {
        return house.app()
                .exchange(
                        HttpRequest.newBuilder(uri).timeout(RunningApp.PATIENCE).header("X-API-Key", RunningApp.KEY));
    }

    private boolean isInUse(URI healthchecks) {
        return house.app()
                .jsonOf(get(healthchecks))
                .path("cache-redis")
                .path("message")
                .asText()
                .equals("in use");
    }

    private static URI adminOf(House.Replica replica) {
        return URI.create("http://localhost:" + replica.adminPort() + "/healthcheck");
    }

    private long hits() {
        Matcher hits = HITS.matcher(get(URI.create("http://localhost:" + other.adminPort() + "/metrics"))
                .body());
        assertThat(hits.find()).isTrue();
        return Long.parseLong(hits.group(1));
    }

    private void sourcesTell() {
        house.sahha().has(ScriptedSahha.SCORES, WHO, ScriptedSahha.score("s", "sleep", 0.7, DAY));
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        WHO,
                        ScriptedSahha.biomarker("b", "vitals", "heart_rate_resting", "55", "bpm", DAY));
        UUID sleepId = new UUID(77, ACCOUNT);
        long id = ACCOUNT * 10;
        tell(CYCLES, cycle(id, BEDTIME).put("step_count", steps));
        tell(SLEEPS, sleep(sleepId, id, BEDTIME));
        tell(RECOVERIES, recovery(id, sleepId, BEDTIME.plus(Duration.ofHours(9))));
        tell(WORKOUTS);
    }

    private void tell(String list, JsonNode... records) {
        house.whoop().server().on(list, asked -> ScriptedWhoop.page(null, records));
    }
}
