package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.sahha.SahhaModule;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceHealth;
import io.holisticos.whoop.IntegrationHealth;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The health of both integrations and of the service as a whole. */
public record DetailedHealth(
        @JsonProperty("service") String service,

        @Schema(description = "ok; degraded: a part does not do as it should; down: Sahha data cannot be read")
        @JsonProperty("status")
        HealthStatus status,

        @Schema(description = "Whether this process wants no new callers") @JsonProperty("draining")
        boolean draining,

        @Schema(implementation = Integrations.class) @JsonProperty("integrations")
        Map<String, SourceHealth> integrations,

        @JsonProperty("timestamp") Instant timestamp) {

    public DetailedHealth {
        integrations = Collections.unmodifiableMap(new LinkedHashMap<>(integrations)); // keeps the order
    }

    /** What the API's document says of the integrations, by source. */
    public record Integrations(
            @JsonProperty("sahha") SahhaHealth sahha,
            @JsonProperty("whoop") IntegrationHealth whoop) {}

    /** @param others the health of the other sources by name */
    static DetailedHealth of(SahhaHealth sahha, Map<String, SourceHealth> others, boolean draining, Instant now) {
        Map<String, SourceHealth> all = new LinkedHashMap<>();
        all.put(SahhaModule.NAME.value(), sahha);
        all.putAll(others);
        return new DetailedHealth("unified-health", overall(sahha.status(), others.values()), draining, all, now);
    }

    /** An integration that is off on purpose does not degrade the service. */
    private static HealthStatus overall(HealthStatus sahha, Collection<SourceHealth> others) {
        boolean allWell = others.stream().allMatch(other -> switch (other.status()) {
            case OK, DISABLED, NOT_CONFIGURED -> true;
            case DEGRADED, DOWN -> false;
        });
        return allWell || sahha == HealthStatus.DOWN ? sahha : HealthStatus.DEGRADED;
    }
}
