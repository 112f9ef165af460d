package io.holisticos.twins.sahha;

import io.holisticos.twins.sahha.Rows.Biomarker;
import io.holisticos.twins.sahha.Rows.Comparison;
import io.holisticos.twins.sahha.Rows.ReferenceValue;
import io.holisticos.twins.sahha.Rows.Score;
import io.holisticos.twins.sahha.Rows.Trend;
import io.holisticos.twins.sahha.Rows.TrendWeek;
import io.holisticos.twins.sahha.Rows.Value;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Trends over the last four complete weeks, and comparisons of a day with others. */
final class Insights {
    private static final int BASELINE_DAYS = 30; // own last 30 days (Sahha documentation, Comparisons)
    private static final Set<String> UNDIRECTED = Set.of("walking_strain_capacity", "exercise_strain_capacity");

    private Insights() {}

    /** Trends of the five scores and of their factors; at least two valid weeks are needed. */
    static List<Trend> trends(Member member, Instant now) {
        LocalDate monday = member.today(now)
                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                .minusWeeks(4);
        Map<String, Map<LocalDate, List<Double>>> scores = new TreeMap<>();
        Map<String, Map<LocalDate, List<Double>>> factors = new TreeMap<>();
        for (LocalDate date : monday.datesUntil(monday.plusWeeks(4)).toList()) {
            LocalDate week = date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            var seen = new TreeSet<String>();
            for (String type : Scores.TYPES) {
                Scores.newest(member, date, type, now).ifPresent(score -> {
                    gather(scores, type, week, score.score());
                    score.factors().stream()
                            .filter(factor -> seen.add(factor.name()))
                            .forEach(factor -> gather(factors, factor.name(), week, factor.score()));
                });
            }
        }
        var trends = new ArrayList<Trend>();
        scores.forEach((name, weeks) -> trend(member, "score", name, weeks).ifPresent(trends::add));
        factors.forEach((name, weeks) -> trend(member, "factor", name, weeks).ifPresent(trends::add));
        return trends;
    }

    private static void gather(
            Map<String, Map<LocalDate, List<Double>>> into, String name, LocalDate week, double value) {
        into.computeIfAbsent(name, any -> new TreeMap<>())
                .computeIfAbsent(week, any -> new ArrayList<>())
                .add(value);
    }

