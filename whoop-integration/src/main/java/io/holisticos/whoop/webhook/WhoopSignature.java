package io.holisticos.whoop.webhook;

import io.holisticos.web.WebhookOutcome;
import io.holisticos.web.WebhookSecrets;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * WHOOP's signature: base64 of HMAC-SHA256 over the timestamp's text and the raw body, nothing between them (developer
 * site, "Webhooks", read 2026-10).
 */
final class WhoopSignature {

    static final String SIGNATURE = "X-WHOOP-Signature";
    static final String TIMESTAMP = "X-WHOOP-Signature-Timestamp";

    /** A retry may come an hour after the event, and WHOOP does not say whether it is signed anew. */
    static final Duration OLDEST = Duration.ofMinutes(75);

    /** How far WHOOP's clock may be ahead of ours. */
    static final Duration FURTHEST_AHEAD = Duration.ofMinutes(5);

    private static final int MOST_DIGITS = 15; // milliseconds until the year 33658

    private final WebhookSecrets secrets;
    private final Clock clock;

    WhoopSignature(WebhookSecrets secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Why these bytes are refused; empty when their signature is valid. */
    Optional<WebhookOutcome> refusal(@Nullable String signature, @Nullable String timestamp, byte[] body) {
        if (signature == null || timestamp == null) {
            return Optional.of(WebhookOutcome.BAD_SIGNATURE);
        }
        byte[] signedTime = timestamp.getBytes(StandardCharsets.UTF_8);
        if (!secrets.signed(signature, Base64.getEncoder()::encodeToString, signedTime, body)) {
            return Optional.of(WebhookOutcome.BAD_SIGNATURE);
        }
        return isAcceptable(timestamp) ? Optional.empty() : Optional.of(WebhookOutcome.BAD_AGE);
    }

    private boolean isAcceptable(String timestamp) {
        if (timestamp.length() > MOST_DIGITS || !timestamp.matches("[0-9]+")) {
            return false;
        }
        Instant signedAt = Instant.ofEpochMilli(Long.parseLong(timestamp));
        Instant now = clock.instant();
        return !signedAt.isBefore(now.minus(OLDEST)) && !signedAt.isAfter(now.plus(FURTHEST_AHEAD));
    }
}
