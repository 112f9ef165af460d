package io.holisticos.vault;

import com.google.crypto.tink.subtle.Hkdf;
import io.holisticos.health.UserId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The name of a member in logs: the first 16 hexadecimal digits of HMAC-SHA-256 over the id, with a key derived (HKDF) from
 * the vault's current wrapping key. A member has the same name on every replica until that key is rotated. Without the key
 * nobody can find out the member, not even by trying ids. Thread-safe.
 */
public final class MemberHash {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "unified-health member in logs v1".getBytes(StandardCharsets.UTF_8);

    /** 64 bits: two of a million members share a name with a chance of 1 in 40 million. */
    private static final int BYTES = 8;

    /** Has the key, and is never used itself: copies are, one for each member that is named. */
    private final Mac keyed;

    private MemberHash(Mac keyed) {
        this.keyed = keyed;
    }

    /** @throws IllegalStateException when the security provider in use cannot copy what has the key */
    public static MemberHash of(VaultConfiguration configuration) {
        byte[] wrapper = Base64.getDecoder().decode(configuration.keys.getOrDefault(configuration.currentKey, ""));
        try {
            byte[] derived = Hkdf.computeHkdf(ALGORITHM, wrapper, new byte[0], PURPOSE, VaultConfiguration.KEY_BYTES);
            Mac keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(derived, ALGORITHM));
            MemberHash hash = new MemberHash(keyed);
            hash.copy(); // a provider that cannot ends the start, and not each request
            return hash;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** The name of this member, for log lines only: 16 characters {@code 0-9a-f}. */
    public String of(UserId who) {
        byte[] hash = copy().doFinal(who.value().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, BYTES);
    }

    private Mac copy() {
        try {
            return (Mac) keyed.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(
                    ALGORITHM + " of security provider " + keyed.getProvider().getName()
                            + " cannot be copied, as that of the Java platform can",
                    e);
        }
    }

    /** The key never reaches a log. */
    @Override
    public String toString() {
        return "MemberHash";
    }
}
