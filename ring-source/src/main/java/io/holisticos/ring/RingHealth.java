package io.holisticos.ring;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceHealth;
import org.jspecify.annotations.Nullable;

/**
 * The health of the ring.
 *
 * @param members null when that cannot be read
 */
public record RingHealth(
        @JsonProperty("status") HealthStatus status,
        @JsonProperty("members") @Nullable Integer members) implements SourceHealth {

    /** Its health where it is not configured. */
    public static RingHealth notConfigured() {
        return new RingHealth(HealthStatus.NOT_CONFIGURED, null);
    }
}
