package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides which source's value is shown when several have one: as the member wishes, then as the deployment is configured, then
 * as the product does by default. In each of them the most specific order comes first: by metric, by family, the general one. A
 * source takes the place that the first of these orders gives it; sources that none of them names come last, sorted by name, so
 * that the order is total.
 */
public record Precedence(Preferences member, Preferences deployment, Preferences byDefault) {

    /** The order of one level for one metric, and the words that name it. */
    private record Rule(String words, List<SourceName> names) {}

    /** The product's own order, which nobody has changed. */
    public static Precedence ofDefault(Preferences byDefault) {
        return new Precedence(Preferences.NONE, Preferences.NONE, byDefault);
    }

    /** The same where the deployment is configured so. */
    Precedence deployed(Preferences configured) {
        return new Precedence(member, configured, byDefault);
    }

    /** The same for a member with these wishes. */
    Precedence with(Preferences wishes) {
        return new Precedence(wishes, deployment, byDefault);
    }

    /**
     * The order in which sources are listed. It is nobody's wish: what a list is called or where a score stands must not change
     * with the order of values.
     */
    Comparator<SourceName> ofSources() {
        return by(byDefault.order());
    }

    /** The order of the values of a metric, best first. */
    public Comparator<SourceName> of(Metric metric) {
        List<SourceName> names = new ArrayList<>();
        rules(metric).flatMap(rule -> rule.names().stream()).forEach(name -> {
            if (!names.contains(name)) {
                names.add(name);
            }
        });
        return by(names);
    }

    /** The order of what belongs to a family and is no metric, such as workouts, best first. */
    Comparator<SourceName> of(Metric.Family family) {
        return by(Stream.of(member, deployment, byDefault)
                .flatMap(level -> Stream.of(level.byFamily().getOrDefault(family, List.of()), level.order()))
                .flatMap(List::stream)
                .distinct()
                .toList());
    }

    /** What gives a source its place among the values of a metric, such as {@code member by_metric}. */
    public String ruleOf(Metric metric, SourceName source) {
        Optional<Rule> first =
                rules(metric).filter(rule -> rule.names().contains(source)).findFirst();
        return first.map(Rule::words).orElse("default by_name");
    }

    private Stream<Rule> rules(Metric metric) {
        return Stream.of(
                        rules("member", member, metric),
                        rules("deployment", deployment, metric),
                        rules("default", byDefault, metric))
                .flatMap(rules -> rules);
    }

    private static Stream<Rule> rules(String level, Preferences wishes, Metric metric) {
        return Stream.of(
                new Rule(level + " by_metric", wishes.byMetric().getOrDefault(metric, List.of())),
                new Rule(level + " by_family", wishes.byFamily().getOrDefault(metric.family(), List.of())),
                new Rule(level + " order", wishes.order()));
    }

    private static Comparator<SourceName> by(List<SourceName> names) {
        return Comparator.comparingInt((SourceName name) -> {
                    int place = names.indexOf(name);
                    return place < 0 ? names.size() : place;
                })
                .thenComparing(SourceName::value);
    }
}
