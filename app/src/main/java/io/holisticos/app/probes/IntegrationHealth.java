package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.whoop.WhoopVitals;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
        List<Breaker> breakers,

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
        WhoopVitals.@Nullable Members members) {

    /** The state of the breaker of one command. */
    public record Breaker(
            @Schema(description = "The command key, such as whoop.cycle") @JsonProperty("command")
            String command,

            @Schema(description = "closed, open, half_open, forced_open or forced_closed") @JsonProperty("state")
            String state) {

        static List<Breaker> of(Map<String, String> states) {
            return states.entrySet().stream()
                    .map(entry -> new Breaker(entry.getKey(), entry.getValue()))
                    .toList();
        }
    }

    static IntegrationHealth notConfigured() {
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
