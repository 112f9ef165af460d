package io.holisticos.app;

import static io.holisticos.app.ScriptedWhoop.CYCLES;
import static io.holisticos.app.ScriptedWhoop.RECOVERIES;
import static io.holisticos.app.ScriptedWhoop.SLEEPS;
import static io.holisticos.app.ScriptedWhoop.WORKOUTS;
import static io.holisticos.app.ScriptedWhoop.cycle;
import static io.holisticos.app.ScriptedWhoop.recovery;
import static io.holisticos.app.ScriptedWhoop.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two replicas that keep answers say what a third one says that reads the same databases each time: whatever changes, whoever changes
 * it, at once where it was changed, and elsewhere within a second, or two when the notice of it is lost. Answers are compared but for
 * when they were given and how long that took.
 */
@Tag("deep")
@Tag("alone")
class KeptAnswersLawTest {

    private static final int STEPS = 25;
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration HEARD = Duration.ofSeconds(1);
    private static final Duration NOT_HEARD = Duration.ofSeconds(2);

    private static final LocalDate DAY = LocalDate.parse("2026-11-21");
    private static final Instant BEDTIME = Instant.parse("2026-11-20T22:00:00Z");
    private static final List<String> WISHES =
            List.of("{}", "{\"by_metric\":{\"steps\":[\"whoop\"]}}", "{\"order\":[\"sahha\"]}");
    private static final Pattern HITS = Pattern.compile("\"cache\\.unified\\.hits\":\\{\"value\":([0-9]+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** So that calls of the step before are out of the quota's window. */
    private static final Duration BETWEEN_STEPS = Duration.ofSeconds(130);

    private static ScriptedHouse house;
    private static House.Replica other;
    private static House.Replica keepsNothing;

    private String who;
    private long account;
    private Random random;
    private boolean connected;
    private int restingHeartRate = 50;
    private int stepsOfSahha = 8000;
    private double score = 0.7;
    private int updates;

    /** Something that happens. Returns within which time those who did not do it must know. */
    private interface Happening {
        Duration happen() throws Exception;
    }

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
        other = house.app().replica();
        keepsNothing = house.app().replica(Map.of("ANSWER_CACHE", "false"));
    }

