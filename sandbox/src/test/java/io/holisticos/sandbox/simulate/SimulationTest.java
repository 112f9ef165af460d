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
        List<Difference> found = differencesAfter("""
                create table spoiled as select * from whoop_recovery where sleep_id = (%s);
                update whoop_recovery set hrv_rmssd_milli = null where sleep_id = (%s)""".formatted(A_NIGHT, A_NIGHT), """
                delete from whoop_recovery where cycle_id in (select cycle_id from spoiled);
                insert into whoop_recovery select * from spoiled;
                drop table spoiled""");

        assertThat(found)
                .anyMatch(difference -> difference.where().startsWith(MEMBER + " recoveries ")
                        && difference.what().equals("score.hrv_rmssd_milli"));
    }

    @Test
    void oneMissingRecordIsFound() {
        List<Difference> found = differencesAfter(
                """
                create table spoiled as select * from whoop_sleep where id = (%s);
                delete from whoop_sleep where id in (select id from spoiled)""".formatted(A_NIGHT), "insert into whoop_sleep select * from spoiled; drop table spoiled");

        assertThat(found)
                .anyMatch(difference -> difference.where().startsWith(MEMBER + " sleeps ")
                        && difference.what().equals("missing"));
    }

    @Test
    void oneExtraRecordIsFound() {
        List<Difference> found = differencesAfter("""
                create table spoiled as select * from whoop_cycle
                where user_id = 'demo-0005' order by start_at limit 1;
                update spoiled set id = 1;
                insert into whoop_cycle select * from spoiled""", "delete from whoop_cycle where id = 1; drop table spoiled");

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
