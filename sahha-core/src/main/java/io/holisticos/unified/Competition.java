package io.holisticos.unified;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.holisticos.unified.EchoRule.Echo;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.ToldDays.SourcePart;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The plausible values of one metric on one day. The best source's whole value wins, verbatim. A sum of a day that was read only
 * in part stands back behind whole ones, and an echo never competes. Sums of a day that is not over were counted up to different
 * moments: one that was read some time before another may be lower than that by any amount.
 */
final class Competition {

    /** Sums that were read at most so far apart count as read at one moment. */
    private static final Duration ONE_MOMENT = Duration.ofHours(1);

    private final Metric metric;
    private final List<Candidate> whole = new ArrayList<>();
    private final List<Candidate> inPart = new ArrayList<>();
    private final List<Candidate> echoes = new ArrayList<>();

    /** Of sums that are still counted up: when each was recorded as it is. */
    private final Map<SourceName, Instant> countedUntil = new HashMap<>(0);

    private Competition(Metric metric) {
        this.metric = metric;
    }

    /** Those of a day, by metric. An echo of another metric stands with the value that it repeats. */
    static Map<Metric, Competition> of(LocalDate date, ToldDays told, EchoRule rule) {
        Map<Metric, Competition> all = new TreeMap<>();
        for (SourcePart part : told.on(date)) {
            Map<Metric, Echo> echoes = rule.of(part.source(), date, told);
            for (Measurement measurement : part.day().measurements()) {
                Echo echo = echoes.get(measurement.metric());
                all.computeIfAbsent(echo == null ? measurement.metric() : echo.metric(), Competition::new)
                        .add(part, new Candidate(part.source(), measurement, echo == null ? null : echo.origin()));
            }
        }
        return all;
    }

    private void add(SourcePart part, Candidate candidate) {
        if (candidate.echoOf() != null) {
            echoes.add(candidate);
        } else {
            (isInPart(part, candidate.measurement()) ? inPart : whole).add(candidate);
            Instant asOf = part.countedUntil();
            if (asOf != null && metric.definition().sumOfDay()) {
                Instant recordedAt = candidate.measurement().lineage().recordedAt();
                countedUntil.put(part.source(), recordedAt == null ? asOf : recordedAt);
            }
        }
    }

    /**
     * A day's sum is too low while the day is only partly read, unless it was recorded when the day was over. Other values are
     * what they are.
     */
    static boolean isInPart(SourcePart part, Measurement measurement) {
        if (part.whole() || !measurement.metric().definition().sumOfDay()) {
            return false;
        }
        Instant recordedAt = measurement.lineage().recordedAt();
        return recordedAt == null || recordedAt.isBefore(part.end());
    }

    /** The values that may be shown. */
    List<Candidate> valid() {
        return whole.isEmpty() ? inPart : whole;
    }

    /** False when there is nothing but copies of what stands on another day. */
    boolean hasValid() {
        return !whole.isEmpty() || !inPart.isEmpty();
    }

    /** @return the value that is shown, with the others; only when there are {@linkplain #hasValid() valid} ones */
    MergedMetric decide(Comparator<Candidate> bestFirst) {
        List<Candidate> order = new ArrayList<>();
        addSorted(whole, bestFirst, order);
        addSorted(inPart, bestFirst, order);
        addSorted(echoes, bestFirst, order);
        return new MergedMetric(metric, order.get(0), order.subList(1, order.size()), verdictOn(comparable()));
    }

    private Verdict verdictOn(List<Candidate> candidates) {
        List<BigDecimal> values = new ArrayList<>();
        for (Candidate candidate : candidates) {
            values.add(candidate.value());
        }
        return Verdict.of(metric.definition().tolerance(), values);
    }

    /** Valid values without the sums that say nothing against another one, because they count on. */
    private List<Candidate> comparable() {
        List<Candidate> valid = valid();
        return countedUntil.isEmpty()
                ? valid
                : valid.stream()
                        .filter(sum -> valid.stream().noneMatch(later -> mayGrowTo(sum, later)))
                        .toList();
    }

    /** Whether a sum is lower because it was read earlier. How much it has missed nobody knows. */
    private boolean mayGrowTo(Candidate sum, Candidate later) {
        Instant until = countedUntil.get(sum.source());
        return until != null
                && until.plus(ONE_MOMENT).isBefore(countedUntil.getOrDefault(later.source(), Instant.MAX))
                && sum.value().compareTo(later.value()) < 0
                && verdictOn(List.of(sum, later)) != Verdict.AGREE;
    }

    private static void addSorted(List<Candidate> group, Comparator<Candidate> bestFirst, List<Candidate> order) {
        int first = order.size();
        order.addAll(group);
        order.subList(first, order.size()).sort(bestFirst);
    }
}
