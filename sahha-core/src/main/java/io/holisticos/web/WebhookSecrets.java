package io.holisticos.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secrets a sender may sign with, more than one while they are being replaced: HMAC-SHA256, constant-time. */
public final class WebhookSecrets {

    private static final String ALGORITHM = "HmacSHA256";

    private final List<SecretKeySpec> keys;

    /** Blank ones are left out; without any, nothing is signed well. */
    public WebhookSecrets(String current, String previous) {
        this.keys = Stream.of(current, previous)
                .filter(secret -> !secret.isBlank())
                .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM))
                .toList();
    }

    /** Whether there is a secret at all. */
    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /**
     * Whether one of the secrets made this signature over the parts, one after the other.
     *
     * @param text how the sender writes the signature, such as in base64
     */
    public boolean signed(String signature, Function<byte[], String> text, byte[]... parts) {
        byte[] given = signature.getBytes(StandardCharsets.UTF_8);
        boolean any = false;
        for (SecretKeySpec key : keys) { // all of them, so that the time does not tell which
            byte[] expected = text.apply(hmac(key, parts)).getBytes(StandardCharsets.UTF_8);
            any |= MessageDigest.isEqual(expected, given);
        }
        return any;
    }

    private static byte[] hmac(SecretKeySpec key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Secrets never reach a log. */
    @Override
    public String toString() {
        return "WebhookSecrets[" + keys.size() + "]";
    }
}
