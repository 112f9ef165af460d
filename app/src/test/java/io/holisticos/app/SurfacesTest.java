package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.admin.hystrix.Events;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people on call look at, on the whole app with traffic. */
class SurfacesTest {

    private static final String KEY = "X-API-Key";

    /** What the Hystrix dashboard's script asks of a command before it draws it; null counts as missing. */
    private static final List<String> DASHBOARD_COMMAND = List.of(
            "reportingHosts",
            "type",
            "name",
            "group",
            "isCircuitBreakerOpen",
            "errorPercentage",
            "errorCount",
            "requestCount",
            "rollingCountCollapsedRequests",
            "rollingCountExceptionsThrown",
            "rollingCountFailure",
            "rollingCountFallbackFailure",
            "rollingCountFallbackRejection",
            "rollingCountFallbackSuccess",
            "rollingCountResponsesFromCache",
            "rollingCountSemaphoreRejected",
            "rollingCountShortCircuited",
            "rollingCountSuccess",
            "rollingCountThreadPoolRejected",
            "rollingCountTimeout",
            "currentConcurrentExecutionCount",
            "latencyExecute_mean",
            "latencyExecute",
            "propertyValue_circuitBreakerRequestVolumeThreshold",
            "propertyValue_circuitBreakerSleepWindowInMilliseconds",
            "propertyValue_circuitBreakerErrorThresholdPercentage",
            "propertyValue_circuitBreakerForceOpen",
            "propertyValue_circuitBreakerForceClosed",
            "propertyValue_executionIsolationStrategy",
            "propertyValue_executionIsolationThreadTimeoutInMilliseconds",
            "propertyValue_executionIsolationThreadInterruptOnTimeout",
            "propertyValue_executionIsolationSemaphoreMaxConcurrentRequests",
            "propertyValue_fallbackIsolationSemaphoreMaxConcurrentRequests",
            "propertyValue_requestCacheEnabled",
            "propertyValue_requestLogEnabled",
            "propertyValue_metricsRollingStatisticalWindowInMilliseconds");

    private static final List<String> DASHBOARD_POOL = List.of(
            "type",
            "name",
            "currentActiveCount",
            "currentCompletedTaskCount",
            "currentCorePoolSize",
            "currentLargestPoolSize",
            "currentMaximumPoolSize",
            "currentPoolSize",
            "currentQueueSize",
            "currentTaskCount",
            "rollingCountThreadsExecuted",
            "rollingMaxActiveThreads",
            "propertyValue_queueSizeRejectionThreshold",
            "propertyValue_metricsRollingStatisticalWindowInMilliseconds",
            "reportingHosts");

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect("demo-anna");
        house.get("/api/v1/health-metrics/overview?profile_id=demo-anna&period=today");
        house.get("/api/v1/unified-health/overview/demo-anna");
        house.get("/api/v1/unified-health/overview/nobody");
        new ApiKeyStore(house.sahhaDatabase().jdbi())
                .save("no-operator", "no operator", Set.of(Scope.HEALTH_READ, Scope.INTERNAL), House.START);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void everyCommandAndPoolHasWhatTheDashboardAsksFor() throws Exception {
        List<String> used = new ArrayList<>();
        house.jsonOf(house.admin("GET", "/tenacity/circuitbreakers", ""))
                .forEach(breaker -> used.add(breaker.path("id").asText()));
        assertThat(used).anyMatch(key -> key.startsWith("SAHHA_")).anyMatch(key -> key.startsWith("WHOOP_"));
        Set<String> drawn = new HashSet<>();
        Set<String> pools = new TreeSet<>();
        try (Events stream = Events.open(HttpClient.newHttpClient(), house.adminUri("/hystrix.stream"))) {
            for (int tick = 0; tick < 3; tick++) {
                for (JsonNode message : stream.tick()) {
                    boolean command = message.path("type").asText().equals("HystrixCommand");
                    for (String field : command ? DASHBOARD_COMMAND : DASHBOARD_POOL) {
                        assertThat(message.hasNonNull(field))
                                .as(message.path("name").asText() + "." + field)
                                .isTrue();
                    }
                    assertThat(message.path("reportingHosts").asInt()).isEqualTo(1);
                    assertThat(message.path("propertyValue_metricsRollingStatisticalWindowInMilliseconds")
                                    .asInt())
                            .isPositive();
                    (command ? drawn : pools).add(message.path("name").asText());
                }
            }
        }
        assertThat(drawn).containsAll(used);
        assertThat(pools).isSubsetOf(drawn);
    }