    private static Optional<Trend> trend(
            Member member, String category, String name, Map<LocalDate, List<Double>> values) {
        if (values.size() < 2) {
            return Optional.empty();
        }
        var weeks = new ArrayList<TrendWeek>();
        values.forEach((monday, numbers) -> {
            double mean = Scores.round(
                    numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0), 2);
            @Nullable
            Double change =
                    weeks.isEmpty() ? null : change(weeks.get(weeks.size() - 1).value(), mean);
            weeks.add(new TrendWeek(monday, monday.plusDays(6), mean, change));
        });
        TrendWeek last = weeks.get(weeks.size() - 1);
        double total = last.value() - weeks.get(0).value();
        String state = Math.abs(total) < 0.03 ? "stable" : total > 0 ? "increasing" : "decreasing";
        var offset = member.offsetOn(last.last());
        Instant created = last.last().plusDays(1).atTime(5, 0).toInstant(offset);
        @Nullable Boolean better = UNDIRECTED.contains(name) ? null : Boolean.TRUE;
        return Optional.of(new Trend(category, name, state, better, weeks, offset, created));
    }

    private static double change(double before, double after) {
        return before == 0 ? 0 : Scores.round((after - before) / before * 100, 1);
    }

    /** Comparisons of the scores and of six biomarkers of a day. */
    static List<Comparison> comparisons(Member member, LocalDate date, Instant now) {
        var all = new ArrayList<Comparison>();
        for (String type : Scores.TYPES) {
            Scores.newest(member, date, type, now).ifPresent(score -> {
                var usual = baseline(member, date, day -> Scores.newest(member, day, type, now), Score::score);
                all.add(compare(
                        member,
                        date,
                        "score",
                        type,
                        "index",
                        true,
                        score.score(),
                        0.7,
                        0.12,
                        usual,
                        score.createdAt()));
            });
        }
        for (Biomarker row : Biomarkers.newest(member, date, now)) {
            double[] population = population(row.type());
            if (population.length == 2) {
                var usual = baseline(
                        member,
                        date,
                        day -> sameType(Biomarkers.newest(member, day, now), row.type()),
                        Insights::number);
                boolean better = !row.type().equals("heart_rate_resting");
                all.add(compare(
                        member,
                        date,
                        "biomarker",
                        row.type(),
                        row.unit(),
                        better,
                        number(row),
                        population[0],
                        population[1],
                        usual,
                        row.createdAt()));
            }
        }
        return all;
    }

    /** Mean and spread of everyone, made up but plausible; nothing for metrics that are never compared. */
    private static double[] population(String type) {
        return switch (type) {
            case "steps" -> new double[] {6500, 2800};
            case "sleep_duration" -> new double[] {415, 50};
            case "heart_rate_resting" -> new double[] {64, 8};
            case "heart_rate_variability_sdnn" -> new double[] {46, 16};
            case "heart_rate_variability_rmssd" -> new double[] {42, 18};
            case "vo2_max" -> new double[] {39, 7};
            default -> new double[0];
        };
    }

    private static Optional<Biomarker> sameType(List<Biomarker> rows, String type) {
        return rows.stream().filter(row -> row.type().equals(type)).findFirst();
    }

    private static double number(Biomarker row) {
        Value value = row.value();
        if (value instanceof Value.Whole whole) {
            return whole.number();
        }
        return value instanceof Value.Decimal decimal ? Scores.round(decimal.number(), decimal.most()) : 0;
    }

    private static <T> OptionalDouble baseline(
            Member member, LocalDate date, Function<LocalDate, Optional<T>> find, ToDoubleFunction<T> part) {
        LocalDate first = date.minusDays(BASELINE_DAYS);
        LocalDate from = first.isBefore(member.firstDay()) ? member.firstDay() : first;
        return from.isBefore(date)
                ? from.datesUntil(date)
                        .flatMap(day -> find.apply(day).stream())
                        .mapToDouble(part)
                        .average()
                : OptionalDouble.empty();
    }

    private static Comparison compare(
            Member member,
            LocalDate date,
            String category,
            String name,
            String unit,
            boolean better,
            double value,
            double mean,
            double spread,
            OptionalDouble baseline,
            Instant createdAt) {
        int decimals = category.equals("score") ? 2 : 1;
        var references = new ArrayList<ReferenceValue>();
        references.add(referenceValue("global", value, mean, spread, decimals));
        references.add(referenceValue("demographic", value, mean * 1.03, spread * 0.9, decimals));
        baseline.ifPresent(usual -> {
            double rounded = Scores.round(usual, decimals);
            references.add(new ReferenceValue("baseline", rounded, null, word((value - usual) / spread)));
        });
        return new Comparison(category, name, value, unit, better, date, member.offsetOn(date), references, createdAt);
    }

    private static ReferenceValue referenceValue(String type, double value, double mean, double spread, int decimals) {
        double distance = (value - mean) / spread;
        int percentile = (int) Math.round(100 / (1 + Math.exp(-1.7 * distance))); // close to the normal distribution
        return new ReferenceValue(
                type, Scores.round(mean, decimals), Math.max(1, Math.min(99, percentile)), word(distance));
    }

    private static String word(double distance) {
        if (distance < -1.5) {
            return "very_low";
        }
        if (distance < -0.5) {
            return "low";
        }
        if (distance <= 0.5) {
            return "average";
        }
        return distance <= 1.5 ? "high" : "very_high";
    }
}
