package io.holisticos.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secrets that a sender may sign with (HMAC-SHA256): two while one replaces the other. Compared in constant time. */
public final class WebhookSecrets {

    private static final String ALGORITHM = "HmacSHA256";

    private final List<SecretKeySpec> keys;

    /** Blank secrets are ignored; without a secret every signature is wrong. */
    public WebhookSecrets(String current, String previous) {
        this.keys = Stream.of(current, previous)
                .filter(secret -> !secret.isBlank())
                .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM))
                .toList();
    }

    /** Whether there is no secret at all. */
    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /**
     * Whether this is the signature over the concatenated parts by one of the secrets.
     *
     * @param text the text form of the signature, such as base64
     */
    public boolean signed(String signature, Function<byte[], String> text, byte[]... parts) {
        byte[] given = signature.getBytes(StandardCharsets.UTF_8);
        boolean any = false;
        for (SecretKeySpec key : keys) { // all of them, so that the duration does not reveal which one matched
            byte[] expected = text.apply(hmac(key, parts)).getBytes(StandardCharsets.UTF_8);
            any |= MessageDigest.isEqual(expected, given);
        }
        return any;
    }

    /** A signature by the present secret over the concatenated parts; there must be one. */
    public String sign(Function<byte[], String> text, byte[]... parts) {
        return text.apply(hmac(keys.get(0), parts));
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
