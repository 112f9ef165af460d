package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.ScoreDefinition;
import io.holisticos.health.SourceName;
import io.holisticos.health.Sports;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What decides an answer beside the answers of the sources, as fingerprints: they stay the same on every replica and after a
 * restart, until one of the things behind them changes.
 *
 * @param rules the version of the merge, what it knows of metrics, scores and sports, the orders of the deployment, which source
 *     can hand on values of another, and the version of each source's own rules
 * @param wishes the person's own orders
 */
record MergeBasis(String rules, String wishes) {

    /** @param rules as {@link #rules} gives them */
    static MergeBasis of(String rules, Preferences member) {
        return new MergeBasis(rules, Fingerprint.of(inWords(member)));
    }

    /** The fingerprint of what is the same for everybody. */
    static String rules(Precedence precedence, List<RelayRule> relays, Map<SourceName, Integer> sourceRules) {
        List<String> handedOn = relays.stream()
                .map(rule -> rule.relay() + " of " + rule.origin() + " " + new TreeMap<>(rule.otherPeriods()) + " "
                        + rule.names())
                .sorted()
                .toList();
        return Fingerprint.of(
                DayMerge.VERSION + "\n" + inWords(precedence.deployment()) + "\n" + inWords(precedence.byDefault())
                        + "\n" + handedOn + "\n" + versions(sourceRules) + "\n" + definitions());
    }

    private static List<String> versions(Map<SourceName, Integer> sourceRules) {
        return sourceRules.entrySet().stream()
                .map(source -> source.getKey() + " " + source.getValue())
                .sorted()
                .toList();
    }

    /** What {@code metrics.yml} and {@code sports.yml} say, in the order of the files. */
    private static String definitions() {
        return Metric.all().stream().map(Metric::definition).toList() + "\n" + ScoreDefinition.all() + "\n"
                + Sports.TABLE + "\n" + Completeness.HEADLINE;
    }

    /** In an order of its own: that of a map of the JDK differs from process to process. */
    private static String inWords(Preferences wishes) {
        return wishes.order() + " " + new TreeMap<>(wishes.byFamily()) + " " + new TreeMap<>(wishes.byMetric());
    }
}
