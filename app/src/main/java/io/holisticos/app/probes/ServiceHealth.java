package io.holisticos.app.probes;

import io.holisticos.app.probes.Readiness.Check;
import io.holisticos.health.Deadline;
import io.holisticos.sahha.SahhaVitals;
import io.holisticos.whoop.WhoopVitals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Computes the health of the service from its probes. WHOOP never makes the service unready, since callers of Sahha do not need it. Thread-safe. */
final class ServiceHealth {

    private final Drain drain;
    private final BoundedProbes probes;
    private final SahhaVitals sahha;
    private final Optional<WhoopVitals> whoop;

    ServiceHealth(Drain drain, BoundedProbes probes, SahhaVitals sahha, Optional<WhoopVitals> whoop) {
        this.drain = drain;
        this.probes = probes;
        this.sahha = sahha;
        this.whoop = whoop;
    }

    /** Whether requests should be sent to this process. */
    Readiness readiness() {
        Deadline deadline = probes.begin();
        List<Check> checks = new ArrayList<>();
        HealthStatus database = read(probes.database(), deadline);
        checks.add(new Check("database", text(database)));
        boolean ready = database != HealthStatus.DOWN;
        ready &= add(checks, "migrations", isTrue(probes.migrations(), deadline));
        checks.add(new Check("drain", drain.isDraining() ? "draining" : "ok"));
        whoop.ifPresent(vitals -> addWhoop(checks, vitals, deadline));
        boolean degraded = checks.stream().anyMatch(check -> check.status().equals("degraded"));
        return Readiness.of(ready, drain.isDraining(), degraded, checks);
    }

    /** The health of the WHOOP integration. */
    IntegrationHealth whoop() {
        Deadline deadline = probes.begin();
        return whoop.map(vitals -> whoop(vitals, deadline)).orElseGet(IntegrationHealth::notConfigured);
    }

    /** The health of the Sahha integration, and of the database that both share with the entry point. */
    SahhaHealth sahha() {
        Deadline deadline = probes.begin();
        HealthStatus database = read(probes.database(), deadline);
        Map<String, String> breakers = sahha.breakers();
        HealthStatus status = HealthStatus.OK;
        if (database == HealthStatus.DOWN) {
            status = HealthStatus.DOWN;
        } else if (database == HealthStatus.DEGRADED || sahha.isFailing() || !allClosed(breakers)) {
            status = HealthStatus.DEGRADED;
        }
        return new SahhaHealth(
                status,
                database,
                IntegrationHealth.Breaker.of(breakers),
                sahha.lastFetchedAt().orElse(null));
    }

    boolean isDraining() {
        return drain.isDraining();
    }

    private IntegrationHealth whoop(WhoopVitals vitals, Deadline deadline) {
        @Nullable
        Boolean enabled =
                probes.whoopEnabled().flatMap(probe -> probe.read(deadline)).orElse(null);
        Optional<WhoopVitals.Stored> stored = probes.whoopStored().flatMap(probe -> probe.read(deadline));
        Map<String, String> breakers = vitals.breakers();
        boolean jobs = vitals.areJobsRunning();
        WhoopVitals.Forbidden forbidden = vitals.forbidden();
        boolean vault = vitals.isVaultWell();
        WhoopVitals.@Nullable Quota quota =
                stored.map(WhoopVitals.Stored::quota).orElse(null);
        @Nullable
        List<WhoopVitals.FailingJob> failing =
                stored.map(WhoopVitals.Stored::failing).orElse(null);
        HealthStatus database = whoopDatabase(deadline, stored.isPresent());
        boolean working = database == HealthStatus.OK && jobs && (failing == null || failing.isEmpty());
        @Nullable
        Instant lastSyncedAt = stored.flatMap(WhoopVitals.Stored::lastSyncedAt).orElse(null);
        return new IntegrationHealth(
                statusOf(enabled, database, quota, allClosed(breakers) && working && vault && !forbidden.recent()),
                true,
                enabled,
                database,
                jobs,
                vault ? HealthStatus.OK : HealthStatus.DEGRADED,
                failing,
                lastSyncedAt,
                IntegrationHealth.Breaker.of(breakers),
                quota,
                forbidden,
                stored.map(WhoopVitals.Stored::members).orElse(null));
    }

    private static HealthStatus statusOf(
            @Nullable Boolean enabled, HealthStatus database, WhoopVitals.@Nullable Quota quota, boolean undisturbed) {
        if (Boolean.FALSE.equals(enabled)) {
            return HealthStatus.DISABLED;
        }
        if (database == HealthStatus.DOWN) {
            return HealthStatus.DOWN;
        }
        return undisturbed && quota != null && quota.blockedUntil() == null ? HealthStatus.OK : HealthStatus.DEGRADED;
    }

    private void addWhoop(List<Check> checks, WhoopVitals vitals, Deadline deadline) {
        Optional<WhoopVitals.Stored> stored = probes.whoopStored().flatMap(probe -> probe.read(deadline));
        boolean free = stored.map(seen -> seen.quota().blockedUntil() == null)
                .orElse(true); // check whoop_database shows when it is unknown
        checks.add(new Check(
                "whoop_database",
                text(
                        stored.isPresent() && whoopDatabase(deadline, true) == HealthStatus.OK
                                ? HealthStatus.OK
                                : HealthStatus.DEGRADED)));
        checks.add(new Check(
                "whoop_breakers", text(allClosed(vitals.breakers()) ? HealthStatus.OK : HealthStatus.DEGRADED)));
        checks.add(new Check("whoop_vault", text(vitals.isVaultWell() ? HealthStatus.OK : HealthStatus.DEGRADED)));
        checks.add(new Check("whoop_quota", text(free ? HealthStatus.OK : HealthStatus.DEGRADED)));
    }

    private static boolean add(List<Check> checks, String name, boolean passed) {
        checks.add(new Check(name, text(passed ? HealthStatus.OK : HealthStatus.DOWN)));
        return passed;
    }

    /** A database that answered a query counts as well, even if its own probe has no result; one that is only busy is not down. */
    private HealthStatus whoopDatabase(Deadline deadline, boolean answered) {
        return probes.whoopDatabase()
                .flatMap(probe -> probe.read(deadline))
                .orElse(answered ? HealthStatus.OK : HealthStatus.DOWN);
    }

    private static HealthStatus read(BoundedProbe<HealthStatus> probe, Deadline deadline) {
        return probe.read(deadline).orElse(HealthStatus.DOWN);
    }

    private static boolean isTrue(BoundedProbe<Boolean> probe, Deadline deadline) {
        return probe.read(deadline).orElse(false);
    }

    private static boolean allClosed(Map<String, String> breakers) {
        return breakers.values().stream().noneMatch(state -> state.endsWith("open"));
    }

    private static String text(HealthStatus status) {
        return status.text();
    }
}