    @AfterAll
    static void close() throws Exception {
        keepsNothing.close();
        other.close();
        house.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    @Timeout(300)
    void aKeptAnswerIsWhatReadingWouldGive(long seed) throws Exception {
        random = new Random(seed);
        who = "kept-answers-" + seed;
        account = 7700 + seed;
        sahhaTells();
        whoopTells();
        house.connectAndSyncAll(who, account);
        connected = true;
        settle();
        long hits = hits();

        Map<String, Happening> happenings = happenings();
        List<String> names = List.copyOf(happenings.keySet());
        for (int step = 0; step < STEPS; step++) {
            String name = names.get(step < names.size() ? step : random.nextInt(names.size()));
            house.clock().advance(BETWEEN_STEPS);
            assertSame("before " + name, HEARD);
            Duration known = happenings.get(name).happen();
            assertSame("step " + step + ", " + name, known);
        }

        assertThat(hits() - hits).as("answers that were kept").isGreaterThan(STEPS);
    }

    private Map<String, Happening> happenings() {
        Map<String, Happening> all = new LinkedHashMap<>();
        all.put("nothing", () -> HEARD);
        all.put("a page of WHOOP's", () -> {
            restingHeartRate = 50 + random.nextInt(9);
            updates++;
            whoopTells();
            return synced();
        });
        all.put("the same page again", this::synced);
        all.put("an event of WHOOP's", () -> {
            restingHeartRate = 50 + random.nextInt(9);
            updates++;
            whoopTells();
            String trace = who + "-" + random.nextLong();
            Signed event = Signed.whoopEvent(
                    "sleep.updated",
                    account,
                    sleepId().toString(),
                    trace,
                    house.clock().instant());
            HttpRequest.Builder request = house.app().request("/webhooks/whoop");
            event.headers().forEach(request::header);
            assertThat(house.app()
                            .exchange(request.POST(BodyPublishers.ofString(event.body())))
                            .statusCode())
                    .isBetween(200, 204);
            return HEARD;
        });
        all.put("new values of Sahha's", () -> {
            stepsOfSahha = 8000 + random.nextInt(5) * 100;
            sahhaTells();
            house.clock().advance(Duration.ofMinutes(11));
            return HEARD;
        });
        all.put("the same values again", () -> {
            house.clock().advance(Duration.ofMinutes(11));
            return HEARD;
        });
        all.put("a member's wishes", () -> {
            house.app()
                    .send(
                            "PUT",
                            "/api/v1/unified-health/preferences/" + who,
                            WISHES.get(random.nextInt(WISHES.size())));
            return NOT_HEARD; // who keeps nothing has to hear of it as well
        });
        all.put("a connection's end or beginning", () -> {
            if (connected) {
                house.app().send("DELETE", "/api/v1/unified-health/connect/whoop/" + who, "");
                assertSameAt("at once", house.app()::uri, AT_ONCE);
            } else {
                house.connectAndSyncAll(who, account);
            }
            connected = !connected;
            return HEARD;
        });
        all.put("an update of Sahha's rows by hand", () -> {
            score = 0.5 + random.nextInt(5) / 10.0;
            sahhaTells();
            inSahha("update scores set score = ? where profile_id = ?", score, who);
            return HEARD;
        });
        all.put("a deletion of Sahha's rows by hand", () -> {
            inSahha("delete from biomarkers where profile_id = ? and type = 'steps'", who);
            return HEARD;
        });
        all.put("a row of another service", () -> {
            anotherServiceSaves(Integer.toString(300 + random.nextInt(5)));
            return HEARD;
        });
        all.put("an update of WHOOP's records by hand", () -> {
            inWhoop("update whoop_cycle set step_count = ? where user_id = ?", 7000 + random.nextInt(5), who);
            return HEARD;
        });
        all.put("a deletion of WHOOP's records by hand", () -> {
            inWhoop("delete from whoop_sleep where user_id = ?", who);
            return HEARD;
        });
        all.put("a change while no notice is heard", () -> {
            endListening();
            inWhoop("update whoop_cycle set step_count = ? where user_id = ?", 7000 + random.nextInt(5), who);
            inSahha("update scores set score = ? where profile_id = ?", 0.5 + random.nextInt(5) / 10.0, who);
            return NOT_HEARD;
        });
        all.put("WHOOP switched off for the member, and on", () -> {
            flag("{\"enabled\":true,\"users\":[\"somebody-else\"]}");
            assertSame("switched off", NOT_HEARD);
            flag("{\"enabled\":true,\"percentage\":100}");
            return NOT_HEARD;
        });
        all.put("hours go by", () -> {
            house.clock().advance(Duration.ofHours(1 + random.nextInt(8)));
            return HEARD;
        });
        all.put("midnight", () -> {
            Instant now = house.clock().instant();
            LocalDate tomorrow = LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1);
            Instant midnight = tomorrow.atStartOfDay().toInstant(ZoneOffset.UTC);
            house.clock().advance(Duration.between(now, midnight).minusMinutes(61));
            assertSame("before the person's midnight", HEARD);
            house.clock().advance(Duration.ofMinutes(2));
            assertSame("after the person's midnight", HEARD);
            house.clock().advance(Duration.ofMinutes(60));
            return HEARD;
        });
        return all;
    }

    private void assertSame(String what, Duration within) {
        assertSameAt(what + ", where it happened", house.app()::uri, within);
        assertSameAt(what + ", elsewhere", other::uri, within);
    }

