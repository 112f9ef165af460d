package io.holisticos.sahha;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandSettings;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.outbound.WebAddress;
import io.holisticos.sahha.api.AccountCredentials;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.data.RelayedSources;
import io.holisticos.sahha.existing.ExistingPaths;
import io.holisticos.sahha.refresh.FreshnessRule;
import io.holisticos.sahha.webhook.SahhaInbox;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** How Sahha is called, and how old its rows may be. Read once at start-up. */
public final class SahhaConfiguration {

    private static final String WHOOP = "whoop";

    /** Without {@code /api/v1}: {@code https://api.sahha.ai}, or {@code https://sandbox-api.sahha.ai}. */
    @NotNull
    @JsonProperty
    URI baseUrl = URI.create("https://api.sahha.ai");

    @NotBlank
    @JsonProperty
    String clientId = "";

    @NotBlank
    @JsonProperty
    String clientSecret = "";

    /** Needs {@code client.gzipEnabledForRequests: false}: nothing says that Sahha's token call takes a gzipped body. */
    @Valid
    @NotNull
    @JsonProperty
    OutboundConfiguration outbound = new OutboundConfiguration();

    /** How old the scores of an overview may be before Sahha is asked again. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration freshnessOverview = Duration.seconds(300);

    /** The same for everything else. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration freshnessMetrics = Duration.seconds(600);

    /** From this age on, rows are cold: a reader waits for them as if there were none. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration staleAfter = Duration.hours(24);

    /** How long a reader waits for the shared refresh when rows are stale. */
    @NotNull
    @JsonProperty
    Duration waitWhenStale = Duration.seconds(1);

    /** How long a unified answer waits when rows are cold. */
    @NotNull
    @JsonProperty
    Duration coldWaitUnified = Duration.seconds(3);

    /** How long an existing path waits when rows are cold. */
    @NotNull
    @JsonProperty
    Duration coldWaitExisting = Duration.seconds(10);

    /** Our own limit, because Sahha publishes none; a 429 lowers it for a while. */
    @Min(1)
    @Max(1000)
    @JsonProperty
    int maxCallsPerSecond = 20;

    /** The command {@code SAHHA_STORE}, which readers read our own rows with, always on their own threads. */
    @Valid
    @NotNull
    @JsonProperty
    CommandSettings store = new CommandSettings();

    /** The secret of Sahha's webhooks, as its dashboard shows it; when empty, every delivery is refused. */
    @NotNull
    @JsonProperty
    String webhookSecret = "";

    /** The secret before a rotation, accepted beside the present one for as long as it is set. */
    @NotNull
    @JsonProperty
    String previousWebhookSecret = "";

    /** All events of a member and kind within this time cause one fetch. */
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration webhookPause = Duration.seconds(10);

    /** Whether Sahha is connected with WHOOP itself. While unknown, its RMSSD is looked at as if it were. */
    @NotNull
    @JsonProperty
    WhoopIntegration whoopIntegration = WhoopIntegration.UNKNOWN;

    /** By source of ours, the sources in Sahha's data logs that it is: its values in Sahha are echoes. In any case of letters. */
    @NotNull
    @JsonProperty
    Map<@NotNull String, @NotEmpty List<@NotBlank @Size(max = 200) String>> relayedSources =
            Map.of(WHOOP, List.of("com.whoop.iphone", "com.whoop.android", "WHOOP"));

    /** The address of Sahha's API. */
    public URI baseUrl() {
        return baseUrl;
    }

    /** Our credentials and secrets, by their place in {@code config.yml}. */
    public Map<String, String> secretsByPath() {
        return Map.of(
                "sahha.clientId (SAHHA_CLIENT_ID)", clientId,
                "sahha.clientSecret (SAHHA_CLIENT_SECRET)", clientSecret,
                "sahha.webhookSecret (SAHHA_WEBHOOK_SECRET)", webhookSecret,
                "sahha.previousWebhookSecret (SAHHA_WEBHOOK_PREVIOUS_SECRET)", previousWebhookSecret);
    }

    @JsonIgnore
    @ValidationMethod(
            message = "sahha.baseUrl (SAHHA_URL) must be an address like https://api.sahha.ai, without a query")
    public boolean isBaseUrlUsable() {
        return WebAddress.isUsable(baseUrl);
    }

    public OutboundConfiguration outbound() {
        return outbound;
    }

    CommandConfiguration store() {
        return store.over(CommandConfiguration.ofStore(java.time.Duration.ofSeconds(3)))
                .onCallersThread();
    }

    @JsonIgnore
    @ValidationMethod(message = "outbound.commands names a command that does not exist")
    public boolean isEveryCommandThere() {
        return SahhaApi.commands().containsAll(outbound.ownCommands());
    }

    @JsonIgnore
    @ValidationMethod(message = "relayedSources must be by names of sources, such as whoop, and not by sahha")
    public boolean isEveryRelayedSourceAnother() {
        return Objects.requireNonNullElse(relayedSources, Map.<String, List<String>>of()).keySet().stream()
                .allMatch(name -> SourceName.isValid(name) && !name.equals(SahhaApi.SAHHA.value()));
    }

    @JsonIgnore
    @ValidationMethod(message = "relayedSources must not have the same name under two sources")
    public boolean isEveryRelayedNameOfOneSource() {
        List<String> names =
                Objects.requireNonNullElse(relayedSources, Map.<String, List<String>>of()).values().stream()
                        .filter(Objects::nonNull)
                        .flatMap(List::stream)
                        .filter(Objects::nonNull)
                        .map(name -> name.strip().toLowerCase(Locale.ROOT))
                        .toList();
        return names.size() == Set.copyOf(names).size();
    }

    RelayedSources relayedSources() {
        return new RelayedSources(relayedSources.entrySet().stream()
                .collect(Collectors.toMap(source -> new SourceName(source.getKey()), Map.Entry::getValue)));
    }

    /** By source of ours whose values may come through Sahha, the metrics that Sahha may give under another period. */
    Map<SourceName, Map<Metric, Metric>> relays() {
        Map<SourceName, Map<Metric, Metric>> relays = new HashMap<>();
        relayedSources.keySet().forEach(name -> relays.put(new SourceName(name), Map.of()));
        relays.put(
                new SourceName(WHOOP),
                whoopIntegration.isPossible() ? Map.of(Metric.HRV_RMSSD, Metric.HRV_RMSSD_SLEEP) : Map.of());
        return Map.copyOf(relays);
    }

    AccountCredentials credentials() {
        return new AccountCredentials(clientId, clientSecret);
    }

    FreshnessRule overview() {
        return new FreshnessRule(freshnessOverview.toJavaDuration(), staleAfter.toJavaDuration());
    }

    FreshnessRule metrics() {
        return new FreshnessRule(freshnessMetrics.toJavaDuration(), staleAfter.toJavaDuration());
    }

    ExistingPaths.Rules existingPaths() {
        return new ExistingPaths.Rules(overview(), metrics(), coldWaitExisting.toJavaDuration());
    }

    SahhaInbox.Rules inbox() {
        java.time.Duration overview = overview().freshFor();
        java.time.Duration metrics = metrics().freshFor();
        return new SahhaInbox.Rules(
                webhookPause.toJavaDuration(),
                overview.compareTo(metrics) > 0 ? overview : metrics,
                maxCallsPerSecond,
                relayedSources());
    }
}
