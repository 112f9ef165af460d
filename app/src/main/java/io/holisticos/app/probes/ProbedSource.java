package io.holisticos.app.probes;

import io.holisticos.health.SourceName;
import io.holisticos.vitals.SourceHealth;
import io.holisticos.vitals.SourceVitals;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * A source beside the entry point. It never makes the service unready, since callers of the entry point do not need it.
 *
 * @param configured empty when its module is not built because it has no credentials
 * @param unconfigured its health then
 */
public record ProbedSource(SourceName name, Optional<Configured<?>> configured, SourceHealth unconfigured) {

    /**
     * The parts that are probed.
     *
     * @param database the source's own database
     * @param enabled whether the source is switched on for any member
     */
    public record Configured<S>(DataSource database, SourceVitals<S> vitals, BooleanSupplier enabled) {}
}
