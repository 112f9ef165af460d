package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.vitals.BreakerState;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceHealth;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The health of the Sahha integration. */
public record SahhaHealth(
        @Schema(
                description = "ok; degraded: a breaker is not closed, the last request failed or its"
                        + " database takes no writes; down: the entry point's"
                        + " database does not answer")
        @JsonProperty("status")
        HealthStatus status,

        @Schema(description = "ok; degraded: it takes no writes; down: it does not answer") @JsonProperty("database")
        HealthStatus database,

        @Schema(description = "Commands that were called since the start") @JsonProperty("breakers")
        List<BreakerState> breakers,

        @Schema(description = "When this process last fetched from Sahha; null when it did not yet")
        @JsonProperty("last_fetched_at")
        @Nullable
        Instant lastFetchedAt)
        implements SourceHealth {}
