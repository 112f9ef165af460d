package io.holisticos.whoop.data;

import io.holisticos.vault.Vault;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hashes that name payloads in {@code archive_hash}. The same bytes always have the same hash, and nobody without the key can
 * test a guess by it. A former version of this service used the plain SHA-256, by which somebody could test e-mail addresses.
 * The present hash is computed from that one, so it needs no payload.
 */
final class PayloadNames {

    /** The first byte of the present form. */
    static final int FORM = 1;

    /** How many bytes a former hash has. */
    static final int FORMER_LENGTH = 32;

    private static final String KEY = "whoop.archive";

    private final Vault vault;

    PayloadNames(Vault vault) {
        this.vault = vault;
    }

    /** Reads or makes the key now, so that no transaction has to wait for it later. */
    void prepare() {
        byte[] unused = vault.fingerprint(KEY, new byte[0]);
    }

    /** @param former the hash that a former version of this service gave the payload */
    byte[] ofFormer(byte[] former) {
        byte[] fingerprint = vault.fingerprint(KEY, former);
        return ByteBuffer.allocate(1 + fingerprint.length)
                .put((byte) FORM)
                .put(fingerprint)
                .array();
    }

    /** The hash that a former version of this service gave the payload. */
    static byte[] former(byte[] raw) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(raw);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static boolean isFormer(byte[] name) {
        return name.length == FORMER_LENGTH;
    }
}
