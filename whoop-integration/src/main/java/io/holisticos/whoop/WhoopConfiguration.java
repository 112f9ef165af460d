package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.holisticos.jobs.JobsConfiguration;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.whoop.connect.ConnectConfiguration;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.webhook.WebhookConfiguration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.concurrent.TimeUnit;

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

    public OutboundConfiguration api() {
        return api;
    }

    public OutboundConfiguration oauth() {
        return oauth;
    }

    /** Without credentials the module is not built and its database never opened. */
    public boolean isConfigured() {
        return connect.hasCredentials();
    }
}
