package io.holisticos.unified;

import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Decides which source's value is shown when several have one: as the member wishes, then as the deployment is configured, then
 * as the product does by default. In each of them the most specific order comes first: by metric, by family, the general one. A
 * source takes the place that the first of these orders gives it; sources that none of them names come last, sorted by name, so
 * that the order is total.
 */
public record Precedence(Preferences member, Preferences deployment, Preferences byDefault) {

    /** The order of one level for one metric. */
    private record Rule(String level, String kind, List<SourceName> names) {
        String words() {
            return level + " " + kind;
        }
    }

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
        for (Rule rule : rules(metric)) {
            for (SourceName name : rule.names()) {
                if (!names.contains(name)) {
                    names.add(name);
                }
            }
        }
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
        for (Rule rule : rules(metric)) {
            if (rule.names().contains(source)) {
                return rule.words();
            }
        }
        return "default by_name";
    }

    /** The first of them that names a source decides. */
    private List<Rule> rules(Metric metric) {
        List<Rule> rules = new ArrayList<>();
        addRules("member", member, metric, rules);
        addRules("deployment", deployment, metric, rules);
        addRules("default", byDefault, metric, rules);
        return rules;
    }

    private static void addRules(String level, Preferences wishes, Metric metric, List<Rule> rules) {
        rules.add(new Rule(level, "by_metric", wishes.byMetric().getOrDefault(metric, List.of())));
        rules.add(new Rule(level, "by_family", wishes.byFamily().getOrDefault(metric.family(), List.of())));
        rules.add(new Rule(level, "order", wishes.order()));
    }

    private static Comparator<SourceName> by(List<SourceName> names) {
        return Comparator.comparingInt((SourceName name) -> {
                    int place = names.indexOf(name);
                    return place < 0 ? names.size() : place;
                })
                .thenComparing(SourceName::value);
    }
}
