package io.holisticos.twins.sahha;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A webhook as Sahha sends it.
 *
 * @param externalId the profile that it is about
 * @param body the exact text that was signed, sent as UTF-8
 * @param signature HMAC-SHA256 of the body in lower-case hex
 */
public record SahhaEvent(Type type, String externalId, String body, String signature) {

    /** The kinds of event that Sahha sends. */
    public enum Type {
        /** A score was computed or recomputed. */
        SCORE("ScoreCreatedIntegrationEvent"),
        /** A biomarker was computed or recomputed. */
        BIOMARKER("BiomarkerCreatedIntegrationEvent"),
        /** An archetype was found. */
        ARCHETYPE("ArchetypeCreatedIntegrationEvent"),
        /** A phone uploaded raw samples. */
        DATA_LOG("DataLogReceivedIntegrationEvent");

        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        /** The value of {@code X-Event-Type}. */
        public String wireName() {
            return wireName;
        }
    }

    static SahhaEvent signed(Type type, String externalId, String body, String secret) {
        return new SahhaEvent(type, externalId, body, sign(secret, body));
    }

    /** The headers of the request. */
    public Map<String, String> headers() {
        return Map.of(
                "Content-Type",
                "application/json",
                "X-Signature",
                signature,
                "X-External-Id",
                externalId,
                "X-Event-Type",
                type.wireName());
    }

    /** Signs a body as we assume that Sahha does: HMAC-SHA256, the secret's text as key, lower-case hex. */
    public static String sign(String secret, String body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
