package io.holisticos.unified;

import static java.util.stream.Collectors.groupingBy;

import io.holisticos.health.DayRange;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.PlausibleDay;
import io.holisticos.health.Score;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.MergedDay.NamedScore;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Merges the answers of all sources into days. Pure: the same answers in any order give the same days. Every value of the
 * result is a plausible value of a source; nothing is averaged, converted or guessed.
 */
final class DayMerge {

    private static final Comparator<Workout> OLDEST_FIRST = Comparator.comparing(
                    (Workout workout) -> workout.start().toInstant())
            .thenComparing(workout -> workout.source().value())
            .thenComparing(Workout::id);

    private final Precedence precedence;
    private final OfferedMetrics offered;

    DayMerge(Precedence precedence, OfferedMetrics offered) {
        this.precedence = precedence;
        this.offered = offered;
    }

    /**
     * All of these days, oldest first, including those without data.
     *
     * @param answers one of each source
     */
    List<MergedDay> apply(DayRange days, List<SourceAnswer> answers) {
        Map<LocalDate, List<SourcePart>> parts = answers.stream()
                .sorted(Comparator.comparing(SourceAnswer::from, precedence.ofSources()))
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .flatMap(answer -> answer.days().stream().map(day -> SourcePart.of(answer.from(), day)))
                .collect(groupingBy(part -> part.day().date()));
        return days.days().stream()
                .map(date -> merge(date, parts.getOrDefault(date, List.of()), answers))
                .toList();
    }

    /**
     * The data of one source for one day.
     *
     * @param day the plausible values
     * @param implausible metrics whose value is implausible
     * @param offScale names of scores beyond their scale
     */
    private record SourcePart(SourceName source, SourceDay day, Set<Metric> implausible, Set<String> offScale) {

        static SourcePart of(SourceName source, SourceDay answered) {
            PlausibleDay plausible = PlausibleDay.of(answered);
            return new SourcePart(source, plausible.day(), plausible.implausible(), plausible.offScale());
        }
    }

    private MergedDay merge(LocalDate date, List<SourcePart> all, List<SourceAnswer> answers) {
        List<SourcePart> parts =
                all.stream().filter(part -> !part.day().isEmpty()).toList();
        Map<Metric, List<Candidate>> candidates = candidates(parts);
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
                candidates.entrySet().stream()
                        .map(entry -> metric(entry.getKey(), entry.getValue()))
                        .toList(),
                parts.stream()
                        .map(part -> part.day().workouts())
                        .flatMap(Collection::stream)
                        .sorted(OLDEST_FIRST)
                        .toList(),
                details(parts),
                Completeness.of(candidates.keySet(), implausible(all), answers, precedence, offered)
                        .and(offScale(all, scores)));
    }

    private static Map<Metric, List<Candidate>> candidates(List<SourcePart> parts) {
        Map<Metric, List<Candidate>> candidates = new TreeMap<>();
        for (SourcePart part : parts) {
            for (Measurement measurement : part.day().measurements()) {
                candidates
                        .computeIfAbsent(measurement.metric(), metric -> new ArrayList<>())
                        .add(new Candidate(part.source(), measurement.value()));
            }
        }
        return candidates;
    }

    private static Map<SourceName, Set<Metric>> implausible(List<SourcePart> all) {
        Map<SourceName, Set<Metric>> implausible = new HashMap<>();
        all.forEach(part -> implausible.put(part.source(), part.implausible()));
        return implausible;
    }

    /** Names of scores that no source has within its scale. */
    private static List<String> offScale(List<SourcePart> all, List<NamedScore> scores) {
        Set<String> present = scores.stream().map(NamedScore::name).collect(Collectors.toSet());
        return all.stream()
                .flatMap(part -> part.offScale().stream())
                .filter(name -> !present.contains(name))
                .distinct()
                .sorted()
                .toList();
    }

    private MergedMetric metric(Metric metric, List<Candidate> candidates) {
        List<Candidate> bestFirst = candidates.stream()
                .sorted(Comparator.comparing(Candidate::source, precedence.of(metric)))
                .toList();
        Verdict verdict = Verdict.of(bestFirst.stream().map(Candidate::value).toList());
        return new MergedMetric(metric, bestFirst.get(0), bestFirst.subList(1, bestFirst.size()), verdict);
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