    /** Asks who keeps nothing before and after: while these two differ, something goes on that nobody has to know yet. */
    private void assertSameAt(String what, Replica replica, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        for (String question : questions()) {
            while (true) {
                boolean late = System.nanoTime() - end > 0;
                JsonNode before = answer(keepsNothing::uri, question);
                JsonNode kept = answer(replica, question);
                JsonNode after = answer(keepsNothing::uri, question);
                if (kept.equals(before) || kept.equals(after)) {
                    break;
                }
                if (late && before.equals(after)) {
                    assertThat(kept.toPrettyString())
                            .as(
                                    "%s: %s at %s",
                                    what,
                                    question.replace(who, "…"),
                                    house.clock().instant())
                            .isEqualTo(after.toPrettyString());
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }

    private interface Replica {
        URI uri(String path);
    }

    private List<String> questions() {
        String base = "/api/v1/unified-health/";
        List<String> questions = new ArrayList<>();
        for (String period : List.of("today", "yesterday", DAY.toString(), "11/22/2026")) {
            questions.add(base + "overview/" + who + "?period=" + period);
        }
        questions.add(base + "overview/" + who + "?include_whoop=false");
        questions.add(base + "days/" + who + "?from=" + DAY.minusDays(2) + "&to=" + DAY.plusDays(1));
        questions.add(base + "days/" + who + "?from=" + DAY + "&to=" + DAY);
        questions.add(base + "sources/" + who);
        questions.add(base + "overviews");
        return questions;
    }

    private JsonNode answer(Replica replica, String question) {
        HttpRequest.Builder request = HttpRequest.newBuilder(replica.uri(question))
                .timeout(RunningApp.PATIENCE)
                .header("X-API-Key", RunningApp.KEY);
        if (question.endsWith("/overviews")) {
            request.header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"user_ids\":[\"" + who + "\"]}"));
        }
        HttpResponse<String> answer = house.app().exchange(request);
        try {
            ObjectNode whole = JSON.createObjectNode().put("status", answer.statusCode());
            answer.headers().firstValue("ETag").ifPresent(tag -> whole.put("tag", tag));
            whole.set("body", timeless(JSON.readTree(answer.body())));
            return whole;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no JSON", e);
        }
    }

    private static JsonNode timeless(JsonNode answer) {
        if (answer instanceof ObjectNode day) {
            day.remove(List.of("generated_at", "checked_at", "processing_stats"));
        } else {
            answer.forEach(KeptAnswersLawTest::timeless);
        }
        return answer;
    }

    /** Reading days makes Sahha be asked for them, which changes when they were read. */
    private void settle() {
        for (int time = 0; time < 3; time++) {
            questions().forEach(question -> answer(keepsNothing::uri, question));
        }
    }

    private static long hits() {
        Matcher hits = HITS.matcher(house.app().admin("GET", "/metrics", "").body());
        assertThat(hits.find()).isTrue();
        return Long.parseLong(hits.group(1));
    }

    private Duration synced() {
        if (connected) {
            house.app().send("POST", "/internal/sync/" + who, "");
            RunningApp.await(() -> house.isOver(who, "sync"));
        }
        return HEARD;
    }

    private static void flag(String wanted) {
        assertThat(house.app()
                        .admin(
                                "PUT",
                                "/flags/WHOOP_INTEGRATION",
                                wanted,
                                "Content-Type",
                                "application/json",
                                "X-API-Key",
                                RunningApp.KEY)
                        .statusCode())
                .isEqualTo(200);
    }

    private static void endListening() {
        String end = "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and query like 'listen%'";
        house.app().sahhaDatabase.jdbi().useHandle(handle -> handle.execute(end));
        house.app().whoopDatabase.jdbi().useHandle(handle -> handle.execute(end));
    }

    private void sahhaTells() {
        house.sahha().has(ScriptedSahha.SCORES, who, ScriptedSahha.score("s", "sleep", score, DAY));
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        who,
                        ScriptedSahha.biomarker(
                                "b1", "activity", "steps", Integer.toString(stepsOfSahha), "count", DAY),
                        ScriptedSahha.biomarker("b2", "vitals", "heart_rate_resting", "55", "bpm", DAY));
    }

    private void whoopTells() {
        long id = account * 10;
        ObjectNode recovery =
                recovery(id, sleepId(), BEDTIME.plus(Duration.ofHours(9)).plusSeconds(60L * updates));
        recovery.withObject("/score").put("resting_heart_rate", (double) restingHeartRate);
        tell(CYCLES, cycle(id, BEDTIME).put("step_count", 7000));
        tell(SLEEPS, sleep(sleepId(), id, BEDTIME));
        tell(RECOVERIES, recovery);
        tell(WORKOUTS);
    }

    private static void tell(String list, JsonNode... records) {
        house.whoop().server().on(list, asked -> ScriptedWhoop.page(null, records));
    }

    private UUID sleepId() {
        return new UUID(77, account);
    }

    private static void inSahha(String statement, Object... arguments) {
        house.app().sahhaDatabase.jdbi().useHandle(handle -> handle.execute(statement, arguments));
    }

    private static void inWhoop(String statement, Object... arguments) {
        house.app().whoopDatabase.jdbi().useHandle(handle -> handle.execute(statement, arguments));
    }

    private void anotherServiceSaves(String value) {
        house.app()
                .sahhaDatabase
                .jdbi()
                .useHandle(handle -> handle.createUpdate("""
                        insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time, day,
                            utc_offset_seconds, created_at, updated_at)
                        values (:id, :who, 'activity', 'active_energy_burned', cast(:data as jsonb), :start, :end, :day, 3600,
                            :now, :now)
                        on conflict (id) do update set data = excluded.data, updated_at = excluded.updated_at""")
                        .bind("id", "another-" + who)
                        .bind("who", who)
                        .bind("data", """
                        {"id":"another","category":"activity","type":"active_energy_burned","value":"%s","unit":"kcal",
                         "periodicity":"daily","startDateTime":"2026-11-20T00:00:00+01:00",
                         "endDateTime":"2026-11-20T23:59:59+01:00"}""".formatted(value))
                        .bind("start", Instant.parse("2026-11-19T23:00:00Z"))
                        .bind("end", Instant.parse("2026-11-20T22:59:59Z"))
                        .bind("day", DAY.minusDays(1))
                        .bind("now", house.clock().instant())
                        .execute());
    }
}
