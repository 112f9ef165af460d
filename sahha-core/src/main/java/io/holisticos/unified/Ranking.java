package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** The orders of a precedence, each made once for all days of a merge. Not thread-safe. */
final class Ranking {

    private final Precedence precedence;
    private final Map<Metric, Comparator<SourceName>> orders = new HashMap<>();

    Ranking(Precedence precedence) {
        this.precedence = precedence;
    }

    /** The order of the values of a metric, best first. */
    Comparator<SourceName> of(Metric metric) {
        return orders.computeIfAbsent(metric, precedence::of);
    }
}
