package io.holisticos.app.probes;

import io.holisticos.app.probes.Readiness.Check;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceName;
import io.holisticos.sahha.SahhaVitals;
import io.holisticos.vitals.BreakerState;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceHealth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Computes the health of the service from its probes. Only the entry point makes it unready, since its callers need no other source. Thread-safe. */
final class ServiceHealth {

    private final Drain drain;
    private final WarmUp warmUp;
    private final BoundedProbes probes;
    private final SahhaVitals sahha;
    private final List<ProbedSource> others;

    /** @param others the sources beside the entry point, configured or not */
    ServiceHealth(Traffic traffic, BoundedProbes probes, SahhaVitals sahha, List<ProbedSource> others) {
        this.drain = traffic.drain();
        this.warmUp = traffic.warmUp();
        this.probes = probes;
        this.sahha = sahha;
        this.others = List.copyOf(others);
    }

    /** Whether requests should be sent to this process. */
    Readiness readiness() {
        Deadline deadline = probes.begin();
        List<Check> checks = new ArrayList<>();
        HealthStatus database = databaseStatus(deadline);
        checks.add(new Check("database", database.text()));
        boolean migrated = probes.migrations().read(deadline).orElse(false);
        checks.add(new Check("migrations", (migrated ? HealthStatus.OK : HealthStatus.DOWN).text()));
        checks.add(new Check("drain", drain.isDraining() ? "draining" : "ok"));
        boolean warm = warmUp.isOver();
        if (!warm) {
            checks.add(new Check("warm_up", "warming")); // nothing to check once it is over
        }
        probes.sources().forEach(source -> checks.addAll(source.checks(deadline)));
        boolean degraded = checks.stream().anyMatch(check -> check.status().equals("degraded"));
        return Readiness.of(
                database != HealthStatus.DOWN && migrated && (warm || drain.isDraining()),
                drain.isDraining(),
                degraded,
                checks);
    }

    /** The health of a source beside the entry point. */
    SourceHealth of(SourceName name) {
        ProbedSource source = others.stream()
                .filter(other -> other.name().equals(name))
                .findFirst()
                .orElseThrow();
        return of(source, probes.begin());
    }

    /** The health of each source beside the entry point by its name, in the order of the list of sources. */
    Map<String, SourceHealth> others() {
        Deadline deadline = probes.begin();
        Map<String, SourceHealth> all = new LinkedHashMap<>();
        others.forEach(source -> all.put(source.name().value(), of(source, deadline)));
        return all;
    }

    /** The health of the Sahha integration, and of the database that it shares with the entry point. */
    SahhaHealth sahha() {
        HealthStatus database = databaseStatus(probes.begin());
        Map<String, String> breakers = sahha.breakers();
        HealthStatus status = HealthStatus.OK;
        if (database == HealthStatus.DOWN) {
            status = HealthStatus.DOWN;
        } else if (database == HealthStatus.DEGRADED || sahha.isFailing() || !BreakerState.areAllClosed(breakers)) {
            status = HealthStatus.DEGRADED;
        }
        return new SahhaHealth(
                status,
                database,
                BreakerState.of(breakers),
                sahha.lastFetchedAt().orElse(null));
    }

    boolean isDraining() {
        return drain.isDraining();
    }

    private SourceHealth of(ProbedSource source, Deadline deadline) {
        Stream<SourceProbes<?>> probed =
                probes.sources().stream().filter(any -> any.name().equals(source.name()));
        return probed.findFirst().map(found -> found.health(deadline)).orElse(source.unconfigured());
    }

    private HealthStatus databaseStatus(Deadline deadline) {
        return probes.database().read(deadline).orElse(HealthStatus.DOWN);
    }
}
