package io.holisticos.sahha.data;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.ScoreDefinition;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.Workout;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.api.SahhaNumber;
import io.holisticos.sahha.api.SahhaTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of one day. Of several rows of one name the best is chosen: daily before intraday, then the newer. */
public final class DayRows {

    /** The scores that Sahha has, in the order in which we answer them. */
    private static final List<ScoreDefinition> SCORES = ScoreDefinition.of(SahhaApi.SAHHA);

    private static final String SLEEP_START = "sleep_start_time";
    private static final String SLEEP_END = "sleep_end_time";

    /** The types of biomarkers that say when the main sleep was. */
    static final Set<String> ENDS_OF_SLEEP = Set.of(SLEEP_START, SLEEP_END);

    /** As long as the window that Sahha gives a night. */
    private static final Duration LONGEST_SLEEP = Duration.ofDays(1);

    /** Written out, since hundreds of rows are compared in a reading, and a chain of comparators costs a multiple. */
    private static final Comparator<SahhaRow> BEST_FIRST = DayRows::bestFirst;

    private static final Comparator<SahhaRow> BY_CATEGORY = (one, other) -> {
        int order = String.valueOf(one.category()).compareTo(String.valueOf(other.category()));
        if (order == 0) {
            order = String.valueOf(one.name()).compareTo(String.valueOf(other.name()));
        }
        return order == 0 ? one.id().compareTo(other.id()) : order;
    };

    private static final Comparator<SahhaRow> NEWEST_FIRST = Comparator.comparing(
                    SahhaRow::start, Comparator.nullsFirst(Comparator.reverseOrder()))
            .thenComparing(SahhaRow::id);

    private final Map<String, SahhaRow> scores;

    /** Rows with a value outside of 0 to 1, which other services wrote, for scores that have no better row. */
    private final Map<String, SahhaRow> offScale;

    private final List<SahhaRow> biomarkers;
    private final List<SahhaRow> wholeBiomarkers;
    private final @Nullable SleepInterval mainSleep;

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
                .sorted(NEWEST_FIRST)
                .forEach(row -> offScale.putIfAbsent(String.valueOf(row.name()), row));
        this.biomarkers = bestOfEach(biomarkers);
        this.mainSleep = mainSleep(biomarkers);
        this.wholeBiomarkers = biomarkers.stream().filter(DayRows::isWhole).toList();
    }

    private static int bestFirst(SahhaRow one, SahhaRow other) {
        int order = Boolean.compare(one.isIntraday(), other.isIntraday());
        if (order == 0) {
            order = latestFirst(one.sourceCreatedAt(), other.sourceCreatedAt());
        }
        if (order == 0) {
            order = latestFirst(one.fetchBegunAt(), other.fetchBegunAt());
        }
        if (order == 0) {
            order = latestFirst(one.start(), other.start());
        }
        return order == 0 ? one.id().compareTo(other.id()) : order;
    }

    /** Null last. */
    private static int latestFirst(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return Boolean.compare(one == null, other == null);
        }
        return other.compareTo(one);
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

    /** The sleep that the day's values of sleep are about; null where Sahha does not tell when it began and ended. */
    public @Nullable SleepInterval mainSleep() {
        return mainSleep;
    }

    /** Beginning and end count only together: as two rows of one window, in which the day's best end is. */
    private static @Nullable SleepInterval mainSleep(List<SahhaRow> rows) {
        List<SahhaRow> bestFirst = rows.stream()
                .filter(row -> isWhole(row) && row.isOfOneDay() && ENDS_OF_SLEEP.contains(String.valueOf(row.name())))
                .sorted(BEST_FIRST)
                .toList();
        return bestFirst.stream()
                .filter(end -> SLEEP_END.equals(end.name()))
                .flatMap(end -> bestFirst.stream()
                        .filter(start -> SLEEP_START.equals(start.name()) && Objects.equals(start.start(), end.start()))
                        .flatMap(start -> interval(start, end).stream()))
                .findFirst()
                .orElse(null);
    }

    private static Optional<SleepInterval> interval(SahhaRow start, SahhaRow end) {
        return momentIn(start)
                .flatMap(from -> momentIn(end)
                        .filter(to -> from.isBefore(to) && to.isBefore(from.plus(LONGEST_SLEEP)))
                        .map(to -> new SleepInterval(from, to)));
    }

    /** A time without an offset is one of the row's window; where that lost its own, nobody knows when it was. */
    private static Optional<Instant> momentIn(SahhaRow row) {
        return SahhaTime.find(row.value()).flatMap(time -> {
            ZoneOffset offset = time.offset() == null ? row.offset() : time.offset();
            return Optional.ofNullable(offset).map(time::instant);
        });
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

    /**
     * When there was exercise on this day, oldest first.
     *
     * @param logs of exercise on this day
     */
    public List<Workout> workouts(List<SahhaDataLog> logs) {
        return Exercise.workouts(wholeBiomarkers, logs, offset());
    }

    private static List<SahhaRow> bestOfEach(List<SahhaRow> rows) {
        Map<List<String>, SahhaRow> best = new LinkedHashMap<>();
        rows.stream().filter(DayRows::isWhole).sorted(BEST_FIRST).forEach(row -> best.putIfAbsent(nameOf(row), row));
        return best.values().stream().sorted(BY_CATEGORY).toList();
    }

    /** A daily and a weekly value of one type are two different biomarkers. */
    private static List<String> nameOf(SahhaRow row) {
        return List.of(String.valueOf(row.name()), row.isOfOneDay() ? "day" : String.valueOf(row.periodicity()));
    }

    private static boolean isWhole(SahhaRow row) {
        return row.isReadable() && row.category() != null;
    }
}
