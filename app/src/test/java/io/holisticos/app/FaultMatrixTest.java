package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Everything that can go wrong with WHOOP and Sahha, and what callers see of it. Each fault is met by a sync that runs
 * meanwhile, or by the reading itself. Writes its part of {@code docs/fault-matrix.md} with {@code -Dgolden.rewrite=true};
 * the times as measured are in {@code target/fault-matrix.csv}.
 */
@Tag("deep")
@Tag("alone")
class FaultMatrixTest {

    /** So many readings succeed before the next fault, so that neither a breaker nor a broken connection is left. */
    private static final int READINGS = 5;

    private static final String ANNA = "demo-anna";

    /** Nobody has ever read his days: nothing of Sahha is held for him. */
    private static final String NEVER_READ = "demo-ben";

    private static final String EXISTING = "/api/v1/health-metrics/overview?profile_id=%s&period=today";
    private static final String WITH_WHOOP = EXISTING + "&include_whoop=true";
    private static final String UNIFIED = "/api/v1/unified-health/overview/%s";

    /** Is read each time, where an overview may come from memory. */
    private static final String CHANGES = "/api/v1/unified-health/changes/%s";

    /** With {@link #EXISTING}, the eleven. */
    private static final List<String> OTHERS = List.of(
            "/",
            "/health",
            "/api/v1/health-metrics/activity?profile_id=%s&period=today",
            "/api/v1/health-metrics/sleep?profile_id=%s&period=today",
            "/api/v1/health-metrics/recovery?profile_id=%s&period=today",
            "/api/v1/health-metrics/scores?profile_id=%s",
            "/api/v1/health-metrics/biomarkers?profile_id=%s",
            "/api/v1/sahha/scores?user_id=%s&start_date=2026-11-15&end_date=2026-11-22&limit=1000",
            "/api/v1/sahha/biomarkers?user_id=%s&start_date=2026-11-15&end_date=2026-11-22&limit=1000",
            "/api/v1/sahha/archetypes?user_id=%s&limit=100");

    /** A unified answer is there by then, whatever happens. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /** What WHOOP may add to the existing overview, and some for the rest. */
    private static final Duration WHOOP_SHARE = Duration.ofMillis(2_500);

    /** So often each path is asked; the table has the median. */
    private static final int TIMES = 3;

    private static final Duration LONG = Duration.ofSeconds(30);

    private static final List<Line> LINES = new ArrayList<>();
    private static House house;
    private static Detour toSahha;
    private static Detour toWhoop;
    private static Detour toWhoopDatabase;
    private static Map<String, String> undisturbed;
    private static JsonNode sahhaPart;
    private static int faults;

    /** One of these makes the world worse, and says by what one knows that it was met. */
    private record Fault(String name, Act begin, Meeting meeting, Expected expected) {

        /** Whether the service is started again after it: with Sahha's breakers closed, or WHOOP's right address. */
        boolean startsAnew() {
            return name.startsWith("Sahha") || meeting == Meeting.BY_A_FAILED_SYNC;
        }
    }

    private interface Act {
        void run() throws Exception;
    }

    /** How a fault is met. */
    private enum Meeting {
        /** A sync has sent something to WHOOP. */
        BY_A_CALL,
        /** A sync has failed and waits for its next try. */
        BY_A_FAILED_SYNC,
        /** By the reading. */
        BY_ITSELF
    }

    /**
     * What the unified answer says of its sources.
     *
     * @param alwaysAsBefore whether the existing paths answer the same bytes as before
     */
    private record Expected(String member, String sahha, String whoop, int existingStatus, boolean alwaysAsBefore) {

        static Expected served() {
            return new Expected(ANNA, "ok", "ok", 200, true);
        }

        static Expected withoutWhoop() {
            return new Expected(ANNA, "ok", "unavailable", 200, true);
        }
    }

    private record Line(String fault, String path, String status, List<Duration> times, String seen) {

        Duration median() {
            return times.stream().sorted().toList().get(times.size() / 2);
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        toSahha = Detour.to(URI.create(house.sahha().baseUrl()).getPort());
        toWhoop = Detour.to(URI.create(house.whoop().baseUrl()).getPort());
        URI database = URI.create(house.whoopDatabase().url().substring("jdbc:".length()));
        toWhoopDatabase = Detour.to(database.getPort());
        house.restartAppWith(Map.of(
                "SAHHA_URL",
                "http://127.0.0.1:" + toSahha.port(),
                "WHOOP_URL",
                whoopUrl(),
                "WHOOP_DATABASE_URL",
                house.whoopDatabase().url().replaceFirst("//[^/]*/", "//127.0.0.1:" + toWhoopDatabase.port() + "/")));
        remember();
        assertThat(sahhaPart.path("readiness").isObject()).isTrue();
    }

