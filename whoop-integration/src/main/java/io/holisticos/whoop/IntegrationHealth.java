package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.vitals.BreakerState;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceHealth;
import io.holisticos.vitals.SourceVitals.Findings;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The health of the WHOOP integration. */
public record IntegrationHealth(
        @Schema(
                description =
                        "ok; degraded: a breaker is not closed, WHOOP blocks us or answered 403 lately, jobs do not run or fail"
                                + " again and again, sealed values do not open, or its database takes no writes or is too busy"
                                + " to tell the quota; down: its database does not answer;"
                                + " disabled: switched off;"
                                + " not_configured: no credentials")
        @JsonProperty("status")
        HealthStatus status,

        @Schema(description = "Whether there are credentials") @JsonProperty("configured")
        boolean configured,

        @Schema(description = "Whether it is switched on for anybody; null when that cannot be read")
        @JsonProperty("enabled")
        @Nullable
        Boolean enabled,

        @Schema(description = "ok; degraded: it takes no writes; down: it does not answer") @JsonProperty("database")
        HealthStatus database,

        @Schema(description = "Whether this process takes jobs, and those that recur are on the list")
        @JsonProperty("jobs_running")
        boolean jobsRunning,

        @Schema(description = "ok; degraded: tokens and payloads do not open, or vault.keys were not checked yet")
        @JsonProperty("vault")
        HealthStatus vault,

        @Schema(
                description =
                        "Jobs that failed three times in a row or more, by how they failed last; null when that cannot be read")
        @JsonProperty("failing_jobs")
        @Nullable
        List<WhoopVitals.FailingJob> failingJobs,

        @Schema(description = "When the newest complete sync of any member ended; null before the first")
        @JsonProperty("last_synced_at")
        @Nullable
        Instant lastSyncedAt,

        @Schema(description = "Commands that were called since the start") @JsonProperty("breakers")
        List<BreakerState> breakers,

        @Schema(description = "Null when it cannot be read") @JsonProperty("quota")
        WhoopVitals.@Nullable Quota quota,

        @Schema(
                description =
                        "Calls that this process saw answered with 403; they are made again later, and no connection"
                                + " ends by them. Null without credentials")
        @JsonProperty("forbidden")
        WhoopVitals.@Nullable Forbidden forbidden,

        @Schema(
                description =
                        "How many members are connected, and how many there may be. Null when the database does not"
                                + " answer")
        @JsonProperty("members")
        WhoopVitals.@Nullable Members members)
        implements SourceHealth {

    static IntegrationHealth of(WhoopVitals vitals, Findings<WhoopVitals.Stored> findings) {
        Optional<WhoopVitals.Stored> stored = findings.stored();
        HealthStatus database = findings.database();
        Map<String, String> breakers = vitals.breakers();
        boolean jobs = vitals.areJobsRunning();
        WhoopVitals.Forbidden forbidden = vitals.forbidden();
        boolean vault = vitals.isVaultWell();
        WhoopVitals.@Nullable Quota quota =
                stored.map(WhoopVitals.Stored::quota).orElse(null);
        @Nullable
        List<WhoopVitals.FailingJob> failing =
                stored.map(WhoopVitals.Stored::failing).orElse(null);
        @Nullable Boolean enabled = findings.enabled().orElse(null);
        boolean working = database == HealthStatus.OK && jobs && (failing == null || failing.isEmpty());
        @Nullable
        Instant lastSyncedAt = stored.flatMap(WhoopVitals.Stored::lastSyncedAt).orElse(null);
        return new IntegrationHealth(
                statusOf(
                        enabled,
                        database,
                        quota,
                        BreakerState.areAllClosed(breakers) && working && vault && !forbidden.recent()),
                true,
                enabled,
                database,
                jobs,
                vault ? HealthStatus.OK : HealthStatus.DEGRADED,
                failing,
                lastSyncedAt,
                BreakerState.of(breakers),
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

    /** The health while there are no credentials. */
    public static IntegrationHealth notConfigured() {
        return new IntegrationHealth(
                HealthStatus.NOT_CONFIGURED,
                false,
                false,
                HealthStatus.NOT_CONFIGURED,
                false,
                HealthStatus.NOT_CONFIGURED,
                null,
                null,
                List.of(),
                null,
                null,
                null);
    }
}
