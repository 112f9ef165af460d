package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prometheus's and Alertmanager's own tools on the files in {@code deploy}. They are in Debian's packages of these names. */
@Tag("deep")
class AlertToolsTest {

    private static final Path PROMETHEUS = Path.of("../deploy/prometheus");
    private static final Path ALERTMANAGER = Path.of("../deploy/alertmanager/alertmanager.yml");

    @TempDir
    Path folder;

    @Test
    void promtoolAcceptsTheRulesAndTheConfiguration() throws Exception {
        assertThat(run(with(List.of("promtool", "check", "rules", "--lint-fatal"), PROMETHEUS.resolve("rules"))))
                .contains("SUCCESS");
        assertThat(run(List.of(
                        "promtool",
                        "check",
                        "config",
                        "--syntax-only",
                        PROMETHEUS.resolve("prometheus.yml").toString())))
                .contains("SUCCESS");
    }

    @Test
    void everyAlertFiresForItsTroubleAndForNothingElse() throws Exception {
        assertThat(run(with(List.of("promtool", "test", "rules"), PROMETHEUS.resolve("tests"))))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    @Test
    void amtoolAcceptsTheConfiguration() throws Exception {
        assertThat(run(List.of("amtool", "check-config", ALERTMANAGER.toString())))
                .contains("SUCCESS");
    }

    @ParameterizedTest
    @CsvSource({
        "page,   DatabaseDown,             pages",
        "page,   AvailabilityBudgetBurns,  pages",
        "ticket, AvailabilityBudgetBurns,  tickets",
        "ticket, WebhookSilence,           tickets",
        "none,   SomethingElse,            tickets"
    })
    void alertsGoToWhoeverTheirSeverityIsFor(String severity, String alert, String receiver) throws Exception {
        assertThat(run(List.of(
                        "amtool",
                        "config",
                        "routes",
                        "test",
                        "--config.file=" + ALERTMANAGER,
                        "--verify.receivers=" + receiver,
                        "severity=" + severity,
                        "alertname=" + alert)))
                .contains(receiver);
    }

    private static List<String> with(List<String> command, Path files) throws Exception {
        List<String> all = new ArrayList<>(command);
        try (Stream<Path> found = Files.list(files)) {
            found.sorted().map(Path::toString).forEach(all::add);
        }
        return all;
    }

    /** What a tool said; it has to end well. */
    private String run(List<String> command) throws Exception {
        Path said = Files.createTempFile(folder, "said", "");
        Process tool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(tool.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(said);
        assertThat(tool.exitValue()).as(text).isZero();
        return text;
    }
}
