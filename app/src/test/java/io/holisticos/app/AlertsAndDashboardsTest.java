package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files in {@code deploy} that watch the service, held against what it really tells Prometheus. */
class AlertsAndDashboardsTest {

    private static final Path ROOT = Path.of("..");
    private static final Path RULES = ROOT.resolve("deploy/prometheus/rules");
    private static final Path TESTS = ROOT.resolve("deploy/prometheus/tests");
    private static final Path DASHBOARDS = ROOT.resolve("deploy/grafana/dashboards");
    private static final Path RUNBOOKS = ROOT.resolve("docs/runbooks");

    /**
     * Of Prometheus itself, of the exporter of a database's host, and what a service has only if it reads the host's clock, which
     * no test's does.
     */
    private static final Set<String> OF_OTHERS =
            Set.of("up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes", "clock_database_ahead_seconds");

    private static final Pattern ALERTS_OF_PAGE = Pattern.compile("^Alert: (.*)\\.$", Pattern.MULTILINE);

    private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());

    @Test
    void everyMetricAndLabelOfTheRulesIsExportedByTheService() throws Exception {
        List<String> recorded =
                rules().stream().map(rule -> rule.path("record").asText("")).toList();
        Set<String> others = new HashSet<>(OF_OTHERS);
        others.addAll(recorded);
        List<String> missing = new ArrayList<>();
        for (JsonNode rule : rules()) {
            missing.addAll(new Query(rule.path("expr").asText()).missingIn(WatchedHouse.page(), others));
        }

        assertThat(rules()).hasSizeGreaterThan(50);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyQueryOfTheDashboardsIsAnsweredByTheService() throws Exception {
        List<Path> dashboards = files(DASHBOARDS, ".json");
        List<String> missing = new ArrayList<>();
        int queries = 0;
        for (Path dashboard : dashboards) {
            for (JsonNode panel :
                    new ObjectMapper().readTree(dashboard.toFile()).path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries++;
                    missing.addAll(new Query(target.path("expr").asText()).missingIn(WatchedHouse.page(), Set.of()));
                }
            }
        }

        assertThat(dashboards).hasSize(5);
        assertThat(queries).isGreaterThan(60);
        assertThat(missing).isEmpty();
    }

    @Test
    void aMetricThatNobodyExportsIsFound() throws Exception {
        ScrapedPage page = WatchedHouse.page();

        assertThat(new Query("sum by (lane) (rate(no_such_total{lane=\"x\"}[5m])) > 1e3").missingIn(page, Set.of()))
                .contains("no_such_total");
        assertThat(new Query("service_ready{colour=\"red\"}").missingIn(page, Set.of()))
                .containsExactly("service_ready{colour=red}");
        assertThat(new Query("sum by (colour) (jobs{state=\"due\"}) and on (instance) service_ready == 1")
                        .missingIn(page, Set.of()))
                .containsExactly("by colour");
    }

    @Test
    void everyAlertSaysWhatIsWrongAndNamesARunbook() throws Exception {
        for (JsonNode alert : alerts()) {
            String name = alert.path("alert").asText();
            JsonNode annotations = alert.path("annotations");
            assertThat(alert.path("labels").path("severity").asText()).as(name).isIn("page", "ticket");
            assertThat(annotations.path("summary").asText()).as(name).isNotBlank();
            assertThat(annotations.path("description").asText()).as(name).isNotBlank();
            assertThat(ROOT.resolve(annotations.path("runbook").asText("none")))
                    .as(name)
                    .isRegularFile();
        }
    }

    @Test
    void aRunbookThatIsForAlertsNamesThoseThatLinkIt() throws Exception {
        Map<String, Set<String>> linking = new TreeMap<>();
        for (JsonNode alert : alerts()) {
            String runbook = alert.path("annotations").path("runbook").asText();
            linking.computeIfAbsent(runbook, page -> new TreeSet<>())
                    .add(alert.path("alert").asText());
        }
        for (Path page : files(RUNBOOKS, ".md")) {
            String text = Files.readString(page);
            Matcher alerts = ALERTS_OF_PAGE.matcher(text);
            if (alerts.find()) {
                Set<String> named =
                        new TreeSet<>(List.of(alerts.group(1).replace("`", "").split(", ")));
                assertThat(linking.get("docs/runbooks/" + page.getFileName()))
                        .as(page.toString())
                        .isEqualTo(named);
                assertThat(text)
                        .as(page.toString())
                        .contains("## Symptom\n", "## Meaning\n", "## Checks\n```\n", "## Fix\n", "## Escalation\n");
            }
        }
    }

    @Test
    void everyAlertHasATestInWhichItFiresAndOneInWhichItDoesNot() throws Exception {
        Set<String> fires = new TreeSet<>();
        Set<String> stays = new TreeSet<>();
        for (Path file : files(TESTS, "_test.yml")) {
            for (JsonNode test : yaml.readTree(file.toFile()).path("tests")) {
                for (JsonNode expected : test.path("alert_rule_test")) {
                    (expected.path("exp_alerts").isEmpty() ? stays : fires)
                            .add(expected.path("alertname").asText());
                }
            }
        }
        Set<String> all = new TreeSet<>();
        alerts().forEach(alert -> all.add(alert.path("alert").asText()));

        assertThat(fires).isEqualTo(all);
        assertThat(stays).isEqualTo(all);
    }

    private List<JsonNode> alerts() throws IOException {
        return rules().stream().filter(rule -> rule.has("alert")).toList();
    }

    private List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        for (Path file : files(RULES, ".yml")) {
            yaml.readTree(file.toFile())
                    .path("groups")
                    .forEach(group -> group.path("rules").forEach(rules::add));
        }
        return rules;
    }

    private static List<Path> files(Path folder, String end) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(end))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
