package io.holisticos.app.probes;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.Duration;
import io.holisticos.database.DatabaseState;
import io.holisticos.sahha.SahhaVitals;
import io.holisticos.whoop.WhoopVitals;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Builds and registers the routes that show the health of the service. */
public final class Probes {

    /** One for each probe. */
    private static final int THREADS = 5;

    private Probes() {}

    /**
     * The parts that every request needs.
     *
     * @param database the entry point's database
     * @param migrations healthy when all of its change sets have run
     */
    public record EntryPoint(DataSource database, HealthCheck migrations, SahhaVitals sahha) {}

    /**
     * The parts that only WHOOP needs.
     *
     * @param database WHOOP's database
     * @param enabled whether WHOOP is switched on for any member
     */
    public record Integration(DataSource database, WhoopVitals vitals, BooleanSupplier enabled) {}

    /** @param whoop empty when WHOOP is not configured */
    public static void register(
            Environment environment, Drain drain, EntryPoint entryPoint, Optional<Integration> whoop, Clock clock) {
        ExecutorService threads = environment
                .lifecycle()
                .executorService("probes-%d")
                .minThreads(THREADS)
                .maxThreads(THREADS)
                .shutdownTime(Duration.milliseconds(1)) // a probe that hangs must not delay the end of the service
                .build();
        BoundedProbes probes = new BoundedProbes(
                probe(() -> statusOf(entryPoint.database()), threads),
                probe(() -> entryPoint.migrations().execute().isHealthy(), threads),
                whoop.map(part -> probe(() -> statusOf(part.database()), threads)),
                whoop.map(part -> probe(() -> part.enabled().getAsBoolean(), threads)),
                whoop.map(part -> probe(() -> part.vitals().readStored(), threads)));
        ServiceHealth health = new ServiceHealth(drain, probes, entryPoint.sahha(), whoop.map(Integration::vitals));
        environment.jersey().register(new ProbeResource(health));
        environment.jersey().register(new WhoopHealthResource(health));
        environment.jersey().register(new DetailedHealthResource(health, clock));
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
