package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.jackson.Jackson;
import io.holisticos.health.DayRange;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.TimedAnswer;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/** How long it takes to write one merged day as JSON, from the report to the bytes, and how much it allocates. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DayAnswerBenchmark {

    private static final LocalDate DAY = LocalDate.parse("2026-11-22");

    private final ObjectMapper json = Jackson.newObjectMapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    private final UnifiedReport report = report();

    @Benchmark
    public byte[] overview() throws JsonProcessingException {
        return json.writeValueAsBytes(DayAnswer.overview(report, "today", WHOOP));
    }

    @Test
    void writingIsMeasured() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(DayAnswerBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();

        assertThat(results).hasSize(1);
    }

    private static UnifiedReport report() {
        DayMerge merge = UnifiedFixture.merge(new OfferedMetrics(Map.of()));
        List<SourceAnswer> answers = DayMergeBenchmark.answers(new DayRange(DAY.minusDays(6), DAY.plusDays(2)));
        return new UnifiedReport(
                new UserId("a-member"),
                Instant.parse("2026-11-22T12:00:00Z"),
                ZoneOffset.ofHours(1),
                Preferences.NONE,
                answers.stream()
                        .map(answer -> new TimedAnswer(answer, Duration.ZERO))
                        .toList(),
                merge.apply(DayRange.of(DAY), answers, Preferences.NONE),
                Duration.ZERO,
                Duration.ZERO,
                merge.basis(Preferences.NONE));
    }
}
