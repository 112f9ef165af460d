package io.holisticos.outbound;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.client.JerseyClientConfiguration;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.holisticos.outbound.CommandConfiguration.Isolation;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How one other system is called. Read once at start-up. */
public final class OutboundConfiguration {

    /** The HTTP client: pool, connect timeout, proxy, TLS. */
    @Valid
    @NotNull
    @JsonProperty
    JerseyClientConfiguration client = sensibleClient();

    /** The longest one attempt may take, from the wait for a thread to the last byte; a command may have its own. */
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

    /** What every command of this target has different from Hystrix's defaults. */
    @Valid
    @NotNull
    @JsonProperty
    CommandSettings command = new CommandSettings();

    /** What single commands have different from that, by key. */
    @NotNull
    @JsonProperty
    Map<String, @Valid @NotNull CommandSettings> commands = Map.of();

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
        sensible.setKeepAlive(Duration.seconds(30)); // where a reply names no time of its own
        sensible.setValidateAfterInactivityPeriod(Duration.seconds(1)); // the other side may have closed it since
        sensible.setMaxConnections(64);
        sensible.setMaxConnectionsPerRoute(32);
        sensible.setGzipEnabledForRequests(false);
        return sensible;
    }

    public JerseyClientConfiguration client() {
        return client;
    }

    /** The keys that have settings of their own: all of them have to exist. */
    public Set<String> ownCommands() {
        return commands.keySet();
    }

    /** What is in force for a command; one that must not be interrupted never is, whatever was configured. */
    CommandConfiguration of(CommandKey key, Isolation isolation) {
        CommandConfiguration base =
                command.over(CommandConfiguration.defaults(isolation, requestTimeout.toJavaDuration()));
        CommandSettings own = commands.get(key.name());
        CommandConfiguration wanted = own == null ? base : own.over(base);
        return isolation == Isolation.SEMAPHORE ? wanted.onCallersThread() : wanted;
    }
}
