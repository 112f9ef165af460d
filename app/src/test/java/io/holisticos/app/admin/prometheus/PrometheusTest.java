package io.holisticos.app.admin.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How Dropwizard's metrics come out for Prometheus. */
class PrometheusTest {

    private final MetricRegistry metrics = new MetricRegistry();
    private final PrometheusConfiguration settings = new PrometheusConfiguration();

    @BeforeEach
    void withHystrix() {
        settings.hystrix = true;
    }

    @Test
    void gaugesWithoutANumberBreakNothing() throws IOException {
        metrics.gauge("text", () -> () -> "words");
        metrics.gauge("nothing", () -> () -> null);
        metrics.gauge("list", () -> () -> List.of(1));
        metrics.gauge("broken", () -> (Gauge<Integer>) () -> {
            throw new IllegalStateException("cannot be read");
        });
        metrics.gauge("TENACITY.WHOOP_SLEEP.commandGroup", () -> () -> "TENACITY");
        metrics.gauge("TENACITY.WHOOP_SLEEP.nothing", () -> () -> null);
        metrics.gauge("number", () -> () -> 7);

        assertThat(page()).contains("number 7.0").doesNotContain("words", "nothing", "broken", "TENACITY");
    }

    @Test
    void everyKindOfMetricIsShown() throws IOException {
        metrics.counter("some.counter").inc(3);
        metrics.meter("some.meter").mark(4);
        metrics.histogram("some.histogram").update(5);
        metrics.timer("some.timer").update(2, TimeUnit.SECONDS);
        metrics.gauge("some.flag", () -> () -> true);

        assertThat(page())
                .contains("some_counter_total 3.0")
                .contains("some_meter_total 4.0")
                .contains("some_histogram_count 1")
                .contains("some_timer{quantile=\"0.5\"} 2.0")
                .contains("some_flag 1.0");
    }

    @Test
    void whatIsRemovedIsGone() throws IOException {
        metrics.counter("gone").inc();
        metrics.gauge("TENACITY.WHOOP_GONE.countSuccess", () -> () -> 1);
        page();

        metrics.remove("gone");
        metrics.remove("TENACITY.WHOOP_GONE.countSuccess");

        assertThat(page()).doesNotContain("gone").doesNotContain("WHOOP_GONE");
    }

