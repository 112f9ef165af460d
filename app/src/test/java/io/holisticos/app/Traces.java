package io.holisticos.app;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a secret would leave behind where it must not be: itself, encoded, or hashed without a key. */
final class Traces {

    /** Shorter bytes are found anywhere by chance. */
    private static final int SHORTEST = 8;

    private final Map<Long, List<Trace>> byStart = new HashMap<>();
    private final Map<String, String> shortOnes = new HashMap<>();

    /** @param kind of secret, such as {@code refresh_token}, and how it is written: never the secret itself */
    private record Trace(String kind, byte[] bytes) {}

    /** Looks for this text from now on. */
    void of(String kind, String secret) {
        if (!secret.isBlank() && secret.getBytes(StandardCharsets.UTF_8).length < SHORTEST) {
            shortOnes.put(secret, kind + " as a word");
        }
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            byte[] bytes = secret.getBytes(charset);
            add(kind + " as " + charset, bytes);
            if (bytes.length >= SHORTEST) {
                inBase64(kind + " in base64 of " + charset, bytes);
            }
        }
        for (String algorithm : List.of("MD5", "SHA-1", "SHA-256")) {
            byte[] hash = hash(algorithm, secret.getBytes(StandardCharsets.UTF_8));
            String hex = HexFormat.of().formatHex(hash);
            add(kind + " by " + algorithm, hash);
            add(kind + " by " + algorithm + " in hex", ascii(hex));
            add(kind + " by " + algorithm + " in hex", ascii(hex.toUpperCase(Locale.ROOT)));
            inBase64(kind + " by " + algorithm + " in base64", hash);
        }
    }

    /** The kinds of traces that are there. */
    TreeSet<String> in(byte[] hay) {
        TreeSet<String> found = new TreeSet<>();
        long window = 0;
        for (int i = 0; i < hay.length; i++) {
            window = window << Byte.SIZE | hay[i] & 0xff;
            if (i >= SHORTEST - 1) {
                int start = i - SHORTEST + 1;
                for (Trace trace : byStart.getOrDefault(window, List.of())) {
                    int end = start + trace.bytes().length;
                    if (end <= hay.length && Arrays.equals(hay, start, end, trace.bytes(), 0, trace.bytes().length)) {
                        found.add(trace.kind());
                    }
                }
            }
        }
        return found;
    }

    /** The kinds of secrets that are words of a text: those too short to be looked for among bytes that mean nothing. */
    TreeSet<String> wordsIn(String text) {
        TreeSet<String> found = new TreeSet<>();
        shortOnes.forEach((word, kind) -> {
            if (Pattern.compile("(?<![\\p{L}\\d])" + Pattern.quote(word) + "(?![\\p{L}\\d])")
                    .matcher(text)
                    .find()) {
                found.add(kind);
            }
        });
        return found;
    }

    int count() {
        return byStart.values().stream().mapToInt(List::size).sum();
    }

    /** As base64 has them wherever they begin: three texts, without the letters that neighbours share. */
    private void inBase64(String kind, byte[] bytes) {
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            String own = text.substring(before == 0 ? 0 : before + 1, shifted.length * 8 / 6);
            add(kind, ascii(own));
            add(kind, ascii(own.replace('+', '-').replace('/', '_')));
        }
    }

    private void add(String kind, byte[] bytes) {
        if (bytes.length < SHORTEST) {
            return;
        }
        long start = 0;
        for (int i = 0; i < SHORTEST; i++) {
            start = start << Byte.SIZE | bytes[i] & 0xff;
        }
        byStart.computeIfAbsent(start, any -> new ArrayList<>()).add(new Trace(kind, bytes));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hash(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
