package io.holisticos.sahha;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandSettings;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.outbound.WebAddress;
import io.holisticos.sahha.api.AccountCredentials;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.existing.ExistingPaths;
import io.holisticos.sahha.refresh.FreshnessRule;
import io.holisticos.sahha.webhook.SahhaInbox;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How Sahha is called, and how old its rows may be. Read once at start-up. */
public final class SahhaConfiguration {

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
                webhookPause.toJavaDuration(), overview.compareTo(metrics) > 0 ? overview : metrics, maxCallsPerSecond);
    }
}
