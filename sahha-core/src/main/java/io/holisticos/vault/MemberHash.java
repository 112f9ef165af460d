package io.holisticos.vault;

import com.google.crypto.tink.subtle.Hkdf;
import io.holisticos.health.UserId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How logs name a member: the first 16 hexadecimal digits of HMAC-SHA-256 over the id, with a key derived (HKDF) from the
 * vault's current wrapping key. The same member has the same name on every replica until that key is rotated; without the
 * key nobody can tell whose name it is, nor try ids out. Thread-safe.
 */
public final class MemberHash {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "unified-health member in logs v1".getBytes(StandardCharsets.UTF_8);

    /** 64 bits: two of a million members share a name with a chance of 1 in 40 million. */
    private static final int BYTES = 8;

    private final SecretKeySpec key;

    private MemberHash(SecretKeySpec key) {
        this.key = key;
    }

    public static MemberHash of(VaultConfiguration configuration) {
        byte[] wrapper = Base64.getDecoder().decode(configuration.keys.getOrDefault(configuration.currentKey, ""));
        try {
            byte[] derived = Hkdf.computeHkdf(ALGORITHM, wrapper, new byte[0], PURPOSE, VaultConfiguration.KEY_BYTES);
            return new MemberHash(new SecretKeySpec(derived, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** For log lines only: 16 characters {@code 0-9a-f}. */
    public String of(UserId who) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] hash = mac.doFinal(who.value().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** The key never reaches a log. */
    @Override
    public String toString() {
        return "MemberHash";
    }
}
