package io.holisticos.app.probes;

import io.holisticos.app.probes.Readiness.Check;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceName;
import io.holisticos.vitals.BreakerState;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceHealth;
import io.holisticos.vitals.SourceVitals;
import io.holisticos.vitals.SourceVitals.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The probes of one source beside the entry point. Thread-safe.
 *
 * @param <S> what only the source's database knows
 */
record SourceProbes<S>(
        SourceName name,
        SourceVitals<S> vitals,
        BoundedProbe<HealthStatus> database,
        BoundedProbe<Boolean> enabled,
        BoundedProbe<S> stored) {

    /** How many probes a source has, each of which may hang. */
    static final int COUNT = 3;

    /** Starts all probes at the same time. */
    void begin() {
        database.begin();
        enabled.begin();
        stored.begin();
    }

    /** What readiness shows of the source. */
    List<Check> checks(Deadline deadline) {
        Optional<S> found = stored.read(deadline);
        List<Check> checks = new ArrayList<>();
        checks.add(check("database", found.isPresent() && databaseStatus(deadline, true) == HealthStatus.OK));
        checks.add(check("breakers", BreakerState.areAllClosed(vitals.breakers())));
        vitals.parts(found).forEach((part, well) -> checks.add(check(part, well)));
        return checks;
    }

    SourceHealth health(Deadline deadline) {
        Optional<Boolean> isEnabled = enabled.read(deadline);
        Optional<S> found = stored.read(deadline);
        return vitals.health(new Findings<>(databaseStatus(deadline, found.isPresent()), isEnabled, found));
    }

    /** A database that answered a query counts as well, even if its own probe has no result; one that is only busy is not down. */
    private HealthStatus databaseStatus(Deadline deadline, boolean answered) {
        return database.read(deadline).orElse(answered ? HealthStatus.OK : HealthStatus.DOWN);
    }

    private Check check(String part, boolean well) {
        return new Check(name.value() + "_" + part, (well ? HealthStatus.OK : HealthStatus.DEGRADED).text());
    }
}
