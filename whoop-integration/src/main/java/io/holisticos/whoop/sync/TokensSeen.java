package io.holisticos.whoop.sync;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The page tokens of one listing, as short hashes: a listing can be long, and is saved after each page.
 * Immutable.
 */
final class TokensSeen {

    static final TokensSeen NONE = new TokensSeen(new byte[0]);

    private static final int HASH = Long.BYTES; // 400 tokens meet by chance once in 2^47 walks

    private final byte[] hashes;

    private TokensSeen(byte[] hashes) {
        this.hashes = hashes;
    }

    /**
     * The tokens as they were saved. An earlier version of the service, which does not know them, may have gone on meanwhile. Then
     * they are those of another listing, and do not end with the token of this one.
     */
    static TokensSeen of(byte @Nullable [] saved, @Nullable String token) {
        if (token == null) {
            return NONE;
        }
        TokensSeen last = NONE.with(token);
        if (saved == null || saved.length < HASH || saved.length % HASH != 0) {
            return last;
        }
        boolean fits = Arrays.equals(saved, saved.length - HASH, saved.length, last.hashes, 0, HASH);
        return fits ? new TokensSeen(saved) : last;
    }

    boolean contains(String token) {
        long wanted = hashOf(token);
        ByteBuffer all = ByteBuffer.wrap(hashes);
        while (all.hasRemaining()) {
            if (all.getLong() == wanted) {
                return true;
            }
        }
        return false;
    }

    TokensSeen with(String token) {
        byte[] more = Arrays.copyOf(hashes, hashes.length + HASH);
        ByteBuffer.wrap(more, hashes.length, HASH).putLong(hashOf(token));
        return new TokensSeen(more);
    }

    byte[] bytes() {
        return hashes.clone();
    }

    private static long hashOf(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokensSeen seen && Arrays.equals(hashes, seen.hashes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hashes);
    }

    /** Page tokens stay out of logs. */
    @Override
    public String toString() {
        return "TokensSeen[" + hashes.length / HASH + "]";
    }
}
