package io.holisticos.sahha.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
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

/** How long it takes to read what Sahha answers of 14 days, and how much it allocates: biomarkers, and scores with their factors. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecordDecoderBenchmark {

    private final ObjectMapper json = new ObjectMapper();
    private final RecordDecoder decoder = new RecordDecoder(new MetricRegistry());
    private final byte[] biomarkers = fixture("biomarkers.sleep.14-days.response-200.json");
    private final byte[] scores = fixture("scores.sleep.13-days.response-200.json");

    @Benchmark
    public List<SahhaRecord> biomarkers() throws IOException {
        JsonNode rows = json.readTree(biomarkers);
        return decoder.decode(SahhaKind.BIOMARKERS, rows);
    }

    @Benchmark
    public List<SahhaRecord> scores() throws IOException {
        JsonNode rows = json.readTree(scores);
        return decoder.decode(SahhaKind.SCORES, rows);
    }

    @Test
    void decodingIsMeasured() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(RecordDecoderBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();

        assertThat(results).hasSize(2);
    }

    private static byte[] fixture(String name) {
        try (InputStream file = RecordDecoderBenchmark.class.getResourceAsStream("/fixtures/sahha/" + name)) {
            return Objects.requireNonNull(file, name).readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
