package io.holisticos.sahha.data;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.ScoreDefinition;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.api.SahhaNumber;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of one day. Of several rows of one name the best is chosen: daily before intraday, then the newer. */
public final class DayRows {

    /** The scores that Sahha has, in the order in which we answer them. */
    private static final List<ScoreDefinition> SCORES = ScoreDefinition.of(SahhaApi.SAHHA);

    private static final Comparator<SahhaRow> BEST_FIRST = Comparator.comparing(SahhaRow::isIntraday)
            .thenComparing(SahhaRow::sourceCreatedAt, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(SahhaRow::fetchBegunAt, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(SahhaRow::start, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(SahhaRow::id);

    private final Map<String, SahhaRow> scores;

    /** Rows with a value outside of 0 to 1, which other services wrote, for scores that have no better row. */
    private final Map<String, SahhaRow> offScale;

    private final List<SahhaRow> biomarkers;

    public DayRows(List<SahhaRow> scores, List<SahhaRow> biomarkers) {
        this.scores = new LinkedHashMap<>();
        scores.stream()
                .filter(row -> row.name() != null && scoreOf(row) != null)
                .sorted(BEST_FIRST)
                .forEach(row -> this.scores.putIfAbsent(String.valueOf(row.name()), row));
        this.offScale = new LinkedHashMap<>();
        scores.stream()
                .filter(row -> row.name() != null && SahhaNumber.parse(row.value()) != null)
                .filter(row -> !this.scores.containsKey(row.name()))
                .forEach(row -> offScale.putIfAbsent(String.valueOf(row.name()), row));
        this.biomarkers = bestOfEach(biomarkers);
    }

    /** Whether the day has no row at all that can be used. */
    public boolean isEmpty() {
        return scores.isEmpty() && biomarkers.isEmpty();
    }

    /** The member's UTC offset on this day, by the best row that has one; null when none has. */
    public @Nullable ZoneOffset offset() {
        return Stream.concat(scores.values().stream(), biomarkers.stream())
                .filter(row -> row.offset() != null)
                .min(BEST_FIRST)
                .map(SahhaRow::offset)
                .orElse(null);
    }

    /** A score as Sahha sent it, 0 to 1. */
    public Optional<BigDecimal> score(String type) {
        return Optional.ofNullable(scores.get(type)).map(DayRows::scoreOf);
    }

    /** Null when the value is not 0 to 1, which only rows of other services have. */
    private static @Nullable BigDecimal scoreOf(SahhaRow row) {
        BigDecimal score = SahhaNumber.parse(row.value());
        return score == null || score.signum() < 0 || score.compareTo(BigDecimal.ONE) > 0 ? null : score;
    }

    /** Biomarkers with every column that callers need, ordered by category and type. */
    public List<SahhaRow> biomarkers() {
        return biomarkers;
    }

    /** The number of a biomarker of this day, in Sahha's unit. */
    public Optional<BigDecimal> number(String type) {
        return biomarkers.stream()
                .filter(row -> type.equals(row.name()) && row.isOfOneDay())
                .findFirst()
                .flatMap(row -> Optional.ofNullable(SahhaNumber.parse(row.value())));
    }

    /** All scores, including those outside of their scale, which the unified flow reports as implausible. */
    public List<Score> allScores() {
        List<Score> all = new ArrayList<>();
        for (ScoreDefinition definition : SCORES) {
            String name = definition.name();
            SahhaRow row = scores.getOrDefault(name, offScale.get(name));
            BigDecimal score = row == null ? null : SahhaNumber.parse(row.value());
            if (row != null && score != null) {
                all.add(new Score(name, score, definition.scale(), row.state()));
            }
        }
        return all;
    }

    /** The first biomarker of each of our metrics. */
    public List<Measurement> measurements() {
        Map<Metric, Measurement> byMetric = new TreeMap<>();
        for (SahhaRow row : biomarkers) {
            MetricTable.measurement(row).ifPresent(found -> byMetric.putIfAbsent(found.metric(), found));
        }
        return List.copyOf(byMetric.values());
    }

    private static List<SahhaRow> bestOfEach(List<SahhaRow> rows) {
        Map<List<String>, SahhaRow> best = new LinkedHashMap<>();
        rows.stream().filter(DayRows::isWhole).sorted(BEST_FIRST).forEach(row -> best.putIfAbsent(nameOf(row), row));
        return best.values().stream()
                .sorted(Comparator.comparing((SahhaRow row) -> String.valueOf(row.category()))
                        .thenComparing(row -> String.valueOf(row.name()))
                        .thenComparing(SahhaRow::id))
                .toList();
    }

    /** A daily and a weekly value of one type are two different biomarkers. */
    private static List<String> nameOf(SahhaRow row) {
        return List.of(String.valueOf(row.name()), row.isOfOneDay() ? "day" : String.valueOf(row.periodicity()));
    }

    private static boolean isWhole(SahhaRow row) {
        return row.isReadable() && row.category() != null;
    }
}
