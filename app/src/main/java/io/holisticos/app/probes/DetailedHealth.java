package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/** Both integrations, and the service as a whole. */
public record DetailedHealth(
        @JsonProperty("service") String service,

        @Schema(description = "ok; degraded: a part does not do as it should; down: Sahha data cannot be read")
        @JsonProperty("status")
        Word status,

        @Schema(description = "Whether this process wants no new callers") @JsonProperty("draining")
        boolean draining,

        @JsonProperty("integrations") Integrations integrations,
        @JsonProperty("timestamp") Instant timestamp) {

    /** By source. */
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

    /** What is off on purpose takes nothing away. */
    private static Word overall(Word sahha, Word whoop) {
        if (sahha == Word.DOWN) {
            return Word.DOWN;
        }
        return switch (whoop) {
            case OK, DISABLED, NOT_CONFIGURED -> sahha;
            case DEGRADED, DOWN -> Word.DEGRADED;
        };
    }
}
