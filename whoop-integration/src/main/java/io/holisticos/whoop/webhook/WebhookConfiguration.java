package io.holisticos.whoop.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.holisticos.web.WebhookSecrets;
import jakarta.validation.constraints.NotNull;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How webhooks are verified and kept. Read once at start-up. */
public final class WebhookConfiguration {

    /** The secret that WHOOP signs with; empty for the client secret of {@code whoop.connect}, which WHOOP uses today. */
    @NotNull
    @JsonProperty
    String secret = "";

    /** The secret before a rotation, which is accepted, too, as long as it stands here. */
    @NotNull
    @JsonProperty
    String previousSecret = "";

    /** How long events are kept after they led to their records being read. */
    @NotNull
    @MinDuration(value = 2, unit = TimeUnit.HOURS) // longer than a signature is accepted: a replay must find its event
    @JsonProperty
    Duration keepFor = Duration.days(7);

    /** How long events wait for their member to connect; a first sync reads older records anyway. */
    @NotNull
    @MinDuration(value = 2, unit = TimeUnit.HOURS)
    @JsonProperty
    Duration parkFor = Duration.days(30);

    /** How often parked events are released whose member has connected since. Connecting, and a start, release them at once. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration sweepEvery = Duration.hours(1);

    /** The secrets, by their place in {@code config.yml}. */
    public Map<String, String> secretsByPath() {
        return Map.of(
                "whoop.webhook.secret (WHOOP_WEBHOOK_SECRET)", secret,
                "whoop.webhook.previousSecret (WHOOP_WEBHOOK_PREVIOUS_SECRET)", previousSecret);
    }

    /** @param clientSecret of {@code whoop.connect} */
    public WebhookSecrets secrets(String clientSecret) {
        return new WebhookSecrets(secret.isBlank() ? clientSecret : secret, previousSecret);
    }

    /** Secrets never reach a log. */
    @Override
    public String toString() {
        return "WebhookConfiguration[kept " + keepFor + "]";
    }
}
