package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.holisticos.app.access.Mode;
import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.jwt.JwtConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Section {@code access}: which callers are allowed. */
public final class AccessConfiguration {

    private static final String ORIGIN = "https?://([a-z0-9][a-z0-9.-]*|\\[[0-9a-f:.]+\\])(:[1-9]\\d{0,4})?";

    /** What the existing paths require of callers. */
    @NotNull
    @JsonProperty
    Mode existingRoutes = Mode.OBSERVE;

    /** Groups of them that differ from that. */
    @Valid
    @NotNull
    @JsonProperty
    Routes routes = new Routes();

    /** Section {@code access.routes}; null leaves a group as {@code existingRoutes} says. */
    static final class Routes {

        /** {@code /api/v1/health-metrics/…} */
        @JsonProperty("health-metrics")
        @Nullable
        Mode healthMetrics;

        /** {@code /api/v1/sahha/…} */
        @JsonProperty
        @Nullable
        Mode sahha;
    }

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
            regexp = "|" + ORIGIN + "(\\s*,\\s*" + ORIGIN + ")*",
            message = "must be origins as browsers send them, in lower case and without a path, separated by commas")
    @JsonProperty
    String allowedOrigins = "";

    /** How long a browser's session may be unused before it ends. It ends after eight hours in any case. */
    @NotNull
    @MinDuration(value = 5, unit = TimeUnit.MINUTES)
    @MaxDuration(value = 8, unit = TimeUnit.HOURS)
    @JsonProperty
    Duration sessionIdle = Duration.hours(2);

    /** Tokens of members. */
    @Valid
    @NotNull
    @JsonProperty
    JwtConfiguration jwt = new JwtConfiguration();

    /** The key that this replica leases. */
    Optional<String> leased() {
        return serviceKey.isEmpty() ? Optional.empty() : Optional.of(serviceKey);
    }

    /** The mode of each group. */
    Map<ExistingRoutes.Group, Mode> modes() {
        Map<ExistingRoutes.Group, Mode> modes = new EnumMap<>(ExistingRoutes.Group.class);
        for (ExistingRoutes.Group group : ExistingRoutes.Group.values()) {
            Mode own = switch (group) {
                case HEALTH_METRICS -> routes.healthMetrics;
                case SAHHA -> routes.sahha;
            };
            modes.put(group, own == null ? existingRoutes : own);
        }
        return modes;
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
        return "AccessConfiguration" + modes();
    }
}
