package io.holisticos.unified;

import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.Score;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.Sports;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.MergedDay.MergedWorkout;
import io.holisticos.unified.MergedDay.NamedScore;
import io.holisticos.unified.ToldDays.SourcePart;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Merges the answers of all sources into days. Pure: the same answers in any order give the same days, and so do the same days
 * asked for one by one. Every value of the result is a plausible value of a source; nothing is averaged, converted or guessed.
 *
 * <p>A value passes the gates (scored, complete, plausible, not an echo), the best source's value is shown, and the verdict says
 * whether the others agree.
 */
final class DayMerge {

    /** Counts the changes of the rules: with another version the same answers may give other days. */
    static final int VERSION = 1;

    private final Precedence precedence;
    private final OfferedMetrics offered;
    private final EchoRule echoes;
    private final WorkoutMatching matching = new WorkoutMatching(Sports.read());
    private final String rules;

    /** A merge of sources whose own rules are the first that they had. */
    DayMerge(Precedence precedence, OfferedMetrics offered, EchoRule echoes) {
        this(precedence, offered, echoes, Map.of());
    }

    /**
     * @param precedence without a member's wishes
     * @param sourceRules the version of each source's own rules
     */
    DayMerge(Precedence precedence, OfferedMetrics offered, EchoRule echoes, Map<SourceName, Integer> sourceRules) {
        this.precedence = precedence;
        this.offered = offered;
        this.echoes = echoes;
        this.rules = MergeBasis.rules(precedence, echoes.relays(), sourceRules);
    }

    /**
     * All of these days, oldest first, including those without data.
     *
     * @param answers one of each source; what they say of the {@value EchoRule#LOOK_BACK_DAYS} days before and the day after is
     *     looked at for echoes, and of some days on each side for activities that sources have on different days ({@link ToldDays})
     * @param member the person's own wishes
     */
    List<MergedDay> apply(DayRange days, List<SourceAnswer> answers, Preferences member) {
        List<SourceAnswer> oneOfEach = oneOfEach(answers);
        ToldDays told = ToldDays.of(days, oneOfEach, precedence.ofSources());
        Precedence wished = precedence.with(member);
        Ranking order = new Ranking(wished);
        Map<LocalDate, List<MergedWorkout>> workouts =
                matching.apply(told.plausibleDays(), wished.of(Metric.Family.ACTIVITY));
        return days.days().stream()
                .map(date -> merge(date, told, workouts.getOrDefault(date, List.of()), oneOfEach, order))
                .toList();
    }

    /** What decides the days beside the answers. */
    MergeBasis basis(Preferences member) {
        return MergeBasis.of(rules, member);
    }

    /** Why the day has this value of the metric, or none; with the same answers that {@link #apply} is given. */
    Explanation explain(LocalDate date, Metric metric, List<SourceAnswer> answers, Preferences member) {
        List<SourceAnswer> oneOfEach = oneOfEach(answers);
        ToldDays told = ToldDays.of(DayRange.of(date), oneOfEach, precedence.ofSources());
        return new Explainer(precedence.with(member), offered, echoes).explain(date, metric, told, oneOfEach);
    }

    /** An answer that is given twice counts once. */
    private static List<SourceAnswer> oneOfEach(List<SourceAnswer> answers) {
        Map<SourceName, SourceAnswer> bySource = new LinkedHashMap<>();
        answers.forEach(answer -> bySource.putIfAbsent(answer.from(), answer));
        return List.copyOf(bySource.values());
    }

    private MergedDay merge(
            LocalDate date, ToldDays told, List<MergedWorkout> workouts, List<SourceAnswer> answers, Ranking order) {
        List<SourcePart> parts =
                told.on(date).stream().filter(part -> !part.day().isEmpty()).toList();
        List<MergedMetric> metrics = metrics(date, told, order);
        List<NamedScore> scores = scores(parts);
        return new MergedDay(
                date,
                parts.stream()
                        .map(part -> part.day().offset())
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                parts.stream().map(SourcePart::source).distinct().toList(),
                scores,
                metrics,
                workouts,
                details(parts),
                new Reasons(date, told, answers, order, offered).completeness(metrics, scores));
    }

    private List<MergedMetric> metrics(LocalDate date, ToldDays told, Ranking order) {
        List<MergedMetric> metrics = new ArrayList<>();
        Competition.of(date, told, echoes).forEach((metric, values) -> {
            if (values.hasValid()) {
                metrics.add(values.decide(Comparator.comparing(Candidate::source, order.of(metric))));
            }
        });
        return metrics;
    }

    /** Scores never compete: the second of two with the same name gets its source's name as a prefix. */
    private static List<NamedScore> scores(List<SourcePart> parts) {
        List<NamedScore> scores = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (SourcePart part : parts) {
            for (Score score : part.day().scores()) {
                String name = taken.contains(score.name()) ? part.source() + "_" + score.name() : score.name();
                if (taken.add(name)) {
                    scores.add(new NamedScore(name, part.source(), score));
                }
            }
        }
        return scores;
    }

    private static Map<SourceName, SourceDetails> details(List<SourcePart> parts) {
        Map<SourceName, SourceDetails> details = new LinkedHashMap<>();
        for (SourcePart part : parts) {
            SourceDetails own = part.day().details();
            if (own != null) {
                details.put(part.source(), own);
            }
        }
        return details;
    }
}
