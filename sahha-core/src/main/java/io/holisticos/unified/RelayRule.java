package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One source can hand on what another one of ours measured.
 *
 * @param relay the source whose values may be echoes
 * @param origin the source whose values they repeat
 * @param otherPeriods metrics of the relay under which it may hand on another metric of the origin, such as {@code hrv.rmssd}
 *     of {@code hrv.rmssd.sleep}
 * @param names what the relay's own logs call the origin, in lower case; in an order that is the same everywhere
 */
public record RelayRule(SourceName relay, SourceName origin, Map<Metric, Metric> otherPeriods, Set<String> names) {

    public RelayRule {
        if (relay.equals(origin)) {
            throw new IllegalArgumentException("a source does not relay itself, was " + relay);
        }
        otherPeriods = Map.copyOf(otherPeriods);
        names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    /** Under which metric the origin would have what the relay calls this. */
    Metric atOrigin(Metric metric) {
        return otherPeriods.getOrDefault(metric, metric);
    }
}
