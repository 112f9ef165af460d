package io.holisticos.app;

import io.holisticos.twins.sahha.SahhaEvent;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A delivery as its source signs it. */
record Signed(String body, Map<String, String> headers) {

    private static final String JSON = "application/json";

    /** The secret of {@link RunningApp}'s WHOOP application. */
    private static final String WHOOP_SECRET = "sandbox-client-secret";

    static Signed sahhaScore(String who, String id) {
        return sahhaScore(who, id, RunningApp.SAHHA_WEBHOOK_SECRET);
    }

    static Signed sahhaScore(String who, String id, String secret) {
        String body = "{\"id\":\"" + id + "\",\"externalId\":\"" + who + "\",\"type\":\"sleep\",\"score\":0.5}";
        return new Signed(
                body,
                Map.of(
                        "Content-Type",
                        JSON,
                        "X-Event-Type",
                        "ScoreCreatedIntegrationEvent",
                        "X-Signature",
                        SahhaEvent.sign(secret, body)));
    }

    static Signed whoopSleep(long account, String trace, Instant now) {
        return whoopSleep(account, trace, now, WHOOP_SECRET);
    }

    static Signed whoopSleep(long account, String trace, Instant now, String secret) {
        String id =
                UUID.nameUUIDFromBytes(trace.getBytes(StandardCharsets.UTF_8)).toString();
        return whoop("sleep.updated", account, id, trace, now, secret);
    }

    static Signed whoopEvent(String type, long account, String id, String trace, Instant now) {
        return whoop(type, account, id, trace, now, WHOOP_SECRET);
    }

    private static Signed whoop(String type, long account, String id, String trace, Instant now, String secret) {
        String body = "{\"user_id\":" + account + ",\"id\":\"" + id + "\",\"type\":\"" + type + "\",\"trace_id\":\""
                + trace + "\"}";
        String timestamp = Long.toString(now.toEpochMilli());
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal((timestamp + body).getBytes(StandardCharsets.UTF_8));
            return new Signed(
                    body,
                    Map.of(
                            "Content-Type",
                            JSON,
                            "X-WHOOP-Signature",
                            Base64.getEncoder().encodeToString(signature),
                            "X-WHOOP-Signature-Timestamp",
                            timestamp));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
