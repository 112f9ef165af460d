package io.holisticos.unified;

import io.holisticos.health.Absence;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.Excluded;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.unified.Completeness.Missing;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.MergedDay.NamedScore;
import io.holisticos.unified.ToldDays.SourcePart;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a day has no value of a metric. The first of these that is so:
 *
 * <ol>
 *   <li>a source has a value that cannot be true;
 *   <li>a source says why a record of its own has no value, such as that its score is pending;
 *   <li>the source whose value would have been shown did not measure or tell it, or is not there.
 * </ol>
 */
record Reasons(LocalDate date, ToldDays told, List<SourceAnswer> answers, Ranking ranking, OfferedMetrics offered) {

    /** How many of the headline metrics the day has, and why it does not have the others. */
    Completeness completeness(List<MergedMetric> metrics, List<NamedScore> scores) {
        Set<Metric> present = metrics.stream().map(MergedMetric::metric).collect(Collectors.toSet());
        List<Missing> missing = Completeness.HEADLINE.stream()
                .filter(metric -> !present.contains(metric))
                .map(metric -> new Missing(metric.key(), of(metric).word()))
                .toList();
        return new Completeness(Completeness.HEADLINE.size(), Completeness.HEADLINE.size() - missing.size(), missing)
                .and(offScale(scores));
    }

    /** The reason for a metric that no source has a value of. */
    Absence of(Metric metric) {
        if (told.on(date).stream().anyMatch(part -> part.implausible().contains(metric))) {
            return Absence.IMPLAUSIBLE;
        }
        List<SourceAnswer> bestFirst = answers.stream()
                .filter(answer -> offered.includes(answer.from(), metric))
                .sorted(Comparator.comparing(SourceAnswer::from, ranking.of(metric)))
                .toList();
        return Stream.concat(
                        bestFirst.stream().flatMap(answer -> ownWord(metric, answer).stream()),
                        bestFirst.stream().flatMap(answer -> of(metric, answer).stream()))
                .findFirst()
                .orElse(Absence.NOT_PROVIDED);
    }

    private Optional<Absence> ownWord(Metric metric, SourceAnswer answer) {
        return told.find(answer.from(), date).map(part -> part.told().absent().get(metric));
    }

    /** Why this source has no value of the metric; empty when it answered with all it has. */
    private Optional<Absence> of(Metric metric, SourceAnswer answer) {
        if (answer instanceof Measured measured) {
            return of(metric, measured);
        }
        if (answer instanceof NotConnected) {
            return Optional.of(Absence.NOT_CONNECTED);
        }
        if (answer instanceof Disabled) {
            return Optional.of(Absence.DISABLED);
        }
        return Optional.of(answer instanceof Excluded ? Absence.NOT_FETCHED : Absence.SOURCE_UNAVAILABLE);
    }

    private Optional<Absence> of(Metric metric, Measured answer) {
        if (answer.dataStatus() == DataStatus.ACCOUNT_UNCONFIRMED) {
            return Optional.of(Absence.PENDING);
        }
        if (isNotFetched(answer)) {
            return Optional.of(Absence.NOT_FETCHED);
        }
        Optional<SourcePart> part = told.find(answer.from(), date);
        return offered.isOfSleep(answer.from(), metric)
                        && !part.map(this::hasSleep).orElse(false)
                ? Optional.of(Absence.NO_SLEEP)
                : Optional.empty();
    }

    private boolean isNotFetched(Measured answer) {
        String coverage = answer.coverageOn(date);
        return coverage == null
                ? answer.dataStatus() == DataStatus.REAUTHORIZATION_REQUIRED
                : coverage.equals("partial");
    }

    private boolean hasSleep(SourcePart part) {
        return part.told().mainSleep() != null
                || part.told().measurements().stream()
                        .anyMatch(measurement -> offered.isOfSleep(part.source(), measurement.metric()));
    }

    /** Names of scores that no source has within its scale. */
    private List<String> offScale(List<NamedScore> scores) {
        Set<String> present = scores.stream().map(NamedScore::name).collect(Collectors.toSet());
        return told.on(date).stream()
                .flatMap(part -> part.offScale().stream())
                .filter(name -> !present.contains(name))
                .distinct()
                .sorted()
                .toList();
    }
}
