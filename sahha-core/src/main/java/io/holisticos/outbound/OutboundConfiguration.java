package io.holisticos.outbound;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.client.JerseyClientConfiguration;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.CommandKey;
import io.holisticos.command.CommandSettings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Settings for calling one other system. Read once at start-up. */
public final class OutboundConfiguration {

    /** The HTTP client: pool, connect timeout, proxy, TLS. */
    @Valid
    @NotNull
    @JsonProperty
    JerseyClientConfiguration client = sensibleClient();

    /** The longest one attempt may take, from waiting for a thread to the last byte. A command may have a limit of its own. */
    @NotNull
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration requestTimeout = Duration.seconds(5);

    /** The number of attempts of a repeatable call, including the first. */
    @Min(1)
    @Max(5)
    @JsonProperty
    int attempts = 3;

    /** The pause before the first retry. It doubles with each retry, with full jitter. */
    @NotNull
    @JsonProperty
    Duration retryPause = Duration.milliseconds(200);

    /** Settings of all commands of this target that replace Hystrix's defaults. */
    @Valid
    @NotNull
    @JsonProperty
    CommandSettings command = new CommandSettings();

    /** Settings of single commands, by key, that replace those of all. */
    @NotNull
    @JsonProperty
    Map<String, @Valid @NotNull CommandSettings> commands = Map.of();

    /** A larger reply is refused while it arrives; no source sends one. */
    @NotNull
    @JsonProperty
    DataSize maxReplySize = DataSize.mebibytes(4);

    /** The client itself does not retry, and a source that hangs must not hold many connections. */
    private static JerseyClientConfiguration sensibleClient() {
        JerseyClientConfiguration sensible = new JerseyClientConfiguration();
        sensible.setUserAgent(Optional.of("unified-health/1.0")); // WHOOP's edge is said to block anonymous clients
        sensible.setConnectionTimeout(Duration.seconds(1));
        sensible.setConnectionRequestTimeout(Duration.milliseconds(500));
        sensible.setTimeout(Duration.seconds(5));
        sensible.setTimeToLive(Duration.minutes(5));
        sensible.setKeepAlive(Duration.seconds(30)); // used when a reply names no time
        sensible.setValidateAfterInactivityPeriod(Duration.seconds(1)); // the other side may have closed it meanwhile
        sensible.setMaxConnections(64);
        sensible.setMaxConnectionsPerRoute(32);
        sensible.setGzipEnabledForRequests(false);
        return sensible;
    }

    public JerseyClientConfiguration client() {
        return client;
    }

    /** The keys that have settings of their own; each must be the key of a command. */
    public Set<String> ownCommands() {
        return commands.keySet();
    }

    /** The settings in force for a command. One that must not be interrupted runs on the caller's thread, whatever is configured. */
    CommandConfiguration of(CommandKey key, Isolation isolation) {
        CommandConfiguration base =
                command.over(CommandConfiguration.defaults(isolation, requestTimeout.toJavaDuration()));
        CommandSettings own = commands.get(key.name());
        CommandConfiguration wanted = own == null ? base : own.over(base);
        return isolation == Isolation.SEMAPHORE ? wanted.onCallersThread() : wanted;
    }
}
