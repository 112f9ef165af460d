package io.holisticos.sahha;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is held of one day: of several rows of one name, daily before intraday, then the newer. */
final class DayRows {

    /** The order in which scores are written. */
    private static final List<String> SCORES =
            List.of("readiness", "activity", "sleep", "mental_wellbeing", "wellbeing");

    private static final Comparator<Row> BEST_FIRST = Comparator.comparing(Row::isIntraday)
            .thenComparing(Row::sourceCreatedAt, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(Row::fetchBegunAt, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(Row::start, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(Row::id);

    private final Map<String, Row> scores;

    /** Rows that we did not write, of scores that have no other: no score, and not nothing either. */
    private final Map<String, Row> offScale;

    private final List<Row> biomarkers;

    DayRows(List<Row> scores, List<Row> biomarkers) {
        this.scores = new LinkedHashMap<>();
        scores.stream()
                .filter(row -> row.name() != null && scoreOf(row) != null)
                .sorted(BEST_FIRST)
                .forEach(row -> this.scores.putIfAbsent(String.valueOf(row.name()), row));
        this.offScale = new LinkedHashMap<>();
        scores.stream()
                .filter(row -> row.name() != null && Values.number(row.value()) != null)
                .filter(row -> !this.scores.containsKey(row.name()))
                .forEach(row -> offScale.putIfAbsent(String.valueOf(row.name()), row));
        this.biomarkers = bestOfEach(biomarkers);
    }

    boolean isEmpty() {
        return scores.isEmpty() && biomarkers.isEmpty();
    }

    /** Where the person was, by the row that speaks for the day best; null where that was lost. */
    @Nullable
    ZoneOffset offset() {
        return Stream.concat(scores.values().stream(), biomarkers.stream())
                .filter(row -> row.offset() != null)
                .min(BEST_FIRST)
                .map(Row::offset)
                .orElse(null);
    }

    /** 0 to 1, as Sahha gave it. */
    Optional<BigDecimal> score(String type) {
        return Optional.ofNullable(scores.get(type)).map(DayRows::scoreOf);
    }

    /** Null where a row that we did not write holds no score of Sahha's. */
    private static @Nullable BigDecimal scoreOf(Row row) {
        BigDecimal score = Values.number(row.value());
        return score == null || score.signum() < 0 || score.compareTo(BigDecimal.ONE) > 0 ? null : score;
    }

    /** Biomarkers with everything callers need, ordered by category and type. */
    List<Row> biomarkers() {
        return biomarkers;
    }

    /** The number of a biomarker of this one day, in Sahha's unit. */
    Optional<BigDecimal> number(String type) {
        return biomarkers.stream()
                .filter(row -> type.equals(row.name()) && row.isOfOneDay())
                .findFirst()
                .flatMap(row -> Optional.ofNullable(Values.number(row.value())));
    }

    /** Also those beyond their scale: whoever shows them to people leaves those out, and says so. */
    List<Score> allScores() {
        List<Score> all = new ArrayList<>();
        for (String name : SCORES) {
            Row row = scores.getOrDefault(name, offScale.get(name));
            BigDecimal score = row == null ? null : Values.number(row.value());
            if (row != null && score != null) {
                all.add(new Score(name, score, Score.Scale.FRACTION, row.state()));
            }
        }
        return all;
    }

    List<Measurement> measurements() {
        Map<Metric, Measurement> byMetric = new EnumMap<>(Metric.class);
        for (Row row : biomarkers) {
            MetricTable.measurement(row).ifPresent(found -> byMetric.putIfAbsent(found.metric(), found));
        }
        return List.copyOf(byMetric.values());
    }

    private static List<Row> bestOfEach(List<Row> rows) {
        Map<List<String>, Row> best = new LinkedHashMap<>();
        rows.stream().filter(DayRows::isWhole).sorted(BEST_FIRST).forEach(row -> best.putIfAbsent(nameOf(row), row));
        return best.values().stream()
                .sorted(Comparator.comparing((Row row) -> String.valueOf(row.category()))
                        .thenComparing(row -> String.valueOf(row.name()))
                        .thenComparing(Row::id))
                .toList();
    }

    /** A daily and a weekly value of one type are two things. */
    private static List<String> nameOf(Row row) {
        return List.of(String.valueOf(row.name()), row.isOfOneDay() ? "day" : String.valueOf(row.periodicity()));
    }

    private static boolean isWhole(Row row) {
        return row.isReadable() && row.category() != null;
    }
}
