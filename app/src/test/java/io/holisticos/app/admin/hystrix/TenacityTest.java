package io.holisticos.app.admin.hystrix;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck.Result;
import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.health.SourceName;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Tenacity's users find below {@code /tenacity}, and its health check. Who may change is tested on the whole app. */
class TenacityTest {

    private static Bed bed;
    private static Command sleep;
    private static Command scores;

    @BeforeAll
    static void open() throws Exception {
        bed = Bed.open();
        sleep = bed.add("WHOOP_SLEEP", Isolation.THREAD);
        scores = bed.add("SAHHA_SCORES", Isolation.SEMAPHORE);
        bed.add("WHOOP_UNUSED", Isolation.THREAD);
        Bed.execute(sleep);
        Bed.execute(scores);
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @AfterEach
    void reset() {
        bed.commands().all().forEach(command -> command.force(Command.Force.FORCED_RESET));
    }

    @Test
    void keysOfAllCommands() throws IOException {
        assertThat(bed.get("/tenacity/propertykeys").toString())
                .isEqualTo("[\"SAHHA_SCORES\",\"WHOOP_SLEEP\",\"WHOOP_UNUSED\"]");
    }

    @Test
    void theConfigurationInForce() throws IOException {
        assertThat(bed.get("/tenacity/configuration/WHOOP_UNUSED").toString())
                .isEqualTo("{\"threadpool\":{\"threadPoolCoreSize\":10,\"keepAliveTimeMinutes\":1,\"maxQueueSize\":-1,"
                        + "\"queueSizeRejectionThreshold\":5,"
                        + "\"metricsRollingStatisticalWindowInMilliseconds\":10000,"
                        + "\"metricsRollingStatisticalWindowBuckets\":10},"
                        + "\"circuitBreaker\":{\"requestVolumeThreshold\":20,\"sleepWindowInMillis\":5000,"
                        + "\"errorThresholdPercentage\":50,"
                        + "\"metricsRollingStatisticalWindowInMilliseconds\":10000,"
                        + "\"metricsRollingStatisticalWindowBuckets\":10},"
                        + "\"semaphore\":{\"maxConcurrentRequests\":10,\"fallbackMaxConcurrentRequests\":10},"
                        + "\"executionIsolationThreadTimeoutInMillis\":1000,"
                        + "\"executionIsolationStrategy\":\"THREAD\"}");
    }

    @Test
    void breakersOfCommandsThatWereUsed() throws IOException {
        sleep.force(Command.Force.FORCED_OPEN);

        assertThat(bed.get("/tenacity/circuitbreakers").toString())
                .isEqualTo("[{\"id\":\"SAHHA_SCORES\",\"state\":\"CLOSED\"},"
                        + "{\"id\":\"WHOOP_SLEEP\",\"state\":\"FORCED_OPEN\"}]");
        assertThat(bed.get("/tenacity/circuitbreakers/SAHHA_SCORES").toString())
                .isEqualTo("{\"id\":\"SAHHA_SCORES\",\"state\":\"CLOSED\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tenacity",
                "/tenacity/",
                "/tenacity/nothing",
                "/tenacity/propertykeys/WHOOP_SLEEP",
                "/tenacity/configuration",
                "/tenacity/configuration/NONE",
                "/tenacity/circuitbreakers/NONE",
                "/tenacity/circuitbreakers/WHOOP_UNUSED",
                "/tenacity/circuitbreakers/WHOOP_SLEEP/more"
            })
    void whatIsUnknownOrWasNeverUsedIsNotFound(String path) throws IOException {
        assertProblem(bed.send("GET", path, ""), 404, "not_found");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "FORCED_OPEN, FORCED_OPEN",
                "'\"FORCED_CLOSED\"', FORCED_CLOSED",
                "'  FORCED_OPEN\n', FORCED_OPEN",
                "FORCED_RESET, CLOSED"
            })
    void aStateIsForcedByTextOrJson(String body, String state) {
        HttpResponse<String> answer = bed.send("PUT", "/tenacity/circuitbreakers/SAHHA_SCORES", body);

        assertThat(answer.body()).isEqualTo("{\"id\":\"SAHHA_SCORES\",\"state\":\"" + state + "\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(scores.state().name()).isEqualTo(state);
    }

    @Test
    void alsoBeforeTheFirstUse() {
        HttpResponse<String> answer = bed.send("PUT", "/tenacity/circuitbreakers/WHOOP_UNUSED", "FORCED_OPEN");

        assertThat(answer.body()).isEqualTo("{\"id\":\"WHOOP_UNUSED\",\"state\":\"FORCED_OPEN\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "OPEN", "forced_open", "\"FORCED_OPEN", "{\"state\":\"FORCED_OPEN\"}", "null"})
    void otherWordsAreRefusedWithThoseThatAreKnown(String body) throws IOException {
        HttpResponse<String> answer = bed.send("PUT", "/tenacity/circuitbreakers/SAHHA_SCORES", body);

        assertProblem(answer, 400, "invalid_request");
        assertThat(answer.body()).contains("FORCED_OPEN", "FORCED_CLOSED", "FORCED_RESET");
        assertProblem(
                bed.send("PUT", "/tenacity/circuitbreakers/SAHHA_SCORES", "x".repeat(200)), 400, "invalid_request");
        assertThat(scores.state()).isEqualTo(Command.State.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tenacity/circuitbreakers/NONE", "/tenacity/circuitbreakers", "/tenacity/propertykeys"})
    void nothingElseIsForced(String path) throws IOException {
        assertProblem(bed.send("PUT", path, "FORCED_OPEN"), 404, "not_found");
    }

    @Test
    void theHealthCheckNamesOpenCircuitsAndEndsTheHealthOnlyForSourcesThatAreNeeded() {
        OpenCircuitsCheck check = new OpenCircuitsCheck(bed.commands(), Set.of(new SourceName("whoop")));
        assertThat(check.check())
                .extracting(Result::isHealthy, Result::getMessage)
                .containsExactly(true, null);

        sleep.force(Command.Force.FORCED_OPEN);
        assertThat(check.check())
                .extracting(Result::isHealthy, Result::getMessage)
                .containsExactly(true, "Open circuit(s): WHOOP_SLEEP");

        scores.force(Command.Force.FORCED_OPEN);
        assertThat(check.check())
                .extracting(Result::isHealthy, Result::getMessage)
                .containsExactly(false, "Open circuit(s): SAHHA_SCORES,WHOOP_SLEEP");

        scores.force(Command.Force.FORCED_CLOSED);
        assertThat(check.check().getMessage()).isEqualTo("Open circuit(s): WHOOP_SLEEP");
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = new com.fasterxml.jackson.databind.ObjectMapper().readTree(answer.body());
        assertThat(problem.path("code").asText()).isEqualTo(code);
    }
}
