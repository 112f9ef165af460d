package io.holisticos.app;

import static io.holisticos.app.ScriptedWhoop.CYCLES;
import static io.holisticos.app.ScriptedWhoop.RECOVERIES;
import static io.holisticos.app.ScriptedWhoop.SLEEPS;
import static io.holisticos.app.ScriptedWhoop.WORKOUTS;
import static io.holisticos.app.ScriptedWhoop.cycle;
import static io.holisticos.app.ScriptedWhoop.recovery;
import static io.holisticos.app.ScriptedWhoop.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.app.ScriptedServer.Asked;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever changes an answer changes its revision, and nothing else does: whoever changes what, in any order, in the whole service
 * with its databases. Answers are compared as callers see them, but for when they were given and how old their data is.
 */
@Tag("deep")
class RevisionLawTest {

    private static final int STEPS = 60;
    private static final LocalDate DAY = LocalDate.parse("2026-11-21");
    private static final Instant BEDTIME = Instant.parse("2026-11-20T22:00:00Z");
    private static final List<String> RANGES =
            List.of("from=2026-09-28&to=2026-09-29", "from=2026-11-19&to=2026-11-22");
    private static final List<String> WISHES = List.of(
            "{}",
            "{\"by_metric\":{\"steps\":[\"whoop\"]}}",
            "{\"order\":[\"sahha\"],\"by_family\":{\"activity\":[\"whoop\"]}}");

    /** So that calls of the step before are out of the quota's window, and Sahha is asked again after some steps. */
    private static final Duration BETWEEN_STEPS = Duration.ofSeconds(130);

    private static ScriptedHouse house;

    private String who;
    private long account;
    private Random random;
    private boolean connected;
    private final CountDownLatch backfillMayGoOn = new CountDownLatch(1);
    private String wishes = WISHES.get(0);
    private int restingHeartRate = 50;
    private int stepsOfWhoop = 7000;
    private int stepsOfSahha = 8000;
    private double score = 0.7;
    private int updates;
    private boolean slept = true;
    private String since;

    /** @param answer of a day, without what tells when it was given */
    private record Said(JsonNode answer, String revision) {}

    /** Something that happens: true when it counts as a change whether or not a day shows it. */
    private interface Happening {
        boolean happen() throws Exception;
    }

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void whateverChangesAnAnswerChangesItsRevisionAndNothingElseDoes(long seed) throws Exception {
        random = new Random(seed);
        who = "any-change-" + seed;
        account = 5600 + seed;
        sahhaTells();
        whoopTells();
        Map<String, Integer> changed = new TreeMap<>();
        Map<String, Integer> unchanged = new TreeMap<>();
        Map<LocalDate, Said> before = read();
        since = house.json("/api/v1/unified-health/changes/" + who).path("next").asText();

        before = connectedInTwoParts(before);

        Map<String, Happening> happenings = happenings();
        List<String> names = List.copyOf(new TreeSet<>(happenings.keySet()));
        for (int step = 0; step < STEPS; step++) {
            String name = names.get(step < names.size() ? step : random.nextInt(names.size()));
            house.clock().advance(BETWEEN_STEPS);
            boolean counts = happenings.get(name).happen();
            Map<LocalDate, Said> after = read();
            boolean differs = isOtherAnswer("step " + step + ": " + name, before, after, counts);
            (differs ? changed : unchanged).merge(name, 1, Integer::sum);
            before = after;
        }

        assertThat(changed.keySet())
                .contains(
                        "a page of WHOOP's",
                        "a deletion at WHOOP",
                        "new values of Sahha's",
                        "a member's wishes",
                        "a connection's end or beginning",
                        "an edit of Sahha's rows by hand",
                        "an edit of WHOOP's records by hand",
                        "a row of another service");
        assertThat(unchanged.keySet())
                .contains("the same page again", "the same values again", "an edit of what nobody sees");
    }