    @Test
    void namesThatComeOutTheSameAreShownOnce() throws IOException {
        metrics.counter("a.b").inc();
        metrics.counter("a-b").inc();

        assertThat(page().lines().filter(line -> line.startsWith("a_b_total "))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shedding.unified.shed | shedding_shed_total{group=\"unified\"}",
                "whoop.quota.lane.webhook.used_in_day | whoop_quota_lane_used_calls{lane=\"webhook\",window=\"day\"}",
                "whoop.quota.day.used | whoop_quota_used_calls{window=\"day\"}",
                "io.dropwizard.jetty.MutableServletContextHandler.5xx-responses | http_server_responses_total{status=\"5xx\"}",
                "TENACITY.WHOOP_SLEEP.countShortCircuited | command_executions_total{key=\"WHOOP_SLEEP\",outcome=\"short_circuited\"}",
                "io.dropwizard.db.ManagedPooledDataSource.whoop-db-jobs.idle | database_connections{pool=\"whoop-db-jobs\",state=\"idle\"}"
            })
    void partsOfNamesAreLabels(String name, String series) throws IOException {
        settings.hystrix = false;
        metrics.gauge(name, () -> () -> 3);

        assertThat(page().lines().filter(line -> !line.startsWith("#"))).containsExactly(series + " 3.0");
    }

    @Test
    void namesThatDifferOnlyInWhatIsDroppedAreAdded() throws IOException {
        metrics.timer("org.eclipse.jetty.server.HttpConnectionFactory.0.0.0.0.8080.connections")
                .update(1, TimeUnit.SECONDS);
        metrics.timer("org.eclipse.jetty.server.HttpConnectionFactory.127.0.0.1.8081.connections")
                .update(1, TimeUnit.SECONDS);

        assertThat(page()).contains("http_server_connections_closed_total 2.0");
    }

    @Test
    void aNumberThatIsNotKnownIsNoNumber() throws IOException {
        metrics.gauge("jobs.due", () -> () -> -1);
        metrics.gauge("whoop.members.limit", () -> () -> Double.NaN);

        assertThat(page()).doesNotContain("jobs", "whoop_members");
    }

    @Test
    void hystrixsFiguresAreLeftOutUnlessTheyAreAskedFor() throws IOException {
        settings.hystrix = false;
        metrics.gauge("TENACITY.WHOOP_SLEEP.rollingCountSuccess", () -> () -> 1);
        metrics.gauge("HystrixThreadPool.WHOOP_SLEEP.queueSize", () -> () -> 1);

        assertThat(page()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a.{part}  gauge  a_family  Help", "a.b  gauge  a_family{part}  Help", "a.b  gauge  A  Help"})
    void aTableWhosePartsAndLabelsDifferIsRefused(String line) {
        assertThatThrownBy(() -> FamilyTable.of(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("families.txt");
    }

    @ParameterizedTest
    @CsvSource({
        "TENACITY.WHOOP_SLEEP.isCircuitBreakerOpen, true, hystrix_command_is_circuit_breaker_open{key=\"WHOOP_SLEEP\"} 1.0",
        "TENACITY.WHOOP_SLEEP.countSuccess, 5, hystrix_command_count_success_total{key=\"WHOOP_SLEEP\"} 5.0",
        "other.WHOOP_SLEEP.countSuccess, 5, hystrix_command_count_success_total{key=\"WHOOP_SLEEP\"} 5.0",
        "TENACITY.WHOOP_SLEEP.rollingCountSuccess, 5, hystrix_command_rolling_count_success{key=\"WHOOP_SLEEP\"} 5.0",
        "TENACITY.WHOOP_SLEEP.rollingMaxConcurrentExecutionCount, 5,"
                + " hystrix_command_rolling_max_concurrent_execution{key=\"WHOOP_SLEEP\"} 5.0",
        "TENACITY.WHOOP_SLEEP.latencyExecute_mean, 250, hystrix_command_latency_execute_mean_seconds{key=\"WHOOP_SLEEP\"}"
                + " 0.25",
        "TENACITY.WHOOP_SLEEP.propertyValue_executionTimeoutInMilliseconds, 2000,"
                + " hystrix_command_property_value_execution_timeout_seconds{key=\"WHOOP_SLEEP\"} 2.0",
        "HystrixThreadPool.WHOOP_SLEEP.threadActiveCount, 2, hystrix_thread_pool_thread_active{key=\"WHOOP_SLEEP\"} 2.0",
        "HystrixThreadPool.WHOOP_SLEEP.completedTaskCount, 2,"
                + " hystrix_thread_pool_completed_task_total{key=\"WHOOP_SLEEP\"} 2.0",
        "HystrixThreadPool.WHOOP_SLEEP.propertyValue_keepAliveTimeInMinutes, 2,"
                + " hystrix_thread_pool_property_value_keep_alive_time_seconds{key=\"WHOOP_SLEEP\"} 120.0"
    })
    void commandsAndPoolsAreFamiliesWithTheirKeyAsLabel(String name, String value, String line) throws IOException {
        Object read = value.equals("true") ? Boolean.TRUE : Integer.valueOf(value);
        metrics.gauge(name, () -> () -> read);

        assertThat(page().lines()).contains(line);
    }

    @ParameterizedTest
    @CsvSource({
        "io.dropwizard.jetty.MutableServletContextHandler.get-requests,"
                + " io_dropwizard_jetty_mutable_servlet_context_handler_get_requests",
        "pool.created, pool_created_value",
        "sahha-refresh-%d.running, sahha_refresh_running",
        "8080.connections, _8080_connections"
    })
    void namesAreOneRuleAway(String name, String clean) {
        assertThat(Words.ofPrometheus(name)).isEqualTo(clean);
    }

    private String page() throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.builder()
                .build()
                .write(page, Prometheus.registryOf(metrics, settings).scrape());
        return page.toString(StandardCharsets.UTF_8);
    }
}
