package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which source's value is shown when several have one. Sources that an order does not name come last, sorted by name,
 * so that the order is total.
 *
 * @param order the order of sources in every list of an answer, and of values in families without an order of their own
 * @param byFamily the order of values by family of metrics
 */
public record Precedence(List<SourceName> order, Map<Metric.Family, List<SourceName>> byFamily) {

    public Precedence {
        order = distinct(order);
        Map<Metric.Family, List<SourceName>> copy = new EnumMap<>(Metric.Family.class);
        byFamily.forEach((family, names) -> copy.put(family, distinct(names)));
        byFamily = Map.copyOf(copy);
    }

    /** The order in which sources are listed. */
    Comparator<SourceName> ofSources() {
        return by(order);
    }

    /** The order of the values of a metric, best first. */
    Comparator<SourceName> of(Metric metric) {
        return by(byFamily.getOrDefault(metric.family(), order));
    }

    private static Comparator<SourceName> by(List<SourceName> names) {
        return Comparator.comparingInt((SourceName name) -> {
                    int place = names.indexOf(name);
                    return place < 0 ? names.size() : place;
                })
                .thenComparing(SourceName::value);
    }

    private static List<SourceName> distinct(List<SourceName> names) {
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("an order must name each source once, was " + names);
        }
        return List.copyOf(names);
    }
}
