package io.holisticos.app.admin.prometheus;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Sampling;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import io.holisticos.app.admin.prometheus.Placement.Kind;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports the metrics of a {@link MetricRegistry} as {@link FamilyTable} says, also those that are registered later. What the
 * table does not name is shown under its own name. Numbers that are not known now are left out, as are texts. Thread-safe.
 */
final class ServiceFamilies implements MultiCollector {

    private static final Logger log = LoggerFactory.getLogger(ServiceFamilies.class);

    private final MetricRegistry metrics;
    private final FamilyTable table;
    private final Map<String, Placement> placements = new ConcurrentHashMap<>();

    ServiceFamilies(MetricRegistry metrics, FamilyTable table) {
        this.metrics = metrics;
        this.table = table;
    }

    /** A family while it is collected. Values of the same labels are added: they differ in what the table drops of their names. */
    private static final class Family {
        private final Placement first;
        private final Map<Labels, Double> numbers = new TreeMap<>();
        private final Map<Labels, Sampled> samples = new TreeMap<>();

        Family(Placement first) {
            this.first = first;
        }

        /** The distribution of a timer or histogram, and the unit of its values. */
        private record Sampled(Snapshot values, long count, double factor) {

            SummaryDataPointSnapshot point(Labels labels) {
                Quantiles quantiles = Quantiles.of(
                        new Quantile(0.5, values.getMedian() * factor),
                        new Quantile(0.95, values.get95thPercentile() * factor),
                        new Quantile(0.99, values.get99thPercentile() * factor));
                return SummaryDataPointSnapshot.builder()
                        .count(count)
                        .quantiles(quantiles)
                        .labels(labels)
                        .build();
            }
        }

        void add(Placement placement, Metric metric) {
            if (first.kind() == Kind.SUMMARY) {
                if (metric instanceof Sampling sampling && metric instanceof Counting counting) {
                    double factor = metric instanceof Timer ? Unit.nanosToSeconds(1) : 1;
                    samples.put(placement.labels(), new Sampled(sampling.getSnapshot(), counting.getCount(), factor));
                }
                return;
            }
            number(metric).stream()
                    .filter(number -> !Double.isNaN(number) && (placement.kind() != Kind.KNOWN || number >= 0))
                    .forEach(number -> numbers.merge(placement.labels(), number, Double::sum));
        }

        boolean isEmpty() {
            return numbers.isEmpty() && samples.isEmpty();
        }

        MetricSnapshot snapshot() {
            switch (first.kind()) {
                case COUNTER -> {
                    CounterSnapshot.Builder counter =
                            CounterSnapshot.builder().name(first.family()).help(first.help());
                    numbers.forEach((labels, number) ->
                            counter.dataPoint(new CounterDataPointSnapshot(Math.max(0, number), labels, null, 0)));
                    return counter.build();
                }
                case SUMMARY -> {
                    SummarySnapshot.Builder summary =
                            SummarySnapshot.builder().name(first.family()).help(first.help());
                    samples.forEach((labels, sampled) -> summary.dataPoint(sampled.point(labels)));
                    return summary.build();
                }
                default -> {
                    GaugeSnapshot.Builder gauge =
                            GaugeSnapshot.builder().name(first.family()).help(first.help());
                    numbers.forEach(
                            (labels, number) -> gauge.dataPoint(new GaugeDataPointSnapshot(number, labels, null)));
                    return gauge.build();
                }
            }
        }
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, Family> families = new TreeMap<>();
        metrics.getMetrics().forEach((name, metric) -> {
            Placement placement = placements.computeIfAbsent(name, unplaced -> place(unplaced, metric));
            if (placement.isShown()) {
                families.computeIfAbsent(placement.family(), family -> new Family(placement))
                        .add(placement, metric);
            }
        });
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        families.values().stream()
                .filter(family -> !family.isEmpty())
                .forEach(family -> all.metricSnapshot(family.snapshot()));
        return all.build();
    }

    private Placement place(String name, Metric metric) {
        return table.place(name)
                .orElseGet(() -> HystrixFamilies.NAME.matcher(name).matches()
                        ? Placement.nowhere() // they are shown by HystrixFamilies, if at all
                        : asItIsCalled(name, metric));
    }

    private static Placement asItIsCalled(String name, Metric metric) {
        Kind kind = metric instanceof Gauge ? Kind.GAUGE : metric instanceof Sampling ? Kind.SUMMARY : Kind.COUNTER;
        return new Placement(
                kind,
                Words.ofPrometheus(name),
                Labels.EMPTY,
                "Metric " + name + " of /metrics, as its library describes it");
    }

    private static OptionalDouble number(Metric metric) {
        if (metric instanceof Gauge<?> gauge) {
            try {
                return Words.number(gauge.getValue());
            } catch (RuntimeException unreadable) {
                log.debug(
                        "event=gauge_not_read cause=\"{}\"",
                        unreadable.getClass().getSimpleName());
                return OptionalDouble.empty();
            }
        }
        return metric instanceof Counting counting
                ? OptionalDouble.of((double) counting.getCount())
                : OptionalDouble.empty();
    }
}
