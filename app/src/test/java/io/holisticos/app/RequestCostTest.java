package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a request costs, counted and not timed. One costs more than its budget: find out why before the budget is raised. That it
 * costs no more beside more members and days, {@link HotStatementsTest} shows (run by hand).
 */
@Tag("deep")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RequestCostTest {

    /** At most this much of one request. A read is one statement. */
    private record Budget(double sahhaStatements, double whoopStatements, double kilobytes) {}

    // In kB about a quarter above what is measured.
    private static final Budget MISS = new Budget(1, 1, 1_500);
    private static final Budget DAYS =
            new Budget(2, 1, 34_000); // the member's own order of sources is looked up now and then
    private static final Budget EXISTING = new Budget(1, 0, 240);
    private static final Budget HIT = new Budget(0, 0, 195);

    /** Connections are checked, and keys looked up, now and then, whatever is asked. */
    private static final double NOW_AND_THEN = 0.3;

    private static final int TIMES = 100;
    private static final int TIMES_DAYS = 40;
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final String ANNA = "demo-anna";
    private static final String UNIFIED = "/api/v1/unified-health/overview/" + ANNA;
    private static final String EXISTING_PATH = "/api/v1/health-metrics/overview?profile_id=" + ANNA;

    @TempDir
    static Path logs;

    private static ExplainedDatabases databases;
    private static House house;
    private static RequestCost.Caller service;

    @BeforeAll
    static void open() throws Exception {
        databases = ExplainedDatabases.start(logs);
        house = House.openWithTokensOfMembers(databases.variables(Map.of("ANSWER_CACHE", "false")));
        house.connect(ANNA);
        House.await(() -> {
            house.clock().advance(Duration.ofSeconds(10));
            return house.get("/internal/data/health/" + ANNA).body().contains("\"state\":\"done\"");
        });
        databases.explain();
        house.restartApp(); // connections that were opened before explain nothing
        service = RequestCost.Caller.service(house);
        service.repeat(UNIFIED, "", TIMES);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
        databases.close();
    }

    @Test
    @Order(1)
    void aMissTakesOneStatementOfEachDatabase() {
        assertWithin(MISS, measure(UNIFIED, "", TIMES));
    }

    @Test
    @Order(2)
    void aMissThatTheCallerHasAlreadyCostsNoMore() {
        assertWithin(MISS, measure(UNIFIED, etag(), TIMES));
    }

    @Test
    @Order(3)
    void aYearStaysWithinItsBudget() {
        String year = "/api/v1/unified-health/days/" + ANNA + "?from=" + TODAY.minusDays(365) + "&to=" + TODAY;
        service.repeat(year, "", TIMES_DAYS); // the first asks Sahha for months that are not held

        assertWithin(DAYS, measure(year, "", TIMES_DAYS));
    }

    @Test
    @Order(4)
    void anExistingOverviewTakesOneStatementAndAsksWhoopsDatabaseNothing() {
        service.repeat(EXISTING_PATH, "", TIMES);

        assertWithin(EXISTING, measure(EXISTING_PATH, "", TIMES));
    }

    @Test
    @Order(5)
    void aHitReadsNothing() throws Exception {
        house.restartAppWith(databases.variables(Map.of("ANSWER_CACHE", "true")));
        service.repeat(UNIFIED, "", TIMES);

        assertWithin(HIT, measure(UNIFIED, "", TIMES));
        assertWithin(HIT, measure(UNIFIED, etag(), TIMES));
    }

    @Test
    @Order(6)
    void aMemberWithTheirOwnTokenCostsNoStatementMore() throws Exception {
        RequestCost.Caller member = new RequestCost.Caller(
                house, "Authorization", "Bearer " + house.sahha().memberToken(ANNA));
        house.restartAppWith(databases.variables(Map.of("ANSWER_CACHE", "true")));
        member.repeat(UNIFIED, "", TIMES);
        assertWithin(HIT, RequestCost.of(member, databases.plans(), UNIFIED, "", TIMES));

        house.restartAppWith(databases.variables(Map.of("ANSWER_CACHE", "false")));
        member.repeat(UNIFIED, "", TIMES);
        assertWithin(MISS, RequestCost.of(member, databases.plans(), UNIFIED, "", TIMES));
    }

    private static RequestCost measure(String path, String etag, int times) {
        return RequestCost.of(service, databases.plans(), path, etag, times);
    }

    private static String etag() {
        return house.get(UNIFIED).headers().firstValue("ETag").orElseThrow();
    }

    private static void assertWithin(Budget budget, RequestCost cost) {
        assertThat(cost.sahhaStatements())
                .as("statements of Sahha's database")
                .isLessThan(budget.sahhaStatements() + NOW_AND_THEN);
        assertThat(cost.whoopStatements())
                .as("statements of WHOOP's database")
                .isLessThan(budget.whoopStatements() + NOW_AND_THEN);
        assertThat(cost.kilobytes()).as("kB allocated").isLessThan(budget.kilobytes());
    }
}
