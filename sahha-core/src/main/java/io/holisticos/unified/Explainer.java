package io.holisticos.unified;

import io.holisticos.health.Absence;
import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.PlausibleDay;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceName;
import io.holisticos.unified.EchoRule.Echo;
import io.holisticos.unified.Explanation.Considered;
import io.holisticos.unified.Explanation.Gate;
import io.holisticos.unified.Explanation.OtherOrder;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.ToldDays.SourcePart;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says in words what the merge of one metric of one day did. It decides nothing itself: {@link Competition} does. */
record Explainer(Precedence precedence, OfferedMetrics offered, EchoRule echoes) {

    Explanation explain(LocalDate date, Metric metric, ToldDays told, List<SourceAnswer> answers) {
        Comparator<Candidate> bestFirst = Comparator.comparing(Candidate::source, precedence.of(metric));
        Optional<Competition> values = Optional.ofNullable(
                        Competition.of(date, told, echoes).get(metric))
                .filter(Competition::hasValid);
        MergedMetric merged = values.map(all -> all.decide(bestFirst)).orElse(null);
        Candidate shown = merged == null ? null : merged.shown();
        return new Explanation(
                date,
                metric,
                shown,
                merged == null ? null : merged.verdict(),
                shown == null ? null : precedence.ruleOf(metric, shown.source()),
                shown == null ? new Reasons(date, told, answers, new Ranking(precedence), offered).of(metric) : null,
                considered(date, metric, told, shown),
                shown == null ? List.of() : otherOrders(metric, shown, values.orElseThrow(), answers));
    }

    private List<Considered> considered(LocalDate date, Metric metric, ToldDays told, @Nullable Candidate shown) {
        boolean shownInPart = told.on(date).stream()
                .anyMatch(part -> shown != null
                        && shown.source().equals(part.source())
                        && Competition.isInPart(part, shown.measurement()));
        List<Considered> all = new ArrayList<>();
        for (SourcePart part : told.on(date)) {
            Map<Metric, Echo> repeated = echoes.of(part.source(), date, told);
            for (Measurement measurement : part.told().measurements()) {
                Echo echo = repeated.get(measurement.metric());
                if (measurement.metric().equals(metric)
                        || echo != null && echo.metric().equals(metric)) {
                    all.add(considered(measurement, part, echo, shown, shownInPart));
                }
            }
            List<Considered> ofSeveralDays = ofSeveralDays(metric, part);
            all.addAll(ofSeveralDays);
            Absence absent = part.told().absent().get(metric);
            if (absent != null
                    && ofSeveralDays.isEmpty()
                    && part.told().find(metric).isEmpty()) {
                all.add(notScored(metric, part, absent));
            }
        }
        return all.stream()
                .sorted(Comparator.comparing((Considered one) -> one.lostBecause() != null)
                        .thenComparing(one -> one.gates().stream().anyMatch(gate -> !gate.passed()))
                        .thenComparing(Considered::source, precedence.of(metric)))
                .toList();
    }

    private Considered considered(
            Measurement measurement,
            SourcePart part,
            @Nullable Echo echo,
            @Nullable Candidate shown,
            boolean shownInPart) {
        List<Gate> gates = List.of(
                new Gate("scored", true, null),
                gate("complete", Competition.isInPart(part, measurement) ? "the day is read only in part" : null),
                gate(
                        "plausible",
                        part.implausible().contains(measurement.metric())
                                ? PlausibleDay.whyNot(measurement.metric(), part.told())
                                : null),
                gate("not_echo", echo == null ? null : repeats(echo, part)));
        boolean wins = shown != null
                && shown.source().equals(part.source())
                && shown.measurement().equals(measurement);
        return new Considered(
                part.source(),
                measurement.metric(),
                measurement.value(),
                measurement.lineage(),
                echo == null ? null : echo.origin(),
                gates,
                wins ? null : lostBecause(measurement.metric(), gates, shown, shownInPart));
    }

    private static String repeats(Echo echo, SourcePart part) {
        String repeated = "it repeats " + echo.metric() + " of " + echo.origin();
        return echo.date().equals(part.told().date()) ? repeated : repeated + " of " + echo.date();
    }

    /** Values that are not of this day alone, so that they could not compete. */
    private static List<Considered> ofSeveralDays(Metric metric, SourcePart part) {
        String why = "it is of several days together";
        return part.told().ofSeveralDays().stream()
                .filter(measurement -> measurement.metric().equals(metric))
                .map(measurement -> new Considered(
                        part.source(),
                        metric,
                        measurement.value(),
                        measurement.lineage(),
                        null,
                        List.of(new Gate("scored", true, null), new Gate("complete", false, why)),
                        why))
                .toList();
    }

    private static Considered notScored(Metric metric, SourcePart part, Absence absent) {
        Gate gate = new Gate("scored", false, absent.word());
        return new Considered(part.source(), metric, null, Lineage.UNKNOWN, null, List.of(gate), absent.word());
    }

    private static Gate gate(String name, @Nullable String why) {
        return new Gate(name, why == null, why);
    }

    /** The first gate that it failed, and the shown value passed; else its place. */
    private String lostBecause(Metric metric, List<Gate> gates, @Nullable Candidate shown, boolean shownInPart) {
        return gates.stream()
                .filter(gate -> !gate.passed() && !(shownInPart && gate.gate().equals("complete")))
                .findFirst()
                .map(gate -> String.valueOf(gate.why()))
                .orElseGet(() -> shown == null
                        ? "no value passed the gates"
                        : shown.source() + " comes first: " + precedence.ruleOf(metric, shown.source()));
    }

    /** Each other valid value, with the order that would have shown it: its source first, the others as they are. */
    private List<OtherOrder> otherOrders(
            Metric metric, Candidate shown, Competition values, List<SourceAnswer> answers) {
        List<SourceName> order = answers.stream()
                .map(SourceAnswer::from)
                .sorted(precedence.of(metric))
                .toList();
        return values.valid().stream()
                .filter(candidate -> !candidate.equals(shown))
                .sorted(Comparator.comparing(Candidate::source, precedence.of(metric)))
                .map(candidate -> new OtherOrder(
                        Stream.concat(Stream.of(candidate.source()), order.stream())
                                .distinct()
                                .toList(),
                        candidate.source(),
                        candidate.value()))
                .toList();
    }
}
