package io.holisticos.command;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.command.CommandSnapshot.Distribution;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers the gauges of a command in a {@link MetricRegistry}, under the names that Hystrix's Codahale publisher and
 * Tenacity gave them, and two of our own for executions held back by a quota. A scrape reads about ninety gauges of each
 * command, so they share one snapshot.
 */
final class Gauges {

    private static final Duration SNAPSHOT_LASTS = Duration.ofMillis(500);

    /** The percentiles by the last part of the gauge's name. */
    private static final Map<String, Double> PERCENTILES = percentiles();

    private final MetricRegistry metrics;
    private final LongSupplier nanoTime;

    private Gauges(MetricRegistry metrics, LongSupplier nanoTime) {
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    static void register(Command command, MetricRegistry metrics, LongSupplier nanoTime) {
        Gauges gauges = new Gauges(metrics, nanoTime);
        gauges.ofCommand(command);
        command.pool().ifPresent(pool -> gauges.ofPool(command));
    }

    private void ofCommand(Command command) {
        String prefix = command.group() + "." + command.key() + ".";
        Supplier<CommandSnapshot> snapshot = new SharedSnapshot<>(command::snapshot, nanoTime);
        Registrar<CommandSnapshot> of = (name, value) -> register(prefix + name, snapshot, value);

        of.gauge("isCircuitBreakerOpen", now -> now.circuit().isOpen());
        of.gauge("currentTime", now -> now.at().toEpochMilli());
        register(prefix + "commandGroup", command.group());
        for (Event event : Event.values()) {
            of.gauge("count" + event.suffix(), now -> now.counts().cumulative(event));
            of.gauge("rollingCount" + event.suffix(), now -> now.counts().rolling(event));
        }
        of.gauge("countThrottled", now -> now.counts().throttled());
        of.gauge("rollingCountThrottled", now -> now.counts().rollingThrottled());
        of.gauge("rollingMaxConcurrentExecutionCount", now -> now.concurrency().rollingMax());
        of.gauge("executionSemaphorePermitsInUse", now -> now.concurrency().permitsInUse());
        of.gauge("errorPercentage", now -> now.circuit().health().errorPercentage());
        latencies(of, "latencyExecute", now -> now.latencies().execute());
        latencies(of, "latencyTotal", now -> now.latencies().total());

        of.gauge("propertyValue_circuitBreakerForceOpen", now -> now.circuit().isForcedOpen());
        of.gauge("propertyValue_circuitBreakerForceClosed", now -> now.circuit().isForcedClosed());
        CommandConfiguration configuration = command.configuration();
        CommandConfiguration.Breaker breaker = configuration.breaker();
        String property = prefix + "propertyValue_";
        register(
                property + "rollingStatisticalWindowInMilliseconds",
                breaker.window().toMillis());
        register(property + "circuitBreakerRequestVolumeThreshold", breaker.requestVolume());
        register(
                property + "circuitBreakerSleepWindowInMilliseconds",
                breaker.sleep().toMillis());
        register(property + "circuitBreakerErrorThresholdPercentage", breaker.errorPercentage());
        register(
                property + "executionIsolationThreadTimeoutInMilliseconds",
                configuration.timeout().toMillis());
        register(
                property + "executionTimeoutInMilliseconds",
                configuration.timeout().toMillis());
        register(
                property + "executionIsolationStrategy",
                configuration.isolation().name());
        register(property + "metricsRollingPercentileEnabled", true);
        register(property + "requestCacheEnabled", true);
        register(property + "requestLogEnabled", false); // our log has one line for each request, none for each command
        register(
                property + "executionIsolationSemaphoreMaxConcurrentRequests",
                configuration.semaphores().execution());
        register(
                property + "fallbackIsolationSemaphoreMaxConcurrentRequests",
                configuration.semaphores().fallback());
    }

    private void ofPool(Command command) {
        String prefix = "HystrixThreadPool." + command.key() + ".";
        Supplier<PoolSnapshot> snapshot =
                new SharedSnapshot<>(() -> command.pool().orElseThrow(), nanoTime);
        Registrar<PoolSnapshot> of = (name, value) -> register(prefix + name, snapshot, value);

        register(prefix + "name", command.key().name());
        of.gauge("currentTime", now -> now.at().toEpochMilli());
        of.gauge("threadActiveCount", now -> now.threads().active());
        of.gauge("completedTaskCount", now -> now.work().completed());
        of.gauge("largestPoolSize", now -> now.threads().largest());
        of.gauge("totalTaskCount", now -> now.work().tasks());
        of.gauge("queueSize", now -> now.work().queued());
        of.gauge("rollingMaxActiveThreads", now -> now.threads().rollingMaxActive());
        of.gauge("countThreadsExecuted", now -> now.work().executed().count());
        of.gauge("rollingCountCommandsRejected", now -> now.work().executed().rollingRejected());
        of.gauge("rollingCountThreadsExecuted", now -> now.work().executed().rolling());
        CommandConfiguration.Pool bounds = command.configuration().pool();
        String property = prefix + "propertyValue_";
        register(property + "corePoolSize", bounds.core());
        register(property + "maximumSize", bounds.max());
        register(property + "actualMaximumSize", bounds.max());
        register(property + "keepAliveTimeInMinutes", bounds.keepAlive().toMinutes());
        register(property + "queueSizeRejectionThreshold", bounds.rejectionThreshold());
        register(property + "maxQueueSize", bounds.queue());
    }

    private static void latencies(
            Registrar<CommandSnapshot> of, String name, Function<CommandSnapshot, Distribution> distribution) {
        of.gauge(name + "_mean", now -> distribution.apply(now).mean());
        PERCENTILES.forEach((suffix, percent) -> of.gauge(
                name + "_percentile_" + suffix, now -> distribution.apply(now).percentile(percent)));
    }

    private <S> void register(String name, Supplier<S> snapshot, Function<S, Object> value) {
        Gauge<Object> gauge = () -> value.apply(snapshot.get());
        metrics.register(name, gauge);
    }

    private void register(String name, Object constant) {
        Gauge<Object> gauge = () -> constant;
        metrics.register(name, gauge);
    }

    private static Map<String, Double> percentiles() {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        for (String whole : new String[] {"5", "25", "50", "75", "90", "95", "99"}) {
            percentiles.put(whole, Double.valueOf(whole));
        }
        percentiles.put("995", 99.5);
        percentiles.put("999", 99.9);
        return percentiles;
    }

    /** Registers one of many gauges that share a prefix and a snapshot. */
    private interface Registrar<S> {
        void gauge(String name, Function<S, Object> value);
    }

    /** A snapshot that is reused for a short time. Two threads may take one at the same time; both get a correct one. */
    private static final class SharedSnapshot<S> implements Supplier<S> {

        private final Supplier<S> source;
        private final LongSupplier nanoTime;
        private volatile @Nullable Taken<S> latest;

        SharedSnapshot(Supplier<S> source, LongSupplier nanoTime) {
            this.source = source;
            this.nanoTime = nanoTime;
        }

        private record Taken<S>(S value, long at) {}

        @Override
        public S get() {
            long now = nanoTime.getAsLong();
            Taken<S> taken = latest;
            if (taken == null || now - taken.at >= SNAPSHOT_LASTS.toNanos()) {
                taken = new Taken<>(source.get(), now);
                latest = taken;
            }
            return taken.value;
        }
    }
}
