package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.FreePorts;
import java.io.IOException;
import java.net.Socket;
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

    /** Asked of Alertmanager itself. Labels as {@code amtool} takes them. */
    @ParameterizedTest(name = "{1} while {0}")
    @CsvSource({
        "DatabaseDown severity=page instance=one database=sahha-db,  ReplicaNotReady severity=page instance=one,          true",
        "DatabaseDown severity=page instance=one database=sahha-db,  ReplicaNotReady severity=page instance=two,          false",
        "DatabaseDown severity=page instance=one database=whoop-db,  ReplicaNotReady severity=page instance=one,          false",
        "DatabaseDown severity=page instance=one database=whoop-db,  ServiceDegraded severity=ticket instance=one,        true",
        "DatabaseDown severity=page instance=one database=sahha-db,  AvailabilityBudgetBurns severity=page,               false",
        "DatabaseDown severity=page instance=one database=whoop-db,  WebhooksNotStored severity=page source=whoop,        true",
        "DatabaseDown severity=page instance=one database=sahha-db,  WebhooksNotStored severity=page source=whoop,        false",
        "DatabaseDown severity=page instance=one database=whoop-db,"
                + " ChangesOfReplicasPolled severity=ticket instance=one database=sahha-db, false",
        "WhoopOutage severity=ticket,                                WhoopErrorBudgetBurns severity=page,                 true",
        "WhoopOutage severity=ticket,                                FreshnessBudgetBurns severity=ticket,                true",
        "WhoopOutage severity=ticket,                                FreshnessBudgetBurns severity=page,                  false",
        "QuotaBlocked severity=ticket,                               QuotaBudgetBurns severity=page,                      true",
        "QuotaBlocked severity=ticket,                               WhoopErrorBudgetBurns severity=page,                 false",
        "AvailabilityBudgetBurns severity=page,                      AvailabilityBudgetBurns severity=ticket,             true",
        "AvailabilityBudgetBurns severity=page,                      QuotaBudgetBurns severity=ticket,                    false"
    })
    void whatFollowsFromSomethingThatIsToldIsMutedAndNothingElse(String told, String other, boolean muted)
            throws Exception {
        int port = FreePorts.next();
        Process alertmanager = new ProcessBuilder(
                        "prometheus-alertmanager",
                        "--config.file=" + ALERTMANAGER,
                        "--storage.path=" + folder,
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("alertmanager").toFile())
                .start();
        try {
            Service.await("Alertmanager listening", () -> listens(port));
            tell(port, told);
            tell(port, other);

            String inhibited = run(amtool(port, "query", "--inhibited"));

            assertThat(inhibited.contains(other.split(" ")[0])).as(inhibited).isEqualTo(muted);
        } finally {
            alertmanager.destroy();
            assertThat(alertmanager.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void tell(int port, String alert) throws Exception {
        List<String> command = amtool(port, "add");
        command.addAll(List.of(("alertname=" + alert).split(" ")));
        run(command);
    }

    private static List<String> amtool(int port, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("amtool", "--alertmanager.url=http://127.0.0.1:" + port, "alert"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
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
