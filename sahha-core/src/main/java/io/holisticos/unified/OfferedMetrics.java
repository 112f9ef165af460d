package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import java.util.Map;
import java.util.Set;

/** The metrics that each source can measure at all. A source that is not named may have any. */
record OfferedMetrics(Map<SourceName, Set<Metric>> bySource) {

    OfferedMetrics {
        bySource = Map.copyOf(bySource);
    }

    boolean includes(SourceName source, Metric metric) {
        Set<Metric> offered = bySource.get(source);
        return offered == null || offered.contains(metric);
    }

    /** Whether the source takes the metric from a night's sleep, so that without sleep there is none. */
    boolean isOfSleep(SourceName source, Metric metric) {
        return metric.definition().needsSleep(source);
    }
}
