package io.holisticos.app.probes;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.Duration;
import io.holisticos.database.DatabaseState;
import io.holisticos.health.SourceName;
import io.holisticos.sahha.SahhaVitals;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SlowGauge;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Builds and registers the routes that show the health of the service. */
public final class Probes {

    /** Of the entry point: its database and its migrations. */
    private static final int OF_ENTRY_POINT = 2;

    private static final java.time.Duration LASTS = java.time.Duration.ofSeconds(1);

    private Probes() {}

    /**
     * The parts that every request needs.
     *
     * @param database the entry point's database
     * @param migrations healthy when all of its change sets have run
     */
    public record EntryPoint(DataSource database, HealthCheck migrations, SahhaVitals sahha) {}

    /** @param others the sources beside the entry point, configured or not */
    public static void register(
            Environment environment, Traffic traffic, EntryPoint entryPoint, List<ProbedSource> others, Clock clock) {
        List<ProbedSource> configured = others.stream()
                .filter(source -> source.configured().isPresent())
                .toList();
        ExecutorService threads = threads(environment, OF_ENTRY_POINT + SourceProbes.COUNT * configured.size());
        BoundedProbes probes = new BoundedProbes(
                probe(() -> statusOf(entryPoint.database()), threads),
                probe(() -> entryPoint.migrations().execute().isHealthy(), threads),
                configured.stream()
                        .<SourceProbes<?>>map(source ->
                                probesOf(source.name(), source.configured().orElseThrow(), threads))
                        .toList());
        ServiceHealth health = new ServiceHealth(traffic, probes, entryPoint.sahha(), others);
        show(environment.metrics(), health);
        environment.jersey().register(new ProbeResource(health));
        environment.jersey().register(new SourceHealthResource(health));
        environment.jersey().register(new DetailedHealthResource(health, clock));
    }

    /** The gauges {@code service.ready} and {@code service.degraded}. */
    private static void show(MetricRegistry metrics, ServiceHealth health) {
        SlowGauge<Readiness> readiness = new SlowGauge<>(LASTS, health::readiness);
        Gauge<Integer> ready =
                () -> readiness.getValue().filter(Readiness::takesRequests).isPresent() ? 1 : 0;
        Gauge<Integer> degraded =
                () -> readiness.getValue().filter(Readiness::isDegraded).isPresent() ? 1 : 0;
        metrics.gauge("service.ready", () -> ready);
        metrics.gauge("service.degraded", () -> degraded);
    }

    /** @param count one for each probe, since each may hang */
    private static ExecutorService threads(Environment environment, int count) {
        return environment
                .lifecycle()
                .executorService("probes-%d")
                .minThreads(count)
                .maxThreads(count)
                .shutdownTime(Duration.milliseconds(1)) // a probe that hangs must not delay the end of the service
                .build();
    }

    private static <S> SourceProbes<S> probesOf(
            SourceName name, ProbedSource.Configured<S> source, ExecutorService threads) {
        return new SourceProbes<>(
                name,
                source.vitals(),
                probe(() -> statusOf(source.database()), threads),
                probe(() -> source.enabled().getAsBoolean(), threads),
                probe(() -> source.vitals().readStored(), threads));
    }

    private static <T> BoundedProbe<T> probe(Supplier<T> work, ExecutorService threads) {
        return new BoundedProbe<>(work, threads, System::nanoTime);
    }

    private static HealthStatus statusOf(DataSource database) {
        return switch (DatabaseState.of(database).condition()) {
            case WRITABLE, BUSY ->
                HealthStatus.OK; // taking a busy replica out of service would only make the others busier
            case READ_ONLY -> HealthStatus.DEGRADED; // stored data can still be read
            case AWAY -> HealthStatus.DOWN;
        };
    }
}