    /** The first sync, while the backfill has to wait, and then the backfill, which adds no record and much coverage. */
    private Map<LocalDate, Said> connectedInTwoParts(Map<LocalDate, Said> before) throws Exception {
        house.clock().advance(BETWEEN_STEPS);
        house.connectAndSync(who, account);
        connected = true;
        Map<LocalDate, Said> recent = read();
        isOtherAnswer("the first sync", before, recent, true);
        backfillMayGoOn.countDown();
        RunningApp.await(() -> house.isOver(who, "backfill"));
        Map<LocalDate, Said> all = read();
        assertThat(isOtherAnswer("the backfill", recent, all, false))
                .as("coverage grew")
                .isTrue();
        return all;
    }

    /** Sources go on with what was edited by hand: otherwise the next read would undo it, which is one change more. */
    private Map<String, Happening> happenings() {
        Map<String, Happening> all = new HashMap<>();
        all.put("a page of WHOOP's", () -> {
            restingHeartRate = 50 + random.nextInt(9);
            updates++;
            slept = true;
            whoopTells();
            return sync();
        });
        all.put("the same page again", this::sync);
        all.put("a deletion at WHOOP", () -> {
            String sleep = sleepId().toString();
            String trace = who + "-" + random.nextLong();
            Signed event = Signed.whoopEvent(
                    "sleep.deleted", account, sleep, trace, house.clock().instant());
            slept = false;
            whoopTells();
            assertThat(deliver(event)).isBetween(200, 204);
            RunningApp.await(() -> !connected || held("whoop_sleep") == 0);
            return false;
        });
        all.put("new values of Sahha's", () -> {
            stepsOfSahha = 8000 + random.nextInt(3) * 100;
            sahhaTells();
            house.clock().advance(Duration.ofMinutes(11));
            return false;
        });
        all.put("the same values again", () -> {
            house.clock().advance(Duration.ofMinutes(11));
            return false;
        });
        all.put("a member's wishes", () -> {
            String other = WISHES.get(random.nextInt(WISHES.size()));
            boolean counts = !other.equals(wishes);
            wishes = other;
            house.app().send("PUT", "/api/v1/unified-health/preferences/" + who, wishes);
            return counts;
        });
        all.put("a connection's end or beginning", () -> {
            if (connected) {
                house.app().send("DELETE", "/api/v1/unified-health/connect/whoop/" + who, "");
            } else {
                house.connectAndSyncAll(who, account);
            }
            connected = !connected;
            return true;
        });
        all.put("an edit of Sahha's rows by hand", () -> {
            score = 0.5 + random.nextInt(3) / 10.0;
            sahhaTells();
            inSahha("update scores set score = ? where profile_id = ?", score, who);
            return false;
        });
        all.put("an edit of WHOOP's records by hand", () -> {
            stepsOfWhoop = 7000 + random.nextInt(3);
            whoopTells();
            inWhoop("update whoop_cycle set step_count = ? where user_id = ?", stepsOfWhoop, who);
            return false;
        });
        all.put("an edit of what nobody sees", () -> {
            inSahha("update scores set updated_at = updated_at - interval '1 hour' where profile_id = ?", who);
            inWhoop("update whoop_cycle set recorded_at = recorded_at - interval '1 hour' where user_id = ?", who);
            return false;
        });
        all.put("a row of another service", () -> {
            anotherServiceSaves(Integer.toString(300 + random.nextInt(3)));
            return false;
        });
        return all;
    }

    /** Whether the answer of any day is another one; each that is must have another revision, and only if one is. */
    private boolean isOtherAnswer(
            String what, Map<LocalDate, Said> before, Map<LocalDate, Said> after, boolean counts) {
        boolean any = false;
        boolean anyRevision = false;
        for (LocalDate date : before.keySet()) {
            Said was = before.get(date);
            Said is = after.get(date);
            boolean differs = !was.answer().equals(is.answer());
            boolean otherRevision = !was.revision().equals(is.revision());
            assertThat(!differs || otherRevision)
                    .as("%s changed the answer of %s, and its revision did not tell", what, date)
                    .isTrue();
            any |= differs;
            anyRevision |= otherRevision;
        }
        JsonNode told = house.json("/api/v1/unified-health/changes/" + who + "?since=" + since);
        assertThat(!anyRevision || any || counts)
                .as("%s changed a revision and no answer: %s", what, told.path("changes"))
                .isTrue();
        since = told.path("next").asText();
        return any;
    }

