package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import java.util.Map;

/**
 * One source can hand on what another one of ours measured.
 *
 * @param relay the source whose values may be echoes
 * @param origin the source whose values they repeat
 * @param otherPeriods metrics of the relay under which it may hand on another metric of the origin, such as {@code hrv.rmssd}
 *     of {@code hrv.rmssd.sleep}
 */
public record RelayRule(SourceName relay, SourceName origin, Map<Metric, Metric> otherPeriods) {

    public RelayRule {
        if (relay.equals(origin)) {
            throw new IllegalArgumentException("a source does not relay itself, was " + relay);
        }
        otherPeriods = Map.copyOf(otherPeriods);
    }

    /** Under which metric the origin would have what the relay calls this. */
    Metric atOrigin(Metric metric) {
        return otherPeriods.getOrDefault(metric, metric);
    }
}
