package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plans of all statements that the running service sends, on ten million rows: PostgreSQL itself explains every one of them,
 * those within functions and triggers included, whoever sends it. No text of a statement stands here, so that it may be another
 * one tomorrow. Run by hand: {@code mvn -Pbench -pl app -am test -Dtest=HotStatementsTest}.
 */
@Tag("bench")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class HotStatementsTest {

    /** Of all tables that name a member, both databases together. */
    private static final long ROWS = Long.getLong("hot.rows", 10_000_000);

    private static final int FEW_MEMBERS = 100;

    /** Reading all of a smaller table is cheaper than any index. */
    private static final int SMALL_TABLE = 5_000;

    /** How many buffers more a request may touch beside many members, or beside a long history: an index has a level more. */
    private static final double SAME = 1.4;

    private static final int TIMES = 40;

    private static final String ANNA = "demo-anna";

    /** Everything that Anna has, of a thousand days. */
    private static final String LONG = "member-of-1000-days";

    private static final Map<String, String> PATHS = paths();

    @TempDir
    static Path logs;

    private static ExplainedDatabases databases;
    private static House house;
    private static PlanLog plans;

    /** By path, beside few members. */
    private static final Map<String, RequestCost> FEW = new HashMap<>();

    @BeforeAll
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    static void fill() throws Exception {
        databases = ExplainedDatabases.start(logs);
        plans = databases.plans();
        house = House.openWith(databases.variables(Map.of("ANSWER_CACHE", "false")));
        house.connect(ANNA);
        House.await(() -> {
            house.clock().advance(Duration.ofSeconds(10));
            return isBackfilled();
        });
        house.get("/api/v1/unified-health/days/" + ANNA + "?from=2026-09-24&to=2026-11-22");
        PATHS.values().forEach(path -> house.get(path.replace("{}", ANNA)));

        ManyMembers members = new ManyMembers(ANNA, LONG);
        List<Jdbi> both = List.of(databases.sahha(), databases.whoop());
        long many = ROWS / both.stream().mapToLong(members::rowsOfOne).sum();
        both.forEach(members::makeLongMember);
        both.forEach(database -> members.fill(database, 0, FEW_MEMBERS));
        databases.explain();
        house.restartApp(); // connections that were opened before explain nothing, and plans of before are forgotten
        PATHS.values().forEach(path -> FEW.put(path, costOf(path, ANNA)));
        both.forEach(database -> members.fill(database, FEW_MEMBERS, many));
        house.restartApp();
        System.out.printf(Locale.ROOT, "%,d members, %,d rows%n", many, ROWS);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
        databases.close();
    }

    private static boolean isBackfilled() {
        return databases
                .whoop()
                .withHandle(handle -> handle.createQuery("""
                        select exists (select from whoop_sync
                        where user_id = :who and kind = 'backfill' and state = 'done')""")
                        .bind("who", ANNA)
                        .mapTo(Boolean.class)
                        .one());
    }

    private static Map<String, String> paths() {
        Map<String, String> paths = new LinkedHashMap<>();
        paths.put("unified overview", "/api/v1/unified-health/overview/{}");
        paths.put("a unified day", "/api/v1/unified-health/days/{}?from=2026-11-20&to=2026-11-20");
        paths.put("a month of unified days", "/api/v1/unified-health/days/{}?from=2026-10-24&to=2026-11-22");
        paths.put("why a value", "/api/v1/unified-health/explain/{}?metric=heart_rate.resting&date=2026-11-20");
        paths.put("sources", "/api/v1/unified-health/sources/{}");
        paths.put("changes", "/api/v1/unified-health/changes/{}");
        paths.put("existing overview", "/api/v1/health-metrics/overview?profile_id={}&period=today");
        paths.put("existing sleep", "/api/v1/health-metrics/sleep?profile_id={}&period=today");
        paths.put("existing rows", "/api/v1/sahha/scores?user_id={}&start_date=2026-11-15&end_date=2026-11-22");
        paths.put("stored cycles", "/internal/data/cycles/{}?days=7");
        paths.put("state of a connection", "/internal/oauth/status/{}");
        return paths;
    }

    static Stream<Arguments> requests() {
        return PATHS.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestTouchesWhatItAnswersAndNoMore(String name, String path) {
        RequestCost many = costOf(path, ANNA);
        RequestCost years = costOf(path, LONG);

        assertSame(Objects.requireNonNull(FEW.get(path)), many, "beside ten million rows");
        assertSame(many, years, "of a member with 1,000 days");
        assertThat(wholeTables(plansOf(path))).isEmpty();
    }

    @Test
    void aWebhookAndTheSyncThatFollowsReadNoWholeTable() throws Exception {
        plans.forget();
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        deliver(
                "/webhooks/whoop",
                Signed.whoopSleep(account, "hot-1", house.clock().instant()));
        deliver("/webhooks/sahha", Signed.sahhaScore(ANNA, "hot-2"));
        assertThat(house.send("POST", "/internal/sync/" + ANNA, "{}").statusCode())
                .isEqualTo(202);
        house.clock().advance(Duration.ofSeconds(40));
        House.await(() -> plans.soFar().stream().anyMatch(plan -> plan.says("whoop_quota_grant")));

        assertThat(wholeTables(plans.read())).isEmpty();
    }

    private static void deliver(String path, Signed event) {
        HttpRequest.Builder request = house.request(path).POST(BodyPublishers.ofString(event.body()));
        event.headers().forEach(request::setHeader);
        assertThat(house.exchange(request).statusCode()).isBetween(200, 204);
    }

    private static RequestCost costOf(String path, String member) {
        return RequestCost.of(RequestCost.Caller.service(house), plans, path.replace("{}", member), "", TIMES);
    }

    private static void assertSame(RequestCost small, RequestCost large, String where) {
        assertThat(large.sahhaStatements() + large.whoopStatements())
                .as("statements " + where)
                .isLessThan(small.sahhaStatements() + small.whoopStatements() + 0.3);
        assertThat(large.buffers()).as("buffers " + where).isLessThan(small.buffers() * SAME + 10);
    }

    private static List<PlanLog.Plan> plansOf(String path) {
        plans.forget();
        assertThat(house.get(path.replace("{}", LONG)).statusCode()).isEqualTo(200);
        return plans.read();
    }

    /** Which tables were read from end to end, and by which statement. */
    private static Set<String> wholeTables(List<PlanLog.Plan> asked) {
        Set<String> found = new TreeSet<>();
        for (PlanLog.Plan plan : asked) {
            List<String> tables = new ArrayList<>(plan.wholeTables());
            tables.removeIf(table -> ManyMembers.rowsOf(table) < SMALL_TABLE);
            tables.forEach(table -> found.add(table + " by: " + plan.statement()));
        }
        return found;
    }
}