    /** Once nothing goes on: reading days makes Sahha be asked for them, and what it brings counts for those read before too. */
    private Map<LocalDate, Said> read() {
        Map<LocalDate, Said> said = readOnce();
        for (Map<LocalDate, Said> again = readOnce(); !again.equals(said); again = readOnce()) {
            said = again;
        }
        return said;
    }

    private Map<LocalDate, Said> readOnce() {
        Map<LocalDate, Said> said = new TreeMap<>();
        for (String range : RANGES) {
            for (JsonNode day : house.json("/api/v1/unified-health/days/" + who + "?" + range)) {
                ObjectNode answer = day.deepCopy();
                String revision = answer.remove("revision").asText();
                answer.remove("generated_at");
                answer.path("sources").forEach(source -> ((ObjectNode) source).remove("as_of"));
                said.put(LocalDate.parse(answer.path("date").asText()), new Said(answer, revision));
            }
        }
        assertThat(said).hasSize(6);
        return said;
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

    /** One cycle with its night and its recovery; what is asked of long ago waits while the backfill has to. */
    private void whoopTells() {
        Instant monthAgo = house.clock().instant().minus(Duration.ofDays(32));
        long id = account * 10;
        Instant scored = BEDTIME.plus(Duration.ofHours(9)).plusSeconds(60L * updates);
        ObjectNode recovery = recovery(id, sleepId(), scored);
        recovery.withObject("/score").put("resting_heart_rate", (double) restingHeartRate);
        tell(CYCLES, monthAgo, cycle(id, BEDTIME).put("step_count", stepsOfWhoop));
        tell(SLEEPS, monthAgo, ifSlept(sleep(sleepId(), id, BEDTIME)));
        tell(RECOVERIES, monthAgo, ifSlept(recovery));
        tell(WORKOUTS, monthAgo);
    }

    private JsonNode[] ifSlept(JsonNode record) {
        return slept ? new JsonNode[] {record} : new JsonNode[0];
    }

    private void tell(String list, Instant monthAgo, JsonNode... records) {
        house.whoop().server().on(list, asked -> {
            if (isOlder(asked, monthAgo)) {
                waitForTheBackfill();
            }
            return ScriptedWhoop.page(null, records);
        });
    }

    private static boolean isOlder(Asked asked, Instant monthAgo) {
        String start = asked.parameter("start");
        return !start.isEmpty() && Instant.parse(start).isBefore(monthAgo);
    }

    private void waitForTheBackfill() {
        try {
            assertThat(backfillMayGoOn.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int deliver(Signed event) {
        HttpRequest.Builder request = house.app().request("/webhooks/whoop");
        event.headers().forEach(request::header);
        return house.app()
                .exchange(request.POST(BodyPublishers.ofString(event.body())))
                .statusCode();
    }

    private boolean sync() {
        if (connected) {
            house.app().send("POST", "/internal/sync/" + who, "");
            RunningApp.await(() -> house.isOver(who, "sync"));
        }
        return false;
    }

    private UUID sleepId() {
        return new UUID(56, account);
    }

    private int held(String table) {
        return house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from " + table + " where user_id = :who and deleted_at is null")
                        .bind("who", who)
                        .mapTo(Integer.class)
                        .one());
    }

    private static void inSahha(String statement, Object... arguments) {
        house.app().sahhaDatabase.jdbi().useHandle(handle -> handle.execute(statement, arguments));
    }

    private static void inWhoop(String statement, Object... arguments) {
        house.app().whoopDatabase.jdbi().useHandle(handle -> handle.execute(statement, arguments));
    }

    /** Into a table that this service created; the former service's own statements have their test in the module. */
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
