package io.holisticos.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every name that Hystrix's Codahale publisher and Tenacity registered, as alerts and dashboards have them. */
class GaugesTest {

    private static final List<String> SUFFIXES = List.of(
            "BadRequests",
            "CollapsedRequests",
            "Emit",
            "ExceptionsThrown",
            "Failure",
            "FallbackEmit",
            "FallbackFailure",
            "FallbackDisabled",
            "FallbackMissing",
            "FallbackRejection",
            "FallbackSuccess",
            "ResponsesFromCache",
            "SemaphoreRejected",
            "ShortCircuited",
            "Success",
            "ThreadPoolRejected",
            "Timeout");

    private static final String OTHERS = """
            isCircuitBreakerOpen currentTime commandGroup
            rollingMaxConcurrentExecutionCount executionSemaphorePermitsInUse errorPercentage
            propertyValue_rollingStatisticalWindowInMilliseconds
            propertyValue_circuitBreakerRequestVolumeThreshold
            propertyValue_circuitBreakerSleepWindowInMilliseconds
            propertyValue_circuitBreakerErrorThresholdPercentage
            propertyValue_circuitBreakerForceOpen
            propertyValue_circuitBreakerForceClosed
            propertyValue_executionIsolationThreadTimeoutInMilliseconds
            propertyValue_executionTimeoutInMilliseconds
            propertyValue_executionIsolationStrategy
            propertyValue_metricsRollingPercentileEnabled
            propertyValue_requestCacheEnabled
            propertyValue_requestLogEnabled
            propertyValue_executionIsolationSemaphoreMaxConcurrentRequests
            propertyValue_fallbackIsolationSemaphoreMaxConcurrentRequests""";

    private static final String POOL = """
            name currentTime threadActiveCount completedTaskCount largestPoolSize totalTaskCount queueSize
            rollingMaxActiveThreads countThreadsExecuted rollingCountCommandsRejected rollingCountThreadsExecuted
            propertyValue_corePoolSize propertyValue_maximumSize propertyValue_actualMaximumSize
            propertyValue_keepAliveTimeInMinutes propertyValue_queueSizeRejectionThreshold
            propertyValue_maxQueueSize""";

    @Test
    void theGroupIsTenacitysUntilAnotherIsConfigured() {
        assertThat(new CommandsConfiguration().group).isEqualTo("TENACITY");
    }

    @Test
    void everyNameIsThereWithAValueAfterOneCall() {
        try (CommandFixture bed = new CommandFixture().onOneThread()) {
            bed.succeeds();

            Stream<String> ofCommand = Stream.of(
                            SUFFIXES.stream().flatMap(suffix -> Stream.of("count" + suffix, "rollingCount" + suffix)),
                            words(OTHERS),
                            Stream.of("Execute", "Total")
                                    .flatMap(which -> Stream.of(
                                                    "mean",
                                                    "percentile_5",
                                                    "percentile_25",
                                                    "percentile_50",
                                                    "percentile_75",
                                                    "percentile_90",
                                                    "percentile_95",
                                                    "percentile_99",
                                                    "percentile_995",
                                                    "percentile_999")
                                            .map(last -> "latency" + which + "_" + last)))
                    .flatMap(names -> names)
                    .map(name -> "TENACITY.STUB_READ." + name);
            Stream<String> ofPool = words(POOL).map(name -> "HystrixThreadPool.STUB_READ." + name);
            assertThat(Stream.concat(ofCommand, ofPool)).allSatisfy(name -> {
                assertThat(bed.metrics.getGauges()).containsKey(name);
                assertThat(bed.metrics.getGauges().get(name).getValue()).isNotNull();
            });
            assertThat(Arrays.stream(Event.values()).map(Event::suffix)).containsExactlyInAnyOrderElementsOf(SUFFIXES);
        }
    }

    @Test
    void theGroupIsConfiguredAndASemaphoreHasNoPool() {
        CommandsConfiguration configuration = new CommandsConfiguration();
        configuration.group = "HEALTH";
        CommandFixture bed = new CommandFixture();
        Commands commands = new Commands(configuration, bed.metrics, java.time.Clock.systemUTC(), System::nanoTime);
        Command command = commands.add(
                CommandFixture.TARGET,
                CommandFixture.KEY,
                CommandConfiguration.ofStore(java.time.Duration.ofSeconds(2)));

        assertThat(command.group()).isEqualTo("HEALTH");
        assertThat(commands.find("STUB_READ")).contains(command);
        assertThat(commands.find("OTHER")).isEmpty();
        assertThat(command.hasExecuted()).isFalse();
        assertThat(command.pool()).isEmpty();
        assertThat(bed.metrics.getGauges().keySet())
                .allMatch(name -> name.startsWith("HEALTH.STUB_READ."))
                .contains("HEALTH.STUB_READ.countSuccess");
        bed.close();
    }

    private static Stream<String> words(String text) {
        return Arrays.stream(text.split("\\s+"));
    }
}
