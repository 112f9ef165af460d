package io.holisticos.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** How long it takes to seal what WHOOP sends of a sleep, about 1 kB, and to open it, once the member's key is in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class VaultBenchmark {

    private static final UserId WHO = new UserId("a-member");
    private static final String PURPOSE = "whoop.payload";
    private static final byte[] PLAIN = new byte[1_000];

    private Vault vault;
    private byte[] sealed;

    @Setup
    public void open() {
        Jdbi database = TestDatabase.empty().jdbi();
        database.useHandle(handle -> VaultTest.TABLES.forEach(handle::execute));
        vault = new Vault(
                database,
                OneVaultKey.of("k1", Base64.getEncoder().encodeToString(new byte[32])),
                new SecureRandom(),
                Clock.systemUTC());
        sealed = vault.seal(WHO, PURPOSE, PLAIN);
    }

    @Benchmark
    public byte[] seal() {
        return vault.seal(WHO, PURPOSE, PLAIN);
    }

    @Benchmark
    public byte[] openAgain() {
        return vault.open(WHO, PURPOSE, sealed);
    }

    @Test
    void sealingIsMeasured() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(VaultBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();

        assertThat(results).hasSize(2);
    }
}
