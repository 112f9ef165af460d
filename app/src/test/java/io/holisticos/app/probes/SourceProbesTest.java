package io.holisticos.app.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.probes.Readiness.Check;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceHealth;
import io.holisticos.vitals.SourceVitals;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The probes of a source that the service does not have: nothing in them is of one source only. */
class SourceProbesTest {

    private static final SourceName RING = new SourceName("ring");
    private static final Duration WAIT = Duration.ofSeconds(5);

    @Test
    void readinessShowsDatabaseBreakersAndTheSourcesOwnPartsUnderItsName() {
        SourceProbes<Integer> probes = probes(() -> 80);

        assertThat(probes.checks(Deadline.after(WAIT)))
                .containsExactly(
                        new Check("ring_database", "ok"),
                        new Check("ring_breakers", "degraded"),
                        new Check("ring_battery", "ok"));
    }

    @Test
    void whatCannotBeReadIsBlamedOnTheDatabaseAlone() {
        SourceProbes<Integer> probes = probes(() -> {
            throw new SourceUnavailable(RING, Duration.ofSeconds(1));
        });

        assertThat(probes.checks(Deadline.after(WAIT)))
                .containsExactly(
                        new Check("ring_database", "degraded"),
                        new Check("ring_breakers", "degraded"),
                        new Check("ring_battery", "ok"));
    }

    @Test
    void theHealthIsTheSourcesOwn() {
        SourceHealth health = probes(() -> 80).health(Deadline.after(WAIT));

        assertThat(health).isEqualTo(new RingHealth(HealthStatus.OK, 80));
    }

    private static SourceProbes<Integer> probes(Supplier<Integer> stored) {
        return new SourceProbes<>(
                RING, new RingVitals(stored), probe(() -> HealthStatus.OK), probe(() -> true), probe(stored));
    }

    private static <T> BoundedProbe<T> probe(Supplier<T> work) {
        return new BoundedProbe<>(work, Runnable::run, System::nanoTime);
    }

    private record RingHealth(HealthStatus status, int battery) implements SourceHealth {}

    private record RingVitals(Supplier<Integer> stored) implements SourceVitals<Integer> {

        @Override
        public SortedMap<String, String> breakers() {
            return new TreeMap<>(Map.of("ring.sleep", "half_open"));
        }

        @Override
        public Integer readStored() {
            return stored.get();
        }

        @Override
        public Map<String, Boolean> parts(Optional<Integer> found) {
            return Map.of("battery", found.map(percent -> percent > 10).orElse(true));
        }

        @Override
        public SourceHealth health(Findings<Integer> findings) {
            return new RingHealth(findings.database(), findings.stored().orElse(0));
        }
    }
}