    @Test
    void onlyOperatorsForceAState() throws Exception {
        String breaker = "/tenacity/circuitbreakers/" + aCommandOf("WHOOP_");

        assertThat(house.admin("PUT", breaker, "FORCED_OPEN").statusCode()).isEqualTo(401);
        assertThat(house.admin("PUT", breaker, "FORCED_OPEN", KEY, "no-operator")
                        .statusCode())
                .isEqualTo(403);
        assertThat(house.jsonOf(house.admin("GET", breaker, "")).path("state").asText())
                .isEqualTo("CLOSED");
        try {
            assertThat(house.admin("PUT", breaker, "FORCED_OPEN", KEY, House.KEY)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(house.jsonOf(house.admin("GET", breaker, ""))
                            .path("state")
                            .asText())
                    .isEqualTo("FORCED_OPEN");
            JsonNode check =
                    house.jsonOf(house.admin("GET", "/healthcheck", "")).path("tenacity-circuitbreakers");
            assertThat(check.path("healthy").asBoolean()).isTrue();
            assertThat(check.path("message").asText()).isEqualTo("Open circuit(s): " + aCommandOf("WHOOP_"));
        } finally {
            house.admin("PUT", breaker, "FORCED_RESET", KEY, House.KEY);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hystrix.stream",
                "/tenacity/metrics.stream",
                "/hystrix/config.stream",
                "/hystrix/utilization.stream",
                "/tenacity/propertykeys",
                "/tenacity/configuration/WHOOP_SLEEP",
                "/tenacity/circuitbreakers",
                "/tenacity/circuitbreakers/WHOOP_SLEEP",
                "/prometheus"
            })
    void noneOfItIsOnTheOtherPort(String path) {
        assertThat(house.get(path).statusCode()).isEqualTo(404);
        assertThat(house.send("PUT", path, "FORCED_OPEN").statusCode()).isEqualTo(404);
    }

    @Test
    void prometheusIsAnsweredInTheFormatItAsksFor() {
        HttpResponse<String> text = house.admin("GET", "/prometheus", "");
        HttpResponse<String> open = house.admin(
                "GET", "/prometheus", "", "Accept", "application/openmetrics-text; version=1.0.0; charset=utf-8");

        assertThat(text.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(open.headers().firstValue("Content-Type").orElse("")).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void requestsAreCountedByRouteMethodAndStatusAndTimedByGroup() {
        String page = house.admin("GET", "/prometheus", "").body();

        assertThat(page)
                .contains("# TYPE http_server_request_duration_seconds histogram")
                .contains("http_server_request_duration_seconds_bucket{group=\"unified\",le=\"0.25\"}")
                .contains("http_server_request_duration_seconds_bucket{group=\"existing\",le=\"+Inf\"}")
                .contains("http_server_requests_total{group=\"unified\",method=\"GET\","
                        + "route=\"/api/v1/unified-health/overview/{user_id}\",status=\"2xx\"}")
                .contains("http_server_requests_total{group=\"unified\",method=\"GET\","
                        + "route=\"/api/v1/unified-health/overview/{user_id}\",status=\"4xx\"}")
                .contains("command_executions_total{key=\"" + aCommandOf("WHOOP_") + "\",outcome=\"success\"}")
                .contains("command_circuit_open{key=\"" + aCommandOf("SAHHA_") + "\"} 0.0");
        assertThat(page).doesNotContain("demo-anna");
    }

    private static String aCommandOf(String source) {
        List<String> keys = new ArrayList<>();
        house.jsonOf(house.admin("GET", "/tenacity/circuitbreakers", ""))
                .forEach(breaker -> keys.add(breaker.path("id").asText()));
        return keys.stream().filter(key -> key.startsWith(source)).findFirst().orElseThrow();
    }
}
