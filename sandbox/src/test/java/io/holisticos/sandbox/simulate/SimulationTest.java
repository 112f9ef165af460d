package io.holisticos.sandbox.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.sandbox.environment.Postgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Five days of fifty members, and whether the comparison would have seen a mistake. */
class SimulationTest {

    private static final String MEMBER = "demo-0005";

    /** The newest scored main sleep of a member, well before the final days. */
    private static final String A_NIGHT = """
            select id from whoop_sleep
            where user_id = 'demo-0005' and deleted_at is null and not nap and score_state = 'SCORED'
              and start_at < timestamptz '2026-03-05T12:00:00Z'
            order by start_at desc limit 1""";

    private static SimulatedDeployment deployment;
    private static Simulation simulation;
    private static SimulationReport report;
    private static String printed;
    private static Jdbi whoop;

    @BeforeAll
    static void simulate() throws Exception {
        Scenario scenario = Scenario.parse(new String[] {"--users", "50", "--days", "5", "--seed", "7"});
        deployment = SimulatedDeployment.start(scenario);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(lines, true, StandardCharsets.UTF_8);
        simulation = new Simulation(scenario, deployment, out);
        report = simulation.run();
        report.print(out);
        printed = lines.toString(StandardCharsets.UTF_8);
        whoop = Jdbi.create(deployment.postgres().dataSource(Postgres.WHOOP));
    }

    @AfterAll
    static void end() {
        deployment.close();
    }

    @Test
    void whatIsStoredIsWhatHappened() {
        assertThat(report.differences()).as(printed).isEmpty();
        assertThat(report.costs().throttled()).isZero();
    }

    @Test
    void aMemberCostsFewCallsAndIsCurrentWithinSeconds() {
        assertThat(report.costs().perMemberDay())
                .as("every kind of odd day lies in these few days, and some are asked for in vain: %s", printed)
                .isBetween(3.0, 5.0);
        assertThat(report.delivered().events()).isGreaterThan(500);
        assertThat(report.delivered().p50()).isLessThanOrEqualTo(10);
        assertThat(report.delivered().p95()).isLessThanOrEqualTo(30);
        assertThat(report.lost().events()).isGreaterThan(20);
    }

    @Test
    void saysWhatItFoundOneFactALine() {
        assertThat(printed.lines())
                .anyMatch(line -> line.matches("\\d\\.\\d\\d calls per active member and day"))
                .anyMatch(line -> line.startsWith("first sync, backfill and token calls: "))
                .contains("0 answers 429")
                .anyMatch(line ->
                        line.matches("p50 [\\d.]+ s, p95 [\\d.]+ s from first delivery to commit \\(.*apart\\)"))
                .anyMatch(line -> line.matches("\\d{4} members fit the default quota"))
                .contains("0 differences");
    }

    @Test
    void oneWrongValueIsFoundAndNamedWithoutTheValue() {
        List<Difference> found = differencesAfter(
                "update whoop_sleep set disturbance_count = disturbance_count + 1 where id = (" + A_NIGHT + ")",
                "update whoop_sleep set disturbance_count = disturbance_count - 1 where id = (" + A_NIGHT + ")");

        assertThat(found)
                .as("of records; the unified days that show the value differ too")
                .filteredOn(difference -> difference.where().startsWith(MEMBER + " sleeps "))
                .singleElement()
                .satisfies(difference -> assertThat(difference.what()).endsWith("disturbance_count"));
    }

    @Test
    void oneEmptyValueIsFound() {
        String kept = row("whoop_recovery", "sleep_id = (" + A_NIGHT + ")");

        List<Difference> found = differencesAfter(
                "update whoop_recovery set hrv_rmssd_milli = null where sleep_id = (" + A_NIGHT + ")",
                "delete from whoop_recovery where sleep_id = (" + A_NIGHT + "); " + insert("whoop_recovery", kept));

        assertThat(found)
                .anyMatch(difference -> difference.where().startsWith(MEMBER + " recoveries ")
                        && difference.what().equals("score.hrv_rmssd_milli"));
    }

    @Test
    void oneMissingRecordIsFound() {
        String kept = row("whoop_sleep", "id = (" + A_NIGHT + ")");

        List<Difference> found =
                differencesAfter("delete from whoop_sleep where id = (" + A_NIGHT + ")", insert("whoop_sleep", kept));

        assertThat(found)
                .anyMatch(difference -> difference.where().startsWith(MEMBER + " sleeps ")
                        && difference.what().equals("missing"));
    }

    @Test
    void oneExtraRecordIsFound() {
        String another = row("whoop_cycle", "user_id = 'demo-0005' order by start_at limit 1")
                .replaceFirst("\"id\": \\d+", "\"id\": 1");

        List<Difference> found =
                differencesAfter(insert("whoop_cycle", another), "delete from whoop_cycle where id = 1");

        assertThat(found).containsExactly(new Difference(MEMBER + " cycles 1", "extra"));
    }

    @Test
    void oneWrongRecentValueIsFoundInTheUnifiedDayToo() {
        List<Difference> found = differencesAfter(
                "update whoop_sleep set total_rem_sleep_time_milli = total_rem_sleep_time_milli + 60000 where id = ("
                        + A_NIGHT + ")",
                "update whoop_sleep set total_rem_sleep_time_milli = total_rem_sleep_time_milli - 60000 where id = ("
                        + A_NIGHT + ")");

        assertThat(found).anyMatch(difference -> difference.where().startsWith(MEMBER + " sleeps "));
        assertThat(found).anyMatch(difference -> difference.what().equals("metrics.sleep.rem"));
    }

    /** A row, as JSON. */
    private static String row(String table, String which) {
        return whoop.withHandle(
                handle -> handle.createQuery("select cast(to_jsonb(one) as text) from " + table + " one where " + which)
                        .mapTo(String.class)
                        .one());
    }

    private static String insert(String table, String row) {
        return "insert into " + table + " select * from jsonb_populate_record(cast(null as " + table + "), '"
                + row.replace("'", "''") + "')";
    }

    /** The differences found while something is wrong; the remedy then restores everything. */
    private static List<Difference> differencesAfter(String harm, String remedy) {
        whoop.useHandle(handle -> handle.createScript(harm).execute());
        try {
            return simulation.compare(report.costs()).differences();
        } finally {
            whoop.useHandle(handle -> handle.createScript(remedy).execute());
        }
    }
}
