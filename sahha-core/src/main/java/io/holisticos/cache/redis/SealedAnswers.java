package io.holisticos.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holisticos.cache.SecondLevel.Kept;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Answers as Redis holds them: sealed with the member's key, together with the question and the time for which they are true.
 * Whoever reads Redis sees neither members nor questions, and an answer that was moved to another place does not count.
 */
final class SealedAnswers {

    private static final String PURPOSE = "cache.answer";
    private static final int HASH = 32;
    private static final int HEAD = HASH + 2 * Long.BYTES;

    private final Vault vault;

    SealedAnswers(Vault vault) {
        this.vault = vault;
    }

    /** The name of the member in Redis. */
    String nameOf(UserId who) {
        return vault.inLogs(who);
    }

    /** The name of the question in Redis: nobody can find out the question without the vault's key, not even by trying some. */
    byte[] nameOf(String question) {
        return vault.inLogs(new UserId(HexFormat.of().formatHex(hash(question))))
                .getBytes(UTF_8);
    }

    /** The answer, sealed; empty when the member's key is not in memory. */
    Optional<byte[]> seal(UserId who, String question, byte[] answer, Instant from, Instant until) {
        byte[] plain = ByteBuffer.allocate(HEAD + answer.length)
                .put(hash(question))
                .putLong(from.toEpochMilli())
                .putLong(until.toEpochMilli())
                .put(answer)
                .array();
        return vault.sealAtHand(who, PURPOSE, plain);
    }

    /** The answer to this question, if that is what the bytes are, and if it is true at this time. */
    Optional<Kept> open(UserId who, String question, byte[] sealed, Instant now) {
        return vault.openAtHand(who, PURPOSE, sealed).flatMap(plain -> answer(question, plain, now));
    }

    private static Optional<Kept> answer(String question, byte[] plain, Instant now) {
        if (plain.length < HEAD) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(plain);
        byte[] asked = new byte[HASH];
        bytes.get(asked);
        Instant from = Instant.ofEpochMilli(bytes.getLong());
        Instant until = Instant.ofEpochMilli(bytes.getLong());
        byte[] answer = new byte[bytes.remaining()];
        bytes.get(answer);
        boolean isTrue = !now.isBefore(from) && now.isBefore(until);
        return MessageDigest.isEqual(asked, hash(question)) && isTrue
                ? Optional.of(new Kept(answer, until))
                : Optional.empty();
    }

    private static byte[] hash(String question) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(question.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
