package io.holisticos.twins.sahha;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to start a twin of Sahha.
 *
 * @param port the loopback port; 0 takes a free one
 * @param clientId the account's client id
 * @param clientSecret the account's client secret
 * @param tokenLifetime how long account and profile tokens live
 * @param newProfileSilence how long a new profile has no data before 14 days appear at once
 * @param webhookUrl the receiver of events; null for none
 * @param webhookSecret signs webhooks; its UTF-8 bytes are the key
 * @param quirks the quirks that are on from the start
 */
public record SahhaTwinOptions(
        int port,
        String clientId,
        String clientSecret,
        Duration tokenLifetime,
        Duration newProfileSilence,
        @Nullable URI webhookUrl,
        String webhookSecret,
        Set<SahhaQuirk> quirks) {

    /** Checks the port and the lifetimes. */
    public SahhaTwinOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be 0 to 65535, was " + port);
        }
        Objects.requireNonNull(clientId);
        Objects.requireNonNull(clientSecret);
        Objects.requireNonNull(webhookSecret);
        if (tokenLifetime.isNegative() || tokenLifetime.isZero()) {
            throw new IllegalArgumentException("tokenLifetime must be positive, was " + tokenLifetime);
        }
        if (newProfileSilence.isNegative()) {
            throw new IllegalArgumentException("newProfileSilence must not be negative, was " + newProfileSilence);
        }
        quirks = Set.copyOf(quirks);
    }

    /** The sandbox's account on a port of the caller's choice, without webhooks and without quirks. */
    public static SahhaTwinOptions onPort(int port) {
        return new SahhaTwinOptions(
                port,
                "sandbox-sahha-client",
                "sandbox-sahha-secret",
                Duration.ofHours(24),
                Duration.ofHours(3),
                null,
                "sandbox-sahha-webhook-secret",
                Set.of());
    }

    /** The same with these quirks on. */
    public SahhaTwinOptions withQuirks(Set<SahhaQuirk> others) {
        return new SahhaTwinOptions(
                port, clientId, clientSecret, tokenLifetime, newProfileSilence, webhookUrl, webhookSecret, others);
    }

    /** The same with another account. */
    public SahhaTwinOptions withClient(String id, String secret) {
        return new SahhaTwinOptions(
                port, id, secret, tokenLifetime, newProfileSilence, webhookUrl, webhookSecret, quirks);
    }

    /** The same with another lifetime of tokens. */
    public SahhaTwinOptions withTokenLifetime(Duration lifetime) {
        return new SahhaTwinOptions(
                port, clientId, clientSecret, lifetime, newProfileSilence, webhookUrl, webhookSecret, quirks);
    }

    /** The same, sending webhooks. */
    public SahhaTwinOptions withWebhook(URI url, String secret) {
        return new SahhaTwinOptions(
                port, clientId, clientSecret, tokenLifetime, newProfileSilence, url, secret, quirks);
    }

    @Override
    public String toString() {
        return "SahhaTwinOptions[port=" + port + ", clientId=" + clientId + ", webhookUrl=" + webhookUrl + ", quirks="
                + quirks + "]";
    }
}
