package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The body of {@code /health/ready}. */
public record Readiness(
        @Schema(
                description = "ready and degraded come with 200, draining and not_ready with 503",
                allowableValues = {"ready", "degraded", "draining", "not_ready"})
        @JsonProperty("status")
        String status,

        @JsonProperty("checks") List<Check> checks) {

    /** The result of one check. */
    public record Check(
            @Schema(
                    description =
                            "database, migrations, drain, warm_up, whoop_database, whoop_breakers, whoop_vault, whoop_quota")
            @JsonProperty("name")
            String name,

            @Schema(allowableValues = {"ok", "degraded", "down", "draining", "warming"}) @JsonProperty("status")
            String status) {}

    static Readiness of(boolean ready, boolean draining, boolean degraded, List<Check> checks) {
        if (!ready) {
            return new Readiness("not_ready", List.copyOf(checks));
        }
        if (draining) {
            return new Readiness("draining", List.copyOf(checks));
        }
        return new Readiness(degraded ? "degraded" : "ready", List.copyOf(checks));
    }

    @JsonIgnore
    @Schema(hidden = true)
    boolean takesRequests() {
        return status.equals("ready") || isDegraded();
    }

    @JsonIgnore
    @Schema(hidden = true)
    boolean isDegraded() {
        return status.equals("degraded");
    }
}
