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
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How Sahha is called, and how old what it told us may be. Read once at start-up. */
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

    /** How old scores behind an overview may be before Sahha is asked again. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration freshnessOverview = Duration.seconds(300);

    /** The same for everything else. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration freshnessMetrics = Duration.seconds(600);

    /** From this age on, what is held is treated as cold. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration staleAfter = Duration.hours(24);

    /** How long a reader waits for the shared refresh when what is held is past its freshness. */
    @NotNull
    @JsonProperty
    Duration waitWhenStale = Duration.seconds(1);

    /** How long a unified answer waits when nothing is held. */
    @NotNull
    @JsonProperty
    Duration coldWaitUnified = Duration.seconds(3);

    /** How long an existing path waits when nothing is held. */
    @NotNull
    @JsonProperty
    Duration coldWaitExisting = Duration.seconds(10);

    /** Sahha publishes no limit; ours, slowed further by 429. */
    @Min(1)
    @Max(1000)
    @JsonProperty
    int maxCallsPerSecond = 20;

    /** The command {@code SAHHA_STORE}, around readers' readings of our own rows; always on their own threads. */
    @Valid
    @NotNull
    @JsonProperty
    CommandSettings store = new CommandSettings();

    /** Signs Sahha's webhooks, as its dashboard shows it; empty: none is believed. */
    @NotNull
    @JsonProperty
    String webhookSecret = "";

    /** The one before a rotation, accepted beside the present one for as long as it stands here. */
    @NotNull
    @JsonProperty
    String previousWebhookSecret = "";

    /** Everything told of a member and kind within this time is read by one call. */
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration webhookPause = Duration.seconds(10);

    /** Where Sahha is called. */
    public URI baseUrl() {
        return baseUrl;
    }

    /** What nobody else may know, by its place in {@code config.yml}. */
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
    @ValidationMethod(message = "outbound.commands names a command that there is not")
    public boolean isEveryCommandThere() {
        return SahhaApi.commands().containsAll(outbound.ownCommands());
    }

    Freshness overview() {
        return new Freshness(freshnessOverview.toJavaDuration(), staleAfter.toJavaDuration());
    }

    Freshness metrics() {
        return new Freshness(freshnessMetrics.toJavaDuration(), staleAfter.toJavaDuration());
    }
}
