package io.holisticos.app.probes;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.Duration;
import io.holisticos.sahha.SahhaVitals;
import io.holisticos.whoop.WhoopVitals;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolExhaustedException;

/** Builds and registers everything that says how the service does. */
public final class Probes {

    /** One for each look. */
    private static final int THREADS = 4;

    private Probes() {}

    /**
     * What every request needs.
     *
     * @param database the entry point's
     * @param migrations healthy when all of its change sets have run
     */
    public record EntryPoint(DataSource database, HealthCheck migrations, SahhaVitals sahha) {}

    /** What only WHOOP's part needs; {@code enabled} says whether it is switched on for anybody. */
    public record Integration(WhoopVitals vitals, BooleanSupplier enabled) {}

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
                look(() -> isReachable(entryPoint.database()), threads),
                look(() -> entryPoint.migrations().execute().isHealthy(), threads),
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

    private static boolean isReachable(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return connection.isValid(1);
        } catch (PoolExhaustedException e) {
            return true; // busy: taking this replica away would only make the others busier
        } catch (SQLException e) {
            return false;
        }
    }
}