    @AfterAll
    static void close() throws Exception {
        toSahha.close();
        toWhoop.close();
        toWhoopDatabase.close();
        house.close();
        if (faults > 0 && LINES.size() == 3 * faults) { // never a part of the table
            write();
        }
    }

    @TestFactory
    List<DynamicTest> matrix() {
        List<Fault> all = new ArrayList<>(whoopFaults());
        all.addAll(sahhaFaults());
        faults = all.size();
        return all.stream()
                .map(fault -> DynamicTest.dynamicTest(fault.name(), () -> meet(fault)))
                .toList();
    }

    private static List<Fault> whoopFaults() {
        return List.of(
                new Fault("nothing is wrong", () -> {}, Meeting.BY_A_CALL, Expected.served()),
                whoop("WHOOP: latency 100 ms", rule(FaultKind.LATENCY).withDelay(Duration.ofMillis(100))),
                whoop("WHOOP: latency 30 s", rule(FaultKind.LATENCY).withDelay(LONG)),
                whoop("WHOOP: hangs after the headers", rule(FaultKind.HANG)),
                whoop("WHOOP: resets connections", rule(FaultKind.RESET)),
                new Fault("WHOOP: refuses connections", toWhoop::refuse, Meeting.BY_A_FAILED_SYNC, Expected.served()),
                whoop("WHOOP: 500", rule(FaultKind.STATUS).withStatus(500)),
                whoop("WHOOP: 502 with HTML", rule(FaultKind.HTML)),
                whoop("WHOOP: 429, quota of the minute", rule(FaultKind.QUOTA_MINUTE)),
                whoop("WHOOP: 429, quota of the day", rule(FaultKind.QUOTA_DAY)),
                whoop("WHOOP: garbage", rule(FaultKind.GARBAGE)),
                whoop("WHOOP: truncated answers", rule(FaultKind.TRUNCATE)),
                whoop("WHOOP: answers of 10 MB", rule(FaultKind.LARGE)),
                whoop("WHOOP: one byte every 100 ms", rule(FaultKind.DRIP)),
                new Fault(
                        "WHOOP: TLS fails",
                        () -> house.restartAppWith(Map.of("WHOOP_URL", "https://127.0.0.1:" + toWhoop.port())),
                        Meeting.BY_A_FAILED_SYNC,
                        Expected.served()),
                new Fault(
                        "WHOOP: its name is not known",
                        () -> house.restartAppWith(Map.of("WHOOP_URL", "http://whoop.invalid")),
                        Meeting.BY_A_FAILED_SYNC,
                        Expected.served()),
                new Fault(
                        "WHOOP's database is down",
                        toWhoopDatabase::refuse,
                        Meeting.BY_ITSELF,
                        Expected.withoutWhoop()),
                new Fault(
                        "WHOOP's database hangs",
                        toWhoopDatabase::silence,
                        Meeting.BY_ITSELF,
                        Expected.withoutWhoop()));
    }

    private static List<Fault> sahhaFaults() {
        Expected nothingHeld = new Expected(NEVER_READ, "unavailable", "not_connected", 503, false);
        Expected held = new Expected(ANNA, "stale", "ok", 200, true);
        return List.of(
                new Fault("Sahha is down, nothing held", toSahha::refuse, Meeting.BY_ITSELF, nothingHeld),
                new Fault("Sahha is down, days held", () -> stale(toSahha::refuse), Meeting.BY_ITSELF, held),
                new Fault("Sahha hangs, days held", () -> stale(toSahha::silence), Meeting.BY_ITSELF, held),
                new Fault("Sahha hangs, nothing held", toSahha::silence, Meeting.BY_ITSELF, nothingHeld));
    }

    /** Past freshness, so that Sahha is asked, and answers no more. */
    private static void stale(Act fault) throws Exception {
        remember(); // what was refreshed since the start may have moved on
        house.clock().advance(Duration.ofMinutes(11));
        fault.run();
    }

