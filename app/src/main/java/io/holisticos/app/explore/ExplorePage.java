package io.holisticos.app.explore;

import io.holisticos.health.Metric;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the explorer's page knows before it asks for anybody's days.
 *
 * @param session whether the browser seems to have one
 * @param metrics in the order in which answers list them
 */
public record ExplorePage(boolean session, List<Shown> metrics, List<String> families) {

    /** A metric by its name in JSON, the word for its unit, and the family that an order of sources can be set for. */
    public record Shown(String key, String unit, String family) {}

    static ExplorePage ofAllMetrics(boolean session) {
        return new ExplorePage(
                session,
                Metric.all().stream()
                        .map(metric -> new Shown(
                                metric.key(), metric.unit(), metric.family().key()))
                        .toList(),
                Stream.of(Metric.Family.values()).map(Metric.Family::key).toList());
    }
}
