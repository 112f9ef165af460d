package io.holisticos.app.admin.hystrix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration.Isolation;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The streams, by the letter of Hystrix 1.5. There is no collapser here, and so no {@code HystrixCollapser} message. */
class HystrixStreamTest {

    /** Every field in order, with its JSON type. */
    private static final String COMMAND = """
            type STRING
            name STRING
            group STRING
            currentTime NUMBER
            isCircuitBreakerOpen BOOLEAN
            errorPercentage NUMBER
            errorCount NUMBER
            requestCount NUMBER
            rollingCountBadRequests NUMBER
            rollingCountCollapsedRequests NUMBER
            rollingCountEmit NUMBER
            rollingCountExceptionsThrown NUMBER
            rollingCountFailure NUMBER
            rollingCountFallbackEmit NUMBER
            rollingCountFallbackFailure NUMBER
            rollingCountFallbackMissing NUMBER
            rollingCountFallbackRejection NUMBER
            rollingCountFallbackSuccess NUMBER
            rollingCountResponsesFromCache NUMBER
            rollingCountSemaphoreRejected NUMBER
            rollingCountShortCircuited NUMBER
            rollingCountSuccess NUMBER
            rollingCountThreadPoolRejected NUMBER
            rollingCountTimeout NUMBER
            currentConcurrentExecutionCount NUMBER
            rollingMaxConcurrentExecutionCount NUMBER
            latencyExecute_mean NUMBER
            latencyExecute OBJECT
            latencyTotal_mean NUMBER
            latencyTotal OBJECT
            propertyValue_circuitBreakerRequestVolumeThreshold NUMBER
            propertyValue_circuitBreakerSleepWindowInMilliseconds NUMBER
            propertyValue_circuitBreakerErrorThresholdPercentage NUMBER
            propertyValue_circuitBreakerForceOpen BOOLEAN
            propertyValue_circuitBreakerForceClosed BOOLEAN
            propertyValue_circuitBreakerEnabled BOOLEAN
            propertyValue_executionIsolationStrategy STRING
            propertyValue_executionIsolationThreadTimeoutInMilliseconds NUMBER
            propertyValue_executionTimeoutInMilliseconds NUMBER
            propertyValue_executionIsolationThreadInterruptOnTimeout BOOLEAN
            propertyValue_executionIsolationThreadPoolKeyOverride NULL
            propertyValue_executionIsolationSemaphoreMaxConcurrentRequests NUMBER
            propertyValue_fallbackIsolationSemaphoreMaxConcurrentRequests NUMBER
            propertyValue_metricsRollingStatisticalWindowInMilliseconds NUMBER
            propertyValue_requestCacheEnabled BOOLEAN
            propertyValue_requestLogEnabled BOOLEAN
            reportingHosts NUMBER
            threadPool STRING
            """;

    private static final String POOL = """
            type STRING
            name STRING
            currentTime NUMBER
            currentActiveCount NUMBER
            currentCompletedTaskCount NUMBER
            currentCorePoolSize NUMBER
            currentLargestPoolSize NUMBER
            currentMaximumPoolSize NUMBER
            currentPoolSize NUMBER
            currentQueueSize NUMBER
            currentTaskCount NUMBER
            rollingCountThreadsExecuted NUMBER
            rollingMaxActiveThreads NUMBER
            rollingCountCommandRejections NUMBER
            propertyValue_queueSizeRejectionThreshold NUMBER
            propertyValue_metricsRollingStatisticalWindowInMilliseconds NUMBER
            reportingHosts NUMBER
            """;

    private static Bed bed;
    private static Command sleep;
    private static Command store;

