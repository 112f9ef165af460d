package io.holisticos.outbound;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.client.JerseyClientConfiguration;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How one other system is called. Read once at start-up. */
public final class OutboundConfiguration {

    /** The HTTP client: pool, connect timeout, proxy, TLS. */
    @Valid
    @NotNull
    @JsonProperty
    JerseyClientConfiguration client = sensibleClient();

    /** The longest one attempt may take, from connecting to the last byte. */
    @NotNull
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration requestTimeout = Duration.seconds(5);

    /** Attempts of a repeatable call, the first included. */
    @Min(1)
    @Max(5)
    @JsonProperty
    int attempts = 3;

    /** The first pause before a repeat; it doubles with each, with full jitter. */
    @NotNull
    @JsonProperty
    Duration retryPause = Duration.milliseconds(200);

    /** Share of failed calls, in percent, at which the breaker opens (Hystrix's default is 50). */
    @Min(1)
    @Max(100)
    @JsonProperty
    int breakerErrorPercentage = 50;

    /** Calls in the rolling window below which the breaker never opens (Hystrix's default is 20). */
    @Min(1)
    @JsonProperty
    int breakerRequestVolume = 20;

    /** The rolling window over which failures are counted (Hystrix's default is 10 s). */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration breakerWindow = Duration.seconds(10);

    /** How long an open breaker refuses calls before it lets one through (Hystrix's default is 5 s). */
    @NotNull
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @JsonProperty
    Duration breakerSleep = Duration.seconds(5);

    /** A larger answer is refused as it arrives: no source has one. */
    @NotNull
    @JsonProperty
    DataSize maxReplySize = DataSize.mebibytes(4);

    /** Retries are a step of ours, and a source that hangs must not hold many connections. */
    private static JerseyClientConfiguration sensibleClient() {
        JerseyClientConfiguration sensible = new JerseyClientConfiguration();
        sensible.setUserAgent(Optional.of("unified-health/1.0")); // WHOOP's edge is said to block anonymous clients
        sensible.setConnectionTimeout(Duration.seconds(1));
        sensible.setConnectionRequestTimeout(Duration.milliseconds(500));
        sensible.setTimeout(Duration.seconds(5));
        sensible.setTimeToLive(Duration.minutes(5));
        sensible.setMaxConnections(64);
        sensible.setMaxConnectionsPerRoute(32);
        sensible.setGzipEnabledForRequests(false);
        return sensible;
    }

    public JerseyClientConfiguration client() {
        return client;
    }

    java.time.Duration requestTimeout() {
        return requestTimeout.toJavaDuration();
    }
}
