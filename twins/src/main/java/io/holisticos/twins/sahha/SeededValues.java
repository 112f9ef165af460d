package io.holisticos.twins.sahha;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Ids and numbers that follow from a seed and a name, so that the same seed gives the same bytes. */
final class SeededValues {
    private static final UUID NAMESPACE = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8"); // RFC 9562, URL

    private SeededValues() {}

    /** The UUID of version 5 of a name. */
    static UUID uuid(String name) {
        var bytes = ByteBuffer.allocate(16)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits());
        byte[] hash = sha1(bytes.array(), name.getBytes(StandardCharsets.UTF_8));
        hash[6] = (byte) ((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte) ((hash[8] & 0x3f) | 0x80);
        var buffer = ByteBuffer.wrap(hash);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** A number from 0 (inclusive) to 1 (exclusive) that depends on the words only. */
    static double unit(long seed, String words) {
        long hash = seed * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < words.length(); i++) {
            hash = (hash ^ words.charAt(i)) * 0x100000001B3L;
        }
        return (mix(hash) >>> 11) * 0x1.0p-53;
    }

    /** A whole number in a closed range that depends on the words only. */
    static int between(int low, int high, long seed, String words) {
        return low + (int) Math.floor(unit(seed, words) * (high - low + 1));
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static byte[] sha1(byte[] first, byte[] second) {
        try {
            var digest = MessageDigest.getInstance("SHA-1");
            digest.update(first);
            return digest.digest(second);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
