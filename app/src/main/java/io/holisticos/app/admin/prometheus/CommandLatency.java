package io.holisticos.app.admin.prometheus;

import io.holisticos.command.CommandKey;
import io.holisticos.command.ExecutionListener;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;

/** How long executions of commands took, with the wait in front of them. */
final class CommandLatency implements ExecutionListener {

    private final Histogram seconds;

    CommandLatency(PrometheusRegistry registry) {
        this.seconds = Histogram.builder()
                .name("hystrix_command_duration_seconds")
                .help("Time of an execution that was let through, with the wait in front of it")
                .unit(Unit.SECONDS)
                .labelNames("key")
                .classicOnly()
                .classicUpperBounds(Latency.buckets())
                .register(registry);
    }

    @Override
    public void executed(CommandKey key, long totalNanos) {
        seconds.labelValues(key.name()).observe(Unit.nanosToSeconds(totalNanos));
    }
}
