package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Section {@code access}: which callers are allowed. */
public final class AccessConfiguration {

    /** What the eleven existing paths require of callers. */
    public enum ExistingRoutes {
        /** No credential, because their callers send none. */
        OPEN,
        /** No credential, but callers without one are counted. */
        OBSERVE,
        /** A key with scope {@code health:read}. */
        ENFORCE
    }

    @NotNull
    @JsonProperty
    ExistingRoutes existingRoutes = ExistingRoutes.OBSERVE;

    /**
     * A first key with every scope. Leave it empty once there are others. It works while a replica runs that was
     * started with it, and ten minutes longer.
     */
    @NotNull
    @Pattern(regexp = "|\\S{8,200}", message = "must be empty or 8 to 200 characters without spaces")
    @JsonProperty
    String serviceKey = "";

    /** Origins of web front ends that may call from a browser, separated by commas. {@code *} is not accepted. */
    @NotNull
    @Pattern(
            regexp = "|https?://[^*,\\s]+(\\s*,\\s*https?://[^*,\\s]+)*",
            message = "must be origins separated by commas")
    @JsonProperty
    String allowedOrigins = "";

    /** The key that this replica leases. */
    Optional<String> leased() {
        return serviceKey.isEmpty() ? Optional.empty() : Optional.of(serviceKey);
    }

    List<String> origins() {
        return Arrays.stream(allowedOrigins.split(","))
                .map(String::strip)
                .filter(origin -> !origin.isEmpty())
                .toList();
    }

    /** Without the key, which must not reach a log. */
    @Override
    public String toString() {
        return "AccessConfiguration[" + existingRoutes + "]";
    }
}
