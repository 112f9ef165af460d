package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/** The health of both integrations and of the service as a whole. */
public record DetailedHealth(
        @JsonProperty("service") String service,

        @Schema(description = "ok; degraded: a part does not do as it should; down: Sahha data cannot be read")
        @JsonProperty("status")
        HealthStatus status,

        @Schema(description = "Whether this process wants no new callers") @JsonProperty("draining")
        boolean draining,

        @JsonProperty("integrations") Integrations integrations,
        @JsonProperty("timestamp") Instant timestamp) {

    /** The integrations by source. */
    public record Integrations(
            @JsonProperty("sahha") SahhaHealth sahha,
            @JsonProperty("whoop") IntegrationHealth whoop) {}

    static DetailedHealth of(SahhaHealth sahha, IntegrationHealth whoop, boolean draining, Instant now) {
        return new DetailedHealth(
                "unified-health",
                overall(sahha.status(), whoop.status()),
                draining,
                new Integrations(sahha, whoop),
                now);
    }

    /** An integration that is off on purpose does not degrade the service. */
    private static HealthStatus overall(HealthStatus sahha, HealthStatus whoop) {
        if (sahha == HealthStatus.DOWN) {
            return HealthStatus.DOWN;
        }
        return switch (whoop) {
            case OK, DISABLED, NOT_CONFIGURED -> sahha;
            case DEGRADED, DOWN -> HealthStatus.DEGRADED;
        };
    }
}
