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

/** Builds and registers everything that says how the service does. */
public final class Probes {

    /** One for each look. */
    private static final int THREADS = 5;

    private Probes() {}

    /**
     * What every request needs.
     *
     * @param database the entry point's
     * @param migrations healthy when all of its change sets have run
     */
    public record EntryPoint(DataSource database, HealthCheck migrations, SahhaVitals sahha) {}

    /**
     * What only WHOOP's part needs.
     *
     * @param database WHOOP's own
     * @param enabled whether it is switched on for anybody
     */
    public record Integration(DataSource database, WhoopVitals vitals, BooleanSupplier enabled) {}

    /** @param whoop empty when it is not configured */
    public static void register(
            Environment environment, Drain drain, EntryPoint entryPoint, Optional<Integration> whoop, Clock clock) {
        ExecutorService threads = environment
                .lifecycle()
                .executorService("probes-%d")
                .minThreads(THREADS)
                .maxThreads(THREADS)
                .shutdownTime(Duration.milliseconds(1)) // a look that hangs must not hold the end
                .build();
        Looks looks = new Looks(
                look(() -> seen(entryPoint.database()), threads),
                look(() -> entryPoint.migrations().execute().isHealthy(), threads),
                whoop.map(part -> look(() -> seen(part.database()), threads)),
                whoop.map(part -> look(() -> part.enabled().getAsBoolean(), threads)),
                whoop.map(part -> look(() -> part.vitals().readStored(), threads)));
        ServiceHealth health = new ServiceHealth(drain, looks, entryPoint.sahha(), whoop.map(Integration::vitals));
        environment.jersey().register(new ProbeResource(health));
        environment.jersey().register(new WhoopHealthResource(health));
        environment.jersey().register(new DetailedHealthResource(health, clock));
    }

    private static <T> Look<T> look(Supplier<T> look, ExecutorService threads) {
        return new Look<>(look, threads, System::nanoTime);
    }

    private static Word seen(DataSource database) {
        return switch (DatabaseState.of(database).condition()) {
            case WRITABLE, BUSY -> Word.OK; // to take a busy replica away would only make the others busier
            case READ_ONLY -> Word.DEGRADED; // what is held is still read
            case AWAY -> Word.DOWN;
        };
    }
}
