package io.holisticos.app.admin.prometheus;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Exports the gauges of commands and pools as families with the label {@code key}: {@code
 * TENACITY.WHOOP_SLEEP.countSuccess} becomes {@code hystrix_command_count_success_total{key="WHOOP_SLEEP"}}. Times are
 * in seconds, booleans are 0 or 1. Gauges with a text as value (a group, a strategy) are left out.
 */
final class HystrixFamilies implements MultiCollector {

    /** The group or {@code HystrixThreadPool}, the key in capitals, and the metric. */
    static final Pattern NAME = Pattern.compile("([A-Za-z0-9_-]+)\\.([A-Z][A-Z0-9_]+)\\.([A-Za-z0-9_]+)");

    private static final String POOL = "HystrixThreadPool";

    /** Metrics that only grow. */
    private static final Pattern COUNTS = Pattern.compile("count[A-Z].*|completedTaskCount|totalTaskCount");

    private static final double MILLI = 0.001;
    private static final double MINUTE = 60;

    private final MetricRegistry metrics;

    HystrixFamilies(MetricRegistry metrics) {
        this.metrics = metrics;
    }

    /** The name of a family without {@code _total}, and the factor of its values. */
    private record Family(String name, double factor) {

        static Family of(String owner, String metric) {
            String words = Words.ofPrometheus(metric)
                    .replaceFirst("(_count)?_value$", ""); // an ending that Prometheus reserves
            String prefix = owner.equals(POOL) ? "hystrix_thread_pool_" : "hystrix_command_";
            if (words.endsWith("_in_milliseconds")) {
                return new Family(prefix + words.replaceFirst("_in_milliseconds$", "_seconds"), MILLI);
            }
            if (words.endsWith("_in_minutes")) {
                return new Family(prefix + words.replaceFirst("_in_minutes$", "_seconds"), MINUTE);
            }
            if (words.startsWith("latency_") || words.equals("current_time")) {
                return new Family(prefix + words + "_seconds", MILLI);
            }
            return new Family(prefix + words, 1);
        }
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, CounterSnapshot.Builder> counters = new TreeMap<>();
        Map<String, GaugeSnapshot.Builder> others = new TreeMap<>();
        for (Map.Entry<String, Gauge<?>> gauge : gauges().entrySet()) {
            Matcher name = NAME.matcher(gauge.getKey());
            OptionalDouble value = Words.number(gauge.getValue().getValue());
            if (!name.matches() || value.isEmpty()) {
                continue;
            }
            String metric = name.group(3);
            Family family = Family.of(name.group(1), metric);
            Labels key = Labels.of("key", name.group(2));
            String help = "Hystrix's " + metric + " of a command or its pool, as in /hystrix.stream";
            if (COUNTS.matcher(metric).matches()) {
                counters.computeIfAbsent(
                                family.name(),
                                named -> CounterSnapshot.builder().name(named).help(help))
                        .dataPoint(new CounterDataPointSnapshot(value.getAsDouble(), key, null, 0));
            } else {
                others.computeIfAbsent(
                                family.name(),
                                named -> GaugeSnapshot.builder().name(named).help(help))
                        .dataPoint(new GaugeDataPointSnapshot(value.getAsDouble() * family.factor(), key, null));
            }
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        counters.values().forEach(family -> all.metricSnapshot(family.build()));
        others.values().forEach(family -> all.metricSnapshot(family.build()));
        return all.build();
    }

    private Map<String, Gauge<?>> gauges() {
        Map<String, Gauge<?>> gauges = new TreeMap<>();
        metrics.getMetrics().forEach((name, metric) -> {
            if (metric instanceof Gauge<?> gauge && NAME.matcher(name).matches()) {
                gauges.put(name, gauge);
            }
        });
        return gauges;
    }
}
