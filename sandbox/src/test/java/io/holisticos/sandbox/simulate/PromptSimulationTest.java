package io.holisticos.sandbox.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.sandbox.simulate.Promptness.Hour;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two days of forty members whose events leave one by one. */
@Tag("deep")
class PromptSimulationTest {

    private static final int HOURS = 24;

    private static SimulationReport report;
    private static String printed;

    @BeforeAll
    static void simulate() throws Exception {
        Scenario scenario =
                Scenario.parse(new String[] {"--users", "40", "--days", "2", "--seed", "7", "--pulse", "0"});
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(lines, true, StandardCharsets.UTF_8);
        try (SimulatedDeployment deployment = SimulatedDeployment.start(scenario)) {
            report = new Simulation(scenario, deployment, out).run();
        }
        report.print(out);
        printed = lines.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsStoredIsWhatHappened() {
        assertThat(report.differences()).as(printed).isEmpty();
        assertThat(report.costs().throttled()).isZero();
    }

    @Test
    void anEventTakesTheTimeThatTheServiceWaitsForItsOtherHalf() {
        assertThat(report.delivered().p50()).as(printed).isBetween(0.001, 10.0);
        assertThat(report.delivered().p95()).as(printed).isBetween(20.0, 30.0);
    }

    @Test
    void theReportSaysItByHourOfTheDay() {
        assertThat(report.promptness().hours()).hasSize(HOURS);
        assertThat(report.promptness().hours().stream().mapToLong(Hour::events).sum())
                .isEqualTo(report.delivered().events());
        assertThat(printed.lines().filter(line -> line.matches("\\d\\d:00 +\\d+ +\\d+( +\\d+\\.\\d){3}")))
                .hasSize(HOURS);
    }

    @Test
    void theNumberThatFitsTheHoursStandsBesideTheOneThatFitsTheDay() {
        assertThat(printed.lines())
                .anyMatch(line -> line.matches("\\d+ members fit the default quota"))
                .anyMatch(line -> line.matches("\\d+ members fit for p95 <= 60 s in every hour \\(.*\\)"));
        assertThat(report.promptness().membersThatFit()).isGreaterThan(40);
    }
}
