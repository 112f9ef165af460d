package io.holisticos.whoop;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.Deadline;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Outbound;
import io.holisticos.whoop.api.ForbiddenCalls;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.ConnectConfiguration;
import io.holisticos.whoop.custody.ApplicationCheck;
import io.holisticos.whoop.custody.ApplicationCheck.Judged;
import io.holisticos.whoop.custody.OAuthApplication;
import io.holisticos.whoop.custody.WhoopOAuth;
import io.holisticos.whoop.webhook.WhoopWebhookResource;
import jakarta.ws.rs.client.Client;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Verifies our application at WHOOP for an operator, and says what WHOOP's dashboard must contain. Needs no database. */
public final class WhoopCheck {

    /** The only model that WHOOP still sends (changelog of 2025-11-01). */
    private static final String WEBHOOK_MODEL = "v2";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final WhoopConfiguration configuration;
    private final ApplicationCheck application;

    /** @param client for the token endpoint, which does not follow redirects */
    public WhoopCheck(WhoopConfiguration configuration, Client client, Clock clock) {
        this.configuration = configuration;
        OAuthApplication registered = configuration.connect.application();
        MetricRegistry metrics = new MetricRegistry();
        Outbound outbound = Outbound.to(
                WhoopApi.WHOOP,
                client,
                configuration.oauth,
                new Commands(new CommandsConfiguration(), metrics, clock, System::nanoTime),
                Budget.unlimited(), // the quota counts what lies below /developer
                Authorization.none());
        WhoopOAuth oauth = new WhoopOAuth(outbound, registered, new ForbiddenCalls(metrics, clock));
        this.application = new ApplicationCheck(outbound, oauth, registered);
    }

    /** What WHOOP made of our application. */
    public enum WhoopVerdict {
        ACCEPTED,
        REFUSED,
        UNCLEAR
    }

    /** @param said in words for operators */
    public record Answered(WhoopVerdict verdict, String said) {

        private static Answered of(Judged judged) {
            return new Answered(WhoopVerdict.valueOf(judged.verdict().name()), judged.said());
        }
    }

    /**
     * What WHOOP's dashboard must contain.
     *
     * @param scopes to switch on; {@code offline} is asked for with each consent and stands on no list
     * @param memberLimit what we hold members to; null for any number
     */
    @JsonPropertyOrder({
        "redirect_url",
        "webhook_url",
        "webhook_model_version",
        "scopes",
        "member_limit",
        "calls_per_minute",
        "calls_per_day"
    })
    public record Dashboard(
            @JsonProperty("redirect_url") String redirectUrl,
            @JsonProperty("webhook_url") String webhookUrl,
            @JsonProperty("webhook_model_version") String webhookModelVersion,
            @JsonProperty("scopes") List<String> scopes,
            @JsonProperty("member_limit") @Nullable Integer memberLimit,
            @JsonProperty("calls_per_minute") int callsPerMinute,
            @JsonProperty("calls_per_day") int callsPerDay) {

        public Dashboard {
            scopes = List.copyOf(scopes);
        }
    }

    /** Whether WHOOP takes client id and secret. */
    public Answered credentials() {
        return Answered.of(application.credentials(Deadline.after(PATIENCE)));
    }

    /** Whether WHOOP would ask a member for consent. */
    public Answered registration() {
        return Answered.of(application.registration(Deadline.after(PATIENCE)));
    }

    public Dashboard dashboard() {
        ConnectConfiguration connect = configuration.connect;
        OAuthApplication registered = connect.application();
        return new Dashboard(
                registered.redirectUri().toString(),
                connect.below(WhoopWebhookResource.PATH).toString(),
                WEBHOOK_MODEL,
                registered.scopes().stream()
                        .filter(scope -> !scope.equals(ConnectConfiguration.OFFLINE))
                        .toList(),
                configuration.memberLimit,
                configuration.quota.perMinute(),
                configuration.quota.perDay());
    }
}