    @BeforeAll
    static void open() throws Exception {
        bed = Bed.open();
        sleep = bed.add("WHOOP_SLEEP", Isolation.THREAD);
        store = bed.add("SAHHA_STORE", Isolation.SEMAPHORE);
        Bed.execute(sleep);
        Bed.execute(store);
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @Test
    void commandsHaveEveryFieldInOrder() throws Exception {
        try (Events stream = bed.stream("/hystrix.stream")) {
            JsonNode message = stream.await(isCommand("WHOOP_SLEEP"));

            assertThat(fields(message)).isEqualTo(COMMAND);
            for (String latency : List.of("latencyExecute", "latencyTotal")) {
                assertThat(fields(message.path(latency)))
                        .isEqualTo("0,25,50,75,90,95,99,99.5,100".replaceAll("([0-9.]+),?", "$1 NUMBER\n"));
            }
            assertThat(message.path("group").asText()).isEqualTo("TENACITY");
            assertThat(message.path("reportingHosts").asInt()).isEqualTo(1);
            assertThat(message.path("propertyValue_executionIsolationStrategy").asText())
                    .isEqualTo("THREAD");
            assertThat(fields(stream.await(isCommand("SAHHA_STORE")))).isEqualTo(COMMAND);
        }
    }

    @Test
    void poolsHaveEveryFieldInOrder() throws Exception {
        try (Events stream = bed.stream("/tenacity/metrics.stream")) {
            JsonNode message = stream.await(isPool("WHOOP_SLEEP"));

            assertThat(fields(message)).isEqualTo(POOL);
            assertThat(message.path("currentCorePoolSize").asInt()).isEqualTo(10);
        }
    }

    @Test
    void whatACommandCountsIsInTheStream() throws Exception {
        Command counted = bed.add("WHOOP_COUNTED", Isolation.SEMAPHORE);
        for (int i = 0; i < 7; i++) {
            Bed.execute(counted);
        }

        try (Events stream = bed.stream("/hystrix.stream")) {
            stream.await(message -> isCommand("WHOOP_COUNTED").test(message)
                    && message.path("rollingCountSuccess").asInt() == 7
                    && message.path("requestCount").asInt() == 7);
        }
    }

    @Test
    void commandsAndPoolsAppearAfterTheirFirstExecution() throws Exception {
        Command unused = bed.add("WHOOP_UNUSED", Isolation.THREAD);
        try (Events stream = bed.stream("/hystrix.stream")) {
            stream.await(isCommand("WHOOP_SLEEP"));
            assertThat(stream.tick())
                    .extracting(message -> message.path("name").asText())
                    .contains("SAHHA_STORE")
                    .doesNotContain("WHOOP_UNUSED");

            Bed.execute(unused);

            stream.await(isCommand("WHOOP_UNUSED"));
            stream.await(isPool("WHOOP_UNUSED"));
            assertThat(stream.tick().stream().filter(isPool("SAHHA_STORE"))).isEmpty(); // a semaphore has no pool
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hystrix.stream", "/tenacity/metrics.stream", "/hystrix/utilization.stream"})
    void headersAreThoseOfHystrix(String path) throws Exception {
        try (Events stream = bed.stream(path)) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("Content-Type")).isEqualToIgnoringCase("text/event-stream;charset=UTF-8");
            assertThat(stream.header("Cache-Control")).isEqualTo("no-cache, no-store, max-age=0, must-revalidate");
            assertThat(stream.header("Pragma")).isEqualTo("no-cache");
            assertThat(stream.header("Content-Encoding")).isEmpty(); // packed, events would wait for each other
            assertThat(stream.line()).isEqualTo("ping: ");
            assertThat(stream.line()).isEmpty();
            assertThat(stream.line()).startsWith("data: {\"type\":\"Hystrix");
            assertThat(stream.line()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "POST", "PUT", "DELETE"})
    void onlyGetOpensAStream(String method) {
        assertThat(bed.send(method, "/hystrix.stream", "").statusCode()).isEqualTo(405);
    }

    @Test
    void theSixthClientIsRefusedAndAClosedOneFreesItsPlace() throws Exception {
        List<Events> open = new ArrayList<>();
        for (int client = 0; client < 5; client++) {
            open.add(bed.stream(client % 2 == 0 ? "/hystrix.stream" : "/tenacity/metrics.stream"));
        }

        HttpResponse<String> refused = bed.send("GET", "/tenacity/metrics.stream", "");
        open.remove(0).close();

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).isEqualTo("MaxConcurrentConnections reached: 5");
        open.add(bed.stream("/hystrix.stream"));
        for (Events stream : open) {
            stream.close();
        }
    }

    @Test
    void aForcedStateIsInTheNextMessages() throws Exception {
        Command forced = bed.add("WHOOP_FORCED", Isolation.SEMAPHORE);
        Bed.execute(forced);
        try (Events stream = bed.stream("/hystrix.stream")) {
            JsonNode before = stream.await(isCommand("WHOOP_FORCED"));
            assertThat(before.path("propertyValue_circuitBreakerForceOpen").asBoolean())
                    .isFalse();

            HttpResponse<String> answer = bed.send("PUT", "/tenacity/circuitbreakers/WHOOP_FORCED", "FORCED_OPEN");

            assertThat(answer.body()).isEqualTo("{\"id\":\"WHOOP_FORCED\",\"state\":\"FORCED_OPEN\"}");
            JsonNode after = stream.await(message ->
                    message.path("propertyValue_circuitBreakerForceOpen").asBoolean());
            assertThat(after.path("name").asText()).isEqualTo("WHOOP_FORCED");
            assertThat(after.path("isCircuitBreakerOpen").asBoolean()).isTrue();
            bed.send("PUT", "/tenacity/circuitbreakers/WHOOP_FORCED", "FORCED_CLOSED");
            stream.await(message ->
                    message.path("propertyValue_circuitBreakerForceClosed").asBoolean());
            bed.send("PUT", "/tenacity/circuitbreakers/WHOOP_FORCED", "FORCED_RESET");
            stream.await(message -> isCommand("WHOOP_FORCED").test(message)
                    && !message.path("propertyValue_circuitBreakerForceClosed").asBoolean());
        }
    }

    @Test
    void aReaderThatStallsHoldsUpNobody() throws Exception {
        try (Socket stalled = new Socket("localhost", bed.uri("/").getPort())) {
            stalled.getOutputStream()
                    .write("GET /big.stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(stalled.getInputStream().read()).isEqualTo('H'); // it is in, and reads no more
            try (Events reader = bed.stream("/big.stream")) {
                assertThat(reader.line()).isEqualTo("ping: ");
                assertThat(reader.line()).isEmpty();
                for (int message = 0; message < 16; message++) { // 16 MB: more than the buffers between take
                    bed.big().tick();
                    assertThat(reader.line()).hasSize("data: ".length() + Bed.BIG_MESSAGE);
                    assertThat(reader.line()).isEmpty();
                    assertThat(reader.line()).isEqualTo("ping: ");
                    assertThat(reader.line()).isEmpty();
                }
            }
        }
    }

    @Test
    void openStreamsEndWhenTheServiceStops() throws Exception {
        Bed other = Bed.open();
        Bed.execute(other.add("WHOOP_SLEEP", Isolation.THREAD));
        try (Events stream = other.stream("/hystrix.stream")) {
            stream.await(isCommand("WHOOP_SLEEP"));

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(other::close);

            assertThat(stream.rest()).isNotNull(); // reads up to an orderly end
            stopped.get(20, TimeUnit.SECONDS); // the server itself would wait 30 s for an answer under way
        }
    }

    @Test
    void theConfigurationInForceIsAStreamOfItsOwn() throws Exception {
        store.force(Command.Force.FORCED_OPEN);
        try (Events stream = bed.stream("/hystrix/config.stream")) {
            JsonNode message = stream.await(any -> any.path("type").asText().equals("HystrixConfig"));

            JsonNode command = message.path("commands").path("SAHHA_STORE");
            assertThat(fields(command))
                    .isEqualTo(
                            "threadPoolKey STRING\ngroupKey STRING\nexecution OBJECT\nmetrics OBJECT\ncircuitBreaker OBJECT\n");
            assertThat(command.path("execution").toString())
                    .isEqualTo("{\"isolationStrategy\":\"SEMAPHORE\",\"threadPoolKeyOverride\":null,"
                            + "\"requestCacheEnabled\":true,\"requestLogEnabled\":false,\"timeoutEnabled\":true,"
                            + "\"fallbackEnabled\":true,\"timeoutInMilliseconds\":1000,\"semaphoreSize\":10,"
                            + "\"fallbackSemaphoreSize\":10,\"threadInterruptOnTimeout\":false}");
            assertThat(command.path("metrics").toString())
                    .isEqualTo("{\"healthBucketSizeInMs\":1000,\"percentileBucketSizeInMilliseconds\":10000,"
                            + "\"percentileBucketCount\":6,\"percentileEnabled\":true,"
                            + "\"counterBucketSizeInMilliseconds\":1000,\"counterBucketCount\":10}");
            assertThat(command.path("circuitBreaker").toString())
                    .isEqualTo("{\"enabled\":true,\"isForcedOpen\":true,\"isForcedClosed\":false,"
                            + "\"requestVolumeThreshold\":20,\"errorPercentageThreshold\":50,"
                            + "\"sleepInMilliseconds\":5000}");
            assertThat(message.path("threadpools").fieldNames())
                    .toIterable()
                    .contains("WHOOP_SLEEP")
                    .doesNotContain("SAHHA_STORE");
            assertThat(message.path("collapsers").isObject()).isTrue();
        } finally {
            store.force(Command.Force.FORCED_RESET);
        }
    }

    @Test
    void utilizationIsAStreamOfItsOwn() throws Exception {
        try (Events stream = bed.stream("/hystrix/utilization.stream")) {
            JsonNode message = stream.await(any -> any.path("type").asText().equals("HystrixUtilization"));

            assertThat(message.path("commands").path("SAHHA_STORE").toString()).isEqualTo("{\"activeCount\":0}");
            assertThat(fields(message.path("threadpools").path("WHOOP_SLEEP")))
                    .isEqualTo("activeCount NUMBER\nqueueSize NUMBER\ncorePoolSize NUMBER\npoolSize NUMBER\n");
        }
    }

    private static Predicate<JsonNode> isCommand(String key) {
        return message -> message.path("type").asText().equals("HystrixCommand")
                && message.path("name").asText().equals(key);
    }

    private static Predicate<JsonNode> isPool(String key) {
        return message -> message.path("type").asText().equals("HystrixThreadPool")
                && message.path("name").asText().equals(key);
    }

    private static String fields(JsonNode object) {
        StringBuilder fields = new StringBuilder();
        object.properties()
                .forEach(field -> fields.append(field.getKey())
                        .append(' ')
                        .append(field.getValue().getNodeType())
                        .append('\n'));
        return fields.toString();
    }
}
