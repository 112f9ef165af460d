package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandKey;
import io.holisticos.command.CommandSettings;
import io.holisticos.jobs.JobsConfiguration;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.outbound.WebAddress;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.ConnectConfiguration;
import io.holisticos.whoop.custody.WhoopOAuth;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.webhook.WebhookConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Section {@code whoop} of {@code config.yml}. */
public final class WhoopConfiguration {

    /** The data API, up to and without {@code /v2}. */
    @NotNull
    @JsonProperty
    URI apiUrl = URI.create("https://api.prod.whoop.com/developer");

    @Valid
    @NotNull
    @JsonProperty
    ConnectConfiguration connect = new ConnectConfiguration();

    /** How the data API is called. */
    @Valid
    @NotNull
    @JsonProperty
    OutboundConfiguration api = new OutboundConfiguration();

    /** How the token endpoint is called; it has a breaker and a pool of its own. */
    @Valid
    @NotNull
    @JsonProperty
    OutboundConfiguration oauth = new OutboundConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    QuotaConfiguration quota = new QuotaConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    JobsConfiguration jobs = new JobsConfiguration();

    @Valid
    @NotNull
    @JsonProperty
    WebhookConfiguration webhook = new WebhookConfiguration();

    /** Data older than this are answered as {@code stale}, and a sync is enqueued. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MINUTES)
    @JsonProperty
    Duration staleAfter = Duration.hours(6);

    /**
     * How many members may be connected; null for any number. WHOOP holds an application to 10 until it is approved, and
     * refuses others after they agreed. Who was connected before is never refused.
     */
    @Min(1)
    @JsonProperty
    @Nullable
    Integer memberLimit;

    /** The command {@code WHOOP_STORE}, around readers' readings of our own rows; always on their own threads. */
    @Valid
    @NotNull
    @JsonProperty
    CommandSettings store = new CommandSettings();

    public OutboundConfiguration api() {
        return api;
    }

    public OutboundConfiguration oauth() {
        return oauth;
    }

    public OptionalInt memberLimit() {
        return memberLimit == null ? OptionalInt.empty() : OptionalInt.of(memberLimit);
    }

    CommandConfiguration store() {
        return store.over(CommandConfiguration.ofStore(java.time.Duration.ofSeconds(2)))
                .onCallersThread();
    }

    @JsonIgnore
    @ValidationMethod(message = "api.commands names a command that there is not")
    public boolean isEveryDataCommandThere() {
        Set<String> known = WhoopApi.KEYS.stream().map(CommandKey::name).collect(Collectors.toSet());
        return known.containsAll(api.ownCommands());
    }

    @JsonIgnore
    @ValidationMethod(message = "oauth.commands names a command that there is not")
    public boolean isEveryTokenCommandThere() {
        return Set.of(WhoopOAuth.TOKEN.name()).containsAll(oauth.ownCommands());
    }

    /** Where WHOOP is called, by its place in {@code config.yml}. */
    public Map<String, URI> targetsByPath() {
        Map<String, URI> targets = new LinkedHashMap<>();
        targets.put("whoop.apiUrl (WHOOP_URL)", apiUrl);
        targets.putAll(connect.targetsByPath());
        return targets;
    }

    /** Where browsers bring codes of members, by its place in {@code config.yml}. */
    public Map<String, URI> ownAddressesByPath() {
        return connect.ownAddressesByPath();
    }

    /** What nobody else may know, by its place in {@code config.yml}. */
    public Map<String, String> secretsByPath() {
        Map<String, String> secrets = new LinkedHashMap<>(connect.secretsByPath());
        secrets.putAll(webhook.secretsByPath());
        return secrets;
    }

    @JsonIgnore
    @ValidationMethod(message = "whoop.apiUrl (WHOOP_URL) must be an address like https://api.prod.whoop.com/developer")
    public boolean isApiUrlUsable() {
        return WebAddress.isUsable(apiUrl);
    }

    /** Whether members connect only where they are signed in. */
    public boolean connectsInSessionsOnly() {
        return connect.requiresSession();
    }

    /** Without credentials the module is not built and its database never opened. */
    public boolean isConfigured() {
        return connect.hasCredentials();
    }
}
