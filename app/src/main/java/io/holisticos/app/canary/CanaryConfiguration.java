package io.holisticos.app.canary;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** Section {@code canary}: what happens by itself while a source is on for a share of members only. */
public final class CanaryConfiguration {

    /** Whether its flag is switched off when an objective burns. */
    @JsonProperty
    boolean fallback;

    /** How often each replica looks. */
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.MINUTES)
    @JsonProperty
    Duration lookEvery = Duration.seconds(10);

    /** With fewer requests, or calls of the source, than these in five minutes a replica concludes nothing. */
    @Min(BurnRule.LEAST_MISSED)
    @JsonProperty
    int leastRequests = 20;
}
