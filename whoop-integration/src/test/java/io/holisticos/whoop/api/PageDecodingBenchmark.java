package io.holisticos.whoop.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holisticos.outbound.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
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

/** How long it takes to read a page of 25 sleeps as WHOOP sends it, and how much it allocates. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageDecodingBenchmark {

    private static final int RECORDS = 25;

    private final WireReader reader = new WireReader(
            WhoopApi.WHOOP,
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build(),
            new MetricRegistry());
    private final Reply reply = new Reply(WhoopApi.WHOOP, 200, Map.of(), page());

    @Benchmark
    public Object page25() {
        return reader.page(reply, Sleep.class);
    }

    @Test
    void decodingIsMeasured() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(PageDecodingBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();

        assertThat(results).hasSize(1);
    }

    private static byte[] page() {
        String records = String.join(",", Collections.nCopies(RECORDS, sleep()));
        return ("{\"records\":[" + records + "],\"next_token\":null}").getBytes(StandardCharsets.UTF_8);
    }

    private static String sleep() {
        try (InputStream file = PageDecodingBenchmark.class.getResourceAsStream("/fixtures/whoop/sleep-scored.json")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
