package io.holisticos.health;

import io.holisticos.health.Metric.Family;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * In which order somebody wants the sources: a member, or who runs the deployment. The most specific order that names a source
 * decides: by metric, then by family, then the general one. A source that none of them names is left to the next level.
 *
 * @param order for all metrics
 * @param byFamily for metrics of a family
 * @param byMetric for single metrics
 */
public record Preferences(
        List<SourceName> order, Map<Family, List<SourceName>> byFamily, Map<Metric, List<SourceName>> byMetric) {

    /** No wish. */
    public static final Preferences NONE = new Preferences(List.of(), Map.of(), Map.of());

    public Preferences {
        order = distinct(order);
        Map<Family, List<SourceName>> families = new EnumMap<>(Family.class);
        byFamily.forEach((family, names) -> families.put(family, distinct(names)));
        byFamily = Map.copyOf(families);
        Map<Metric, List<SourceName>> metrics = new TreeMap<>();
        byMetric.forEach((metric, names) -> metrics.put(metric, distinct(names)));
        byMetric = Map.copyOf(metrics);
    }

    private static List<SourceName> distinct(List<SourceName> names) {
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("an order must name each source once, was " + names);
        }
        return List.copyOf(names);
    }
}