    private static void remember() {
        undisturbed = elevenBodies(ANNA);
        sahhaPart = sahhaPartOf(house.jsonOf(house.get(UNIFIED.formatted(ANNA))));
    }

    private static Fault whoop(String name, FaultRule rule) {
        return new Fault(name, () -> house.whoop().faults().add(rule), Meeting.BY_A_CALL, Expected.served());
    }

    private static FaultRule rule(FaultKind kind) {
        return FaultRule.always("/", kind);
    }

    private static void meet(Fault fault) throws Exception {
        try {
            fault.begin().run();
            beMet(fault.meeting());
            lookAtExistingPaths(fault);
            lookWithWhoopBeside(fault);
            lookAtUnified(fault);
        } finally {
            mend(fault);
        }
    }

    private static void beMet(Meeting meeting) {
        if (meeting == Meeting.BY_ITSELF) {
            return;
        }
        long before = toWhoop.sent();
        assertThat(house.send("POST", "/internal/sync/" + ANNA, "").statusCode())
                .isEqualTo(202);
        BooleanSupplier met = meeting == Meeting.BY_A_CALL
                ? () -> toWhoop.sent() > before
                : () -> syncs("not picked and execution_time > :now"); // tried, and waits for its next time
        House.await(met);
    }

    private static void lookAtExistingPaths(Fault fault) {
        Expected expected = fault.expected();
        List<HttpResponse<String>> answers = new ArrayList<>();
        List<Duration> times = timed(EXISTING.formatted(expected.member()), answers);
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(expected.existingStatus()));
        String seen = answers.get(0).body();
        if (expected.alwaysAsBefore()) {
            assertThat(elevenBodies(expected.member())).isEqualTo(undisturbed);
            seen = "the same bytes as before, on all eleven paths";
        }
        LINES.add(new Line(fault.name(), "existing path", statuses(answers), times, seen));
    }

