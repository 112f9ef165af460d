package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What {@code /prometheus} shows of a service that was used: its names are what dashboards and alerts are made of. Another
 * page than the golden one is a note in the changelog for whoever scrapes; {@code -Dgolden.rewrite=true} rewrites it.
 */
class PrometheusFamiliesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/io/holisticos/app/prometheus-families.txt");
    private static final int MOST_SERIES = 800;
    private static final int SCRAPES = 50;

    @Test
    void everyFamilyHasTheNameTypeLabelsAndHelpThatItHadBefore() throws Exception {
        String shown = WatchedHouse.page().families().values().stream()
                .map(ScrapedPage.Family::toString)
                .collect(Collectors.joining("\n", "", "\n"));
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.writeString(GOLDEN, shown, StandardCharsets.UTF_8);
        }

        assertThat(shown).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void everyHelpIsWrittenForThisFamily() throws Exception {
        for (ScrapedPage.Family family : WatchedHouse.page().families().values()) {
            assertThat(family.help())
                    .as(family.name())
                    .hasSizeGreaterThan(10)
                    .doesNotContain("Dropwizard", "of /metrics, as its library");
        }
        Map<String, List<String>> sameHelp = WatchedHouse.page().families().values().stream()
                .collect(Collectors.groupingBy(
                        ScrapedPage.Family::help, Collectors.mapping(ScrapedPage.Family::name, Collectors.toList())));
        assertThat(sameHelp).allSatisfy((help, names) -> assertThat(names).hasSize(1));
    }

    @Test
    void namesFollowPrometheussConventions() throws Exception {
        for (ScrapedPage.Family family : WatchedHouse.page().families().values()) {
            assertThat(family.name())
                    .matches("[a-z][a-z0-9_]*")
                    .doesNotContain("milli", "_ms", "dropwizard", "eclipse");
            if (family.type().equals("counter")) {
                assertThat(family.name()).endsWith("_total");
            }
            if (family.type().equals("histogram") || family.type().equals("summary")) {
                assertThat(family.name()).endsWith("_seconds");
            }
        }
    }

    @Test
    void aBusyReplicaHasNoMoreThan800Series() throws Exception {
        assertThat(WatchedHouse.page().series()).hasSizeLessThanOrEqualTo(MOST_SERIES);
        assertThat(WatchedHouse.page().families().keySet()).noneMatch(name -> name.startsWith("hystrix_"));
    }

    @Test
    void noLabelNamesAMember() throws Exception {
        Set<String> values = WatchedHouse.page().series().stream()
                .flatMap(series -> series.labels().values().stream())
                .collect(Collectors.toSet());

        assertThat(values).noneMatch(value -> value.contains("demo-") || value.contains("no-such-member"));
    }

    @Test
    void whatWasAddedForAlarmsHasTheseNumbers() throws Exception {
        ScrapedPage page = WatchedHouse.page();

        assertThat(page.sum("service_ready")).isOne();
        assertThat(page.sum("service_build_info")).isOne();
        assertThat(page.values("database_up", "database")).containsExactly("sahha-db", "whoop-db");
        assertThat(page.sum("database_up")).isEqualTo(2);
        assertThat(page.sum("database_writable")).isEqualTo(2);
        assertThat(page.sum("database_migrated")).isEqualTo(2);
        assertThat(page.values("jobs", "state")).containsExactly("dead", "due", "running");
        assertThat(page.values("database_connections", "state")).containsExactly("active", "idle");
        assertThat(page.sum("whoop_members_by_freshness")).isOne();
        assertThat(page.has("whoop_oldest_open_event_seconds")).isTrue();
        assertThat(page.sum("whoop_quota_members_that_still_fit")).isPositive();
        assertThat(page.sum("process_cpu_seconds_total")).isPositive();
        assertThat(page.sum("process_open_fds")).isPositive();
        assertThat(page.values("whoop_quota_lane_used_calls", "lane"))
                .containsExactly("backfill", "interactive", "reconcile", "webhook");
    }

    @Test
    void scrapesInQuickSuccessionDoNotAskTheDatabasesEachTime() throws Exception {
        try (House house = House.open()) {
            double before = WatchedHouse.scrape(house).sum("database_connections_borrowed_total");
            for (int i = 0; i < SCRAPES; i++) {
                house.admin("GET", "/prometheus", "");
            }

            double borrowed = WatchedHouse.scrape(house).sum("database_connections_borrowed_total") - before;
            assertThat(borrowed).isLessThan(SCRAPES);
        }
    }

    @Test
    void hystrixsFiguresComeWithASetting() throws Exception {
        try (House house = House.openWith(Map.of("PROMETHEUS_HYSTRIX", "true"))) {
            house.get("/api/v1/unified-health/overview/demo-anna");
            ScrapedPage page = WatchedHouse.scrape(house);

            assertThat(page.values("hystrix_command_count_success_total", "key"))
                    .contains("WHOOP_SLEEP", "SAHHA_SCORES");
            assertThat(page.has("hystrix_thread_pool_queue_size")).isTrue();
            assertThat(page.has("hystrix_command_duration_seconds_count")).isTrue();
        }
    }
}
