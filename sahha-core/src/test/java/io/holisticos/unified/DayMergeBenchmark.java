package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.measured;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** How long the merge of two sources takes, and how much it allocates: of one day, and of a leap year. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DayMergeBenchmark {

    private static final LocalDate LAST = LocalDate.parse("2026-11-22");

    /** What a phone and a strap both measure, and what only one of them does. */
    private static final List<Metric> BOTH = List.of(
            Metric.HEART_RATE_RESTING,
            Metric.SLEEP_DURATION,
            Metric.SLEEP_IN_BED,
            Metric.SLEEP_LIGHT,
            Metric.SLEEP_DEEP,
            Metric.SLEEP_REM,
            Metric.RESPIRATORY_RATE_SLEEP,
            Metric.STEPS,
            Metric.ENERGY_TOTAL);

    private static final List<Metric> PHONE =
            List.of(Metric.HRV_SDNN, Metric.ENERGY_ACTIVE, Metric.ACTIVE_DURATION, Metric.FLOORS_CLIMBED);
    private static final List<Metric> STRAP =
            List.of(Metric.HRV_RMSSD_SLEEP, Metric.SPO2_SLEEP, Metric.SKIN_TEMPERATURE_SLEEP, Metric.SLEEP_NEED);

    private final DayMerge merge = UnifiedFixture.merge(new OfferedMetrics(Map.of()));
    private final DayRange year = new DayRange(LAST.minusDays(365), LAST);

    /** An overview reads the days around the one that it answers. */
    private final List<SourceAnswer> around = answers(new DayRange(LAST.minusDays(6), LAST.plusDays(2)));

    private final List<SourceAnswer> whole = answers(year);

    @Benchmark
    public List<MergedDay> oneDay() {
        return merge.apply(DayRange.of(LAST), around, Preferences.NONE);
    }

    @Benchmark
    public List<MergedDay> aYear() {
        return merge.apply(year, whole, Preferences.NONE);
    }

    @Test
    void theMergeIsMeasured() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(DayMergeBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();

        assertThat(results).hasSize(2);
    }

    /** What both sources say of these days. */
    static List<SourceAnswer> answers(DayRange days) {
        return List.of(answer(SAHHA, days, PHONE, 0), answer(WHOOP, days, STRAP, 1));
    }

    /** @param more than the other source measures */
    private static SourceAnswer answer(SourceName source, DayRange days, List<Metric> own, int more) {
        return measured(
                source,
                days.days().stream()
                        .map(date -> new SourceDay(
                                date,
                                List.of(),
                                Stream.concat(BOTH.stream(), own.stream())
                                        .map(metric -> value(metric, date, more))
                                        .toList(),
                                List.of(),
                                null))
                        .toArray(SourceDay[]::new));
    }

    /** A plausible value, another one each day. */
    private static io.holisticos.health.Measurement value(Metric metric, LocalDate date, int more) {
        BigDecimal middle = metric.min().add(metric.max()).divide(BigDecimal.valueOf(2));
        return new io.holisticos.health.Measurement(
                metric, middle.add(BigDecimal.valueOf(date.getDayOfMonth() % 3 + more)));
    }
}
