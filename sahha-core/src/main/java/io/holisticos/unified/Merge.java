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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes one day out of what each source says of it. Pure: the same answers, in whatever order, give the same day. Every
 * value that comes out went in and can be true; nothing is averaged, converted or guessed.
 */
final class Merge {

    private static final Comparator<Workout> OLDEST_FIRST = Comparator.comparing(
                    (Workout workout) -> workout.start().toInstant())
            .thenComparing(workout -> workout.source().value())
            .thenComparing(Workout::id);

    private final Precedence precedence;
    private final Offers offers;

    Merge(Precedence precedence, Offers offers) {
        this.precedence = precedence;
        this.offers = offers;
    }

    /**
     * Every day asked for, oldest first, also those of which nothing is known.
     *
     * @param answers one of each source
     */
    List<MergedDay> apply(DayRange days, List<SourceAnswer> answers) {
        Map<LocalDate, List<Part>> parts = answers.stream()
                .sorted(Comparator.comparing(SourceAnswer::from, precedence.listed()))
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .flatMap(answer -> answer.days().stream().map(day -> Part.of(answer.from(), day)))
                .collect(groupingBy(part -> part.day().date()));
        return days.days().stream()
                .map(date -> merge(date, parts.getOrDefault(date, List.of()), answers))
                .toList();
    }

    /**
     * What one source says of one day.
     *
     * @param day without what cannot be true
     * @param implausible metrics of which it said only that
     * @param offScale scores of which it said only that, by their names
     */
    private record Part(SourceName source, SourceDay day, Set<Metric> implausible, Set<String> offScale) {

        static Part of(SourceName source, SourceDay told) {
            PlausibleDay plausible = PlausibleDay.of(told);
            return new Part(source, plausible.day(), plausible.implausible(), plausible.offScale());
        }
    }

    private MergedDay merge(LocalDate date, List<Part> told, List<SourceAnswer> answers) {
        List<Part> parts = told.stream().filter(part -> !part.day().isEmpty()).toList();
        Map<Metric, List<Candidate>> candidates = candidates(parts);
        List<NamedScore> scores = scores(parts);
        return new MergedDay(
                date,
                parts.stream()
                        .map(part -> part.day().offset())
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                parts.stream().map(Part::source).distinct().toList(),
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
                Completeness.of(candidates.keySet(), implausible(told), answers, precedence, offers)
                        .and(offScale(told, scores)));
    }

    private static Map<Metric, List<Candidate>> candidates(List<Part> parts) {
        Map<Metric, List<Candidate>> candidates = new EnumMap<>(Metric.class);
        for (Part part : parts) {
            for (Measurement measurement : part.day().measurements()) {
                candidates
                        .computeIfAbsent(measurement.metric(), metric -> new ArrayList<>())
                        .add(new Candidate(part.source(), measurement.value()));
            }
        }
        return candidates;
    }

    private static Map<SourceName, Set<Metric>> implausible(List<Part> told) {
        Map<SourceName, Set<Metric>> implausible = new HashMap<>();
        told.forEach(part -> implausible.put(part.source(), part.implausible()));
        return implausible;
    }

    /** Names of scores that nobody told as they can be. */
    private static List<String> offScale(List<Part> told, List<NamedScore> scores) {
        Set<String> present = scores.stream().map(NamedScore::name).collect(Collectors.toSet());
        return told.stream()
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

    /** Scores never compete: of two with one name, the later is written with its source's name before it. */
    private static List<NamedScore> scores(List<Part> parts) {
        List<NamedScore> scores = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Part part : parts) {
            for (Score score : part.day().scores()) {
                String name = taken.contains(score.name()) ? part.source() + "_" + score.name() : score.name();
                if (taken.add(name)) {
                    scores.add(new NamedScore(name, part.source(), score));
                }
            }
        }
        return scores;
    }

    private static Map<SourceName, SourceDetails> details(List<Part> parts) {
        Map<SourceName, SourceDetails> details = new LinkedHashMap<>();
        for (Part part : parts) {
            SourceDetails own = part.day().details();
            if (own != null) {
                details.put(part.source(), own);
            }
        }
        return details;
    }
}
