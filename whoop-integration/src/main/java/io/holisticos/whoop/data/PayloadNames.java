package io.holisticos.whoop.data;

import io.holisticos.vault.Vault;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What payloads are called in {@code archive_hash}: always the same for the same bytes, and of no use to who guesses them.
 * A version before called them by their plain SHA-256, by which an e-mail address in known JSON can be tried out. The
 * present name is made of that one, so that no payload has to be at hand to get it.
 */
final class PayloadNames {

    /** The first byte of the present form. */
    static final int FORM = 1;

    /** How long the names are that a version before gave. */
    static final int FORMER_LENGTH = 32;

    private static final String KEY = "whoop.archive";

    private final Vault vault;

    PayloadNames(Vault vault) {
        this.vault = vault;
    }

    /** Has the key read, or made, now, and not first while a transaction holds a connection. */
    void prepare() {
        byte[] unused = vault.fingerprint(KEY, new byte[0]);
    }

    /** @param former what a version before called it */
    byte[] ofFormer(byte[] former) {
        byte[] fingerprint = vault.fingerprint(KEY, former);
        return ByteBuffer.allocate(1 + fingerprint.length)
                .put((byte) FORM)
                .put(fingerprint)
                .array();
    }

    /** What a version before called it. */
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