    private static void lookWithWhoopBeside(Fault fault) {
        Expected expected = fault.expected();
        List<HttpResponse<String>> answers = new ArrayList<>();
        List<Duration> times = timed(WITH_WHOOP.formatted(expected.member()), answers);
        for (HttpResponse<String> answer : answers) {
            assertThat(answer.statusCode()).isEqualTo(expected.existingStatus());
        }
        String seen = answers.get(0).body();
        if (expected.alwaysAsBefore()) {
            String plain = undisturbed.get(EXISTING.formatted(expected.member()));
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.body())
                            .startsWith(plain.substring(0, plain.length() - 1) + ",\"whoop\":"));
            JsonNode whoop = house.jsonOf(answers.get(0)).path("whoop");
            assertThat(whoop.path("status").asText()).isEqualTo(expected.whoop());
            seen = "the same bytes as before, and whoop " + expected.whoop();
        }
        if (expected.sahha().equals("ok")) {
            assertThat(times).allSatisfy(time -> assertThat(time).isLessThan(WHOOP_SHARE));
        }
        LINES.add(new Line(fault.name(), "with include_whoop", statuses(answers), times, seen));
    }

    private static void lookAtUnified(Fault fault) {
        Expected expected = fault.expected();
        List<HttpResponse<String>> answers = new ArrayList<>();
        List<Duration> times = timed(UNIFIED.formatted(expected.member()), answers);
        assertThat(times).allSatisfy(time -> assertThat(time).isLessThan(DEADLINE));
        for (HttpResponse<String> answer : answers) {
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode unified = house.jsonOf(answer);
            assertThat(statusOf(unified, "sahha")).isEqualTo(expected.sahha());
            assertThat(statusOf(unified, "whoop")).isEqualTo(expected.whoop());
            if (expected.alwaysAsBefore()) {
                assertThat(sahhaPartOf(unified)).isEqualTo(sahhaPart);
            }
        }
        String seen = "sahha " + expected.sahha() + ", whoop " + expected.whoop()
                + (expected.alwaysAsBefore() ? "; Sahha's part as before" : "");
        LINES.add(new Line(fault.name(), "unified overview", statuses(answers), times, seen));
    }

    private static List<Duration> timed(String path, List<HttpResponse<String>> answers) {
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < times(answers); i++) {
            long begun = System.nanoTime();
            answers.add(house.get(path));
            times.add(Duration.ofNanos(System.nanoTime() - begun));
        }
        return times;
    }

    /** Who has waited for ten seconds once need not do so again. */
    private static int times(List<HttpResponse<String>> answers) {
        return answers.stream().anyMatch(answer -> answer.statusCode() == 503) ? 1 : TIMES;
    }

    private static String statuses(List<HttpResponse<String>> answers) {
        TreeSet<String> statuses = new TreeSet<>();
        answers.forEach(answer -> statuses.add(Integer.toString(answer.statusCode())));
        return String.join(", ", statuses);
    }

    /** Nothing of one fault is left when the next one begins. */
    private static void mend(Fault fault) throws Exception {
        house.whoop().faults().clear();
        toSahha.open();
        toWhoop.open();
        toWhoopDatabase.open();
        if (fault.startsAnew()) {
            house.restartAppWith(Map.of("WHOOP_URL", whoopUrl()));
        } else {
            House.await(() -> !syncs("picked")); // a call that hangs is over when its own timeout says so
        }
        house.whoopDatabase().jdbi().useHandle(handle -> {
            handle.execute("delete from scheduled_tasks where task_name = 'whoop-member'");
            handle.execute("delete from whoop_sync where state <> 'done'");
        });
        new QuotaGovernor(house.whoopDatabase().jdbi(), house.clock(), new QuotaConfiguration()).reset();
        awaitWhoopAt(UNIFIED);
        for (int times = 1; times <= READINGS; times++) {
            awaitWhoopAt(CHANGES);
        }
    }

    private static void awaitWhoopAt(String path) {
        House.await(() ->
                statusOf(house.jsonOf(house.get(path.formatted(ANNA))), "whoop").equals("ok"));
    }

    /** Whether there is a sync in this state. */
    private static boolean syncs(String state) {
        return house.whoopDatabase()
                        .jdbi()
                        .withHandle(handle -> handle.createQuery("select count(*) from scheduled_tasks where"
                                        + " cast(:now as timestamptz) is not null and task_name = 'whoop-member' and "
                                        + state)
                                .bind("now", house.clock().instant().atOffset(ZoneOffset.UTC))
                                .mapTo(Long.class)
                                .one())
                > 0;
    }

    private static Map<String, String> elevenBodies(String member) {
        Map<String, String> bodies = new LinkedHashMap<>();
        List<String> eleven = new ArrayList<>(OTHERS);
        eleven.add(EXISTING);
        for (String pattern : eleven) {
            String path = pattern.formatted(member);
            HttpResponse<String> answer = house.getWithoutKey(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            bodies.put(path, answer.body());
        }
        return bodies;
    }

    private static String whoopUrl() {
        return "http://127.0.0.1:" + toWhoop.port();
    }

    /** Sahha's scores: they never compete, so they are the same with and without WHOOP beside them. */
    private static JsonNode sahhaPartOf(JsonNode unified) {
        ObjectNode scores = (ObjectNode) unified.path("scores").deepCopy();
        scores.remove(List.of("whoop_recovery", "whoop_strain", "whoop_sleep_performance"));
        return scores;
    }

    private static String statusOf(JsonNode unified, String source) {
        for (JsonNode one : unified.path("sources")) {
            if (one.path("name").asText().equals(source)) {
                return one.path("status").asText();
            }
        }
        return "";
    }

    private static void write() throws Exception {
        StringBuilder table = new StringBuilder();
        StringBuilder raw = new StringBuilder("fault;asked;millis\n");
        for (Line line : LINES) {
            table.append("| %s | %s | %s | %s | %s |\n"
                    .formatted(line.fault(), line.path(), line.status(), timeClass(line.median()), line.seen()));
            line.times()
                    .forEach(time -> raw.append("%s;%s;%d\n".formatted(line.fault(), line.path(), time.toMillis())));
        }
        if (Boolean.getBoolean("golden.rewrite")) {
            FaultMatrix.write(FaultMatrix.SOURCES, table.toString());
        }
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "fault-matrix.csv"), raw);
    }

    /** Coarse, so that the table stays the same from one machine to the next. */
    private static String timeClass(Duration time) {
        for (double seconds : new double[] {1, 2.5, 5, 12}) {
            if (time.toNanos() < seconds * 1e9) {
                return "under " + (seconds % 1 == 0 ? Integer.toString((int) seconds) : Double.toString(seconds))
                        + " s";
            }
        }
        return "over 12 s";
    }
}
