package io.holisticos.unified;

import io.holisticos.health.Absence;
import io.holisticos.health.Measurement;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
        Set<Metric> present = new HashSet<>();
        for (MergedMetric metric : metrics) {
            present.add(metric.metric());
        }
        List<Missing> missing = new ArrayList<>();
        for (Metric metric : Completeness.HEADLINE) {
            if (!present.contains(metric)) {
                missing.add(new Missing(metric.key(), of(metric).word()));
            }
        }
        return new Completeness(Completeness.HEADLINE.size(), Completeness.HEADLINE.size() - missing.size(), missing)
                .and(offScale(scores));
    }

    /** The reason for a metric that no source has a value of. */
    Absence of(Metric metric) {
        for (SourcePart part : told.on(date)) {
            if (part.implausible().contains(metric)) {
                return Absence.IMPLAUSIBLE;
            }
        }
        List<SourceAnswer> bestFirst = bestFirst(metric);
        for (SourceAnswer answer : bestFirst) {
            Absence ownWord = ownWord(metric, answer);
            if (ownWord != null) {
                return ownWord;
            }
        }
        for (SourceAnswer answer : bestFirst) {
            Absence reason = of(metric, answer);
            if (reason != null) {
                return reason;
            }
        }
        return Absence.NOT_PROVIDED;
    }

    /** The answers of the sources that can have the metric. */
    private List<SourceAnswer> bestFirst(Metric metric) {
        List<SourceAnswer> bestFirst = new ArrayList<>();
        for (SourceAnswer answer : answers) {
            if (offered.includes(answer.from(), metric)) {
                bestFirst.add(answer);
            }
        }
        bestFirst.sort(Comparator.comparing(SourceAnswer::from, ranking.of(metric)));
        return bestFirst;
    }

    private @Nullable Absence ownWord(Metric metric, SourceAnswer answer) {
        SourcePart part = told.find(answer.from(), date);
        return part == null ? null : part.told().absent().get(metric);
    }

    /** Why this source has no value of the metric; null when it answered with all it has. */
    private @Nullable Absence of(Metric metric, SourceAnswer answer) {
        if (answer instanceof Measured measured) {
            return of(metric, measured);
        }
        if (answer instanceof NotConnected) {
            return Absence.NOT_CONNECTED;
        }
        if (answer instanceof Disabled) {
            return Absence.DISABLED;
        }
        return answer instanceof Excluded ? Absence.NOT_FETCHED : Absence.SOURCE_UNAVAILABLE;
    }

    private @Nullable Absence of(Metric metric, Measured answer) {
        if (answer.dataStatus() == DataStatus.ACCOUNT_UNCONFIRMED) {
            return Absence.PENDING;
        }
        if (isNotFetched(answer)) {
            return Absence.NOT_FETCHED;
        }
        return offered.isOfSleep(answer.from(), metric) && !hasSleep(told.find(answer.from(), date))
                ? Absence.NO_SLEEP
                : null;
    }

    private boolean isNotFetched(Measured answer) {
        String coverage = answer.coverageOn(date);
        return coverage == null
                ? answer.dataStatus() == DataStatus.REAUTHORIZATION_REQUIRED
                : coverage.equals("partial");
    }

    private boolean hasSleep(@Nullable SourcePart part) {
        if (part == null) {
            return false;
        }
        if (part.told().mainSleep() != null) {
            return true;
        }
        for (Measurement measurement : part.told().measurements()) {
            if (offered.isOfSleep(part.source(), measurement.metric())) {
                return true;
            }
        }
        return false;
    }

    /** Names of scores that no source has within its scale, sorted. */
    private List<String> offScale(List<NamedScore> scores) {
        Set<String> names = new TreeSet<>();
        for (SourcePart part : told.on(date)) {
            names.addAll(part.offScale());
        }
        for (NamedScore score : scores) {
            names.remove(score.name());
        }
        return List.copyOf(names);
    }
}
