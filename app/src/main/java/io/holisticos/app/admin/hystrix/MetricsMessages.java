package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.CommandSnapshot;
import io.holisticos.command.CommandSnapshot.Distribution;
import io.holisticos.command.Commands;
import io.holisticos.command.Event;
import io.holisticos.command.PoolSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The messages of {@code hystrix.stream}: one for each command that was executed, and one for each pool that executed
 * anything. Names, types and order are those of Hystrix 1.5's serializer. They only read the counters.
 */
final class MetricsMessages {

    /** In Hystrix's order, which differs from the enum's. No message has {@code FallbackDisabled}. */
    private static final List<Event> ROLLING = List.of(
            Event.BAD_REQUEST,
            Event.COLLAPSED,
            Event.EMIT,
            Event.EXCEPTION_THROWN,
            Event.FAILURE,
            Event.FALLBACK_EMIT,
            Event.FALLBACK_FAILURE,
            Event.FALLBACK_MISSING,
            Event.FALLBACK_REJECTION,
            Event.FALLBACK_SUCCESS,
            Event.RESPONSE_FROM_CACHE,
            Event.SEMAPHORE_REJECTED,
            Event.SHORT_CIRCUITED,
            Event.SUCCESS,
            Event.THREAD_POOL_REJECTED,
            Event.TIMEOUT);

    private static final List<Percentile> PERCENTILES = List.of(
            new Percentile("0", 0),
            new Percentile("25", 25),
            new Percentile("50", 50),
            new Percentile("75", 75),
            new Percentile("90", 90),
            new Percentile("95", 95),
            new Percentile("99", 99),
            new Percentile("99.5", 99.5),
            new Percentile("100", 100));

    private final Commands commands;

    MetricsMessages(Commands commands) {
        this.commands = commands;
    }

    private record Percentile(String name, double percent) {}

    byte[] render() {
        return Messages.render(messages -> {
            for (Command command : commands.all()) {
                if (command.hasExecuted()) {
                    messages.add(json -> command(json, command));
                }
            }
            for (Command command : commands.all()) {
                Optional<PoolSnapshot> pool = command.pool();
                if (pool.isPresent() && pool.get().work().executed().count() > 0) {
                    messages.add(json -> pool(json, pool.get(), command.configuration()));
                }
            }
        });
    }

    private static void command(JsonGenerator json, Command command) throws IOException {
        CommandSnapshot now = command.snapshot();
        json.writeStringField("type", "HystrixCommand");
        json.writeStringField("name", command.key().name());
        json.writeStringField("group", command.group());
        json.writeNumberField("currentTime", now.at().toEpochMilli());
        json.writeBooleanField("isCircuitBreakerOpen", now.circuit().isOpen());
        json.writeNumberField("errorPercentage", now.circuit().health().errorPercentage());
        json.writeNumberField("errorCount", now.circuit().health().errorCount());
        json.writeNumberField("requestCount", now.circuit().health().requestCount());
        for (Event event : ROLLING) {
            json.writeNumberField("rollingCount" + event.suffix(), now.counts().rolling(event));
        }
        json.writeNumberField(
                "currentConcurrentExecutionCount", now.concurrency().current());
        json.writeNumberField(
                "rollingMaxConcurrentExecutionCount", now.concurrency().rollingMax());
        latency(json, "latencyExecute", now.latencies().execute());
        latency(json, "latencyTotal", now.latencies().total());
        properties(json, command.configuration(), now.circuit());
        json.writeNumberField("reportingHosts", 1); // Turbine sums this to the number of hosts
        json.writeStringField("threadPool", command.key().name());
    }

    private static void latency(JsonGenerator json, String name, Distribution millis) throws IOException {
        json.writeNumberField(name + "_mean", millis.mean());
        json.writeObjectFieldStart(name);
        for (Percentile percentile : PERCENTILES) {
            json.writeNumberField(percentile.name(), millis.percentile(percentile.percent()));
        }
        json.writeEndObject();
    }

    private static void properties(JsonGenerator json, CommandConfiguration inForce, CommandSnapshot.Circuit circuit)
            throws IOException {
        CommandConfiguration.Breaker breaker = inForce.breaker();
        long timeoutMillis = inForce.timeout().toMillis();
        json.writeNumberField("propertyValue_circuitBreakerRequestVolumeThreshold", breaker.requestVolume());
        json.writeNumberField(
                "propertyValue_circuitBreakerSleepWindowInMilliseconds",
                breaker.sleep().toMillis());
        json.writeNumberField("propertyValue_circuitBreakerErrorThresholdPercentage", breaker.errorPercentage());
        json.writeBooleanField("propertyValue_circuitBreakerForceOpen", circuit.isForcedOpen());
        json.writeBooleanField("propertyValue_circuitBreakerForceClosed", circuit.isForcedClosed());
        json.writeBooleanField("propertyValue_circuitBreakerEnabled", true);
        json.writeStringField(
                "propertyValue_executionIsolationStrategy", inForce.isolation().name());
        json.writeNumberField("propertyValue_executionIsolationThreadTimeoutInMilliseconds", timeoutMillis);
        json.writeNumberField("propertyValue_executionTimeoutInMilliseconds", timeoutMillis);
        json.writeBooleanField(
                "propertyValue_executionIsolationThreadInterruptOnTimeout", inForce.isolation() == Isolation.THREAD);
        json.writeNullField("propertyValue_executionIsolationThreadPoolKeyOverride");
        json.writeNumberField(
                "propertyValue_executionIsolationSemaphoreMaxConcurrentRequests",
                inForce.semaphores().execution());
        json.writeNumberField(
                "propertyValue_fallbackIsolationSemaphoreMaxConcurrentRequests",
                inForce.semaphores().fallback());
        json.writeNumberField(
                "propertyValue_metricsRollingStatisticalWindowInMilliseconds",
                breaker.window().toMillis());
        json.writeBooleanField(
                "propertyValue_requestCacheEnabled", true); // equal requests at the same time share one answer
        json.writeBooleanField("propertyValue_requestLogEnabled", false); // our log has a line for each request
    }

    private static void pool(JsonGenerator json, PoolSnapshot now, CommandConfiguration inForce) throws IOException {
        json.writeStringField("type", "HystrixThreadPool");
        json.writeStringField("name", now.key().name());
        json.writeNumberField("currentTime", now.at().toEpochMilli());
        json.writeNumberField("currentActiveCount", now.threads().active());
        json.writeNumberField("currentCompletedTaskCount", now.work().completed());
        json.writeNumberField("currentCorePoolSize", now.bounds().core());
        json.writeNumberField("currentLargestPoolSize", now.threads().largest());
        json.writeNumberField("currentMaximumPoolSize", now.bounds().max());
        json.writeNumberField("currentPoolSize", now.threads().size());
        json.writeNumberField("currentQueueSize", now.work().queued());
        json.writeNumberField("currentTaskCount", now.work().tasks());
        json.writeNumberField(
                "rollingCountThreadsExecuted", now.work().executed().rolling());
        json.writeNumberField("rollingMaxActiveThreads", now.threads().rollingMaxActive());
        json.writeNumberField(
                "rollingCountCommandRejections", now.work().executed().rollingRejected());
        json.writeNumberField(
                "propertyValue_queueSizeRejectionThreshold", now.bounds().rejectionThreshold());
        json.writeNumberField(
                "propertyValue_metricsRollingStatisticalWindowInMilliseconds",
                inForce.breaker().window().toMillis());
        json.writeNumberField("reportingHosts", 1);
    }
}
