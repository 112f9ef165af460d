package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import java.util.Map;
import java.util.Set;

/** Which metrics each source can have at all; a source that is not named may have any. */
record Offers(Map<SourceName, Set<Metric>> bySource) {

    Offers {
        bySource = Map.copyOf(bySource);
    }

    boolean mayHave(SourceName source, Metric metric) {
        Set<Metric> offered = bySource.get(source);
        return offered == null || offered.contains(metric);
    }
}
