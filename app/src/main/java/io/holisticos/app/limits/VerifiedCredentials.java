package io.holisticos.app.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.web.Caller;
import io.holisticos.web.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;

/**
 * The credentials that were verified lately, as hashes. They open nothing: whoever shows one is verified again, but is not
 * refused because of what others at the same address do. Thread-safe.
 */
final class VerifiedCredentials {

    private static final int MOST = 10_000;
    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

    private final Cache<String, Whose> verified = Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterAccess(REMEMBERED_FOR)
            .executor(Runnable::run)
            .build();

    /** Whose credential it was: the name of the key, or that of all members, and the id of the key or the member. */
    record Whose(String name, String id) {
        static Whose of(Caller caller) {
            return new Whose(caller.name(), caller.id());
        }
    }

    /** What a request shows, whether it is known or not: the same credential is the same in whichever header it stands. */
    record Shown(String hash) {

        /** Empty when the request shows nothing. */
        static Optional<Shown> of(Credentials credentials) {
            if (credentials instanceof Credentials.Key key) {
                return shown("key", key.text());
            }
            if (credentials instanceof Credentials.Token token) {
                return shown("token", token.text());
            }
            if (credentials instanceof Credentials.Session session) {
                return shown("session of " + session.port(), session.text());
            }
            return credentials instanceof Credentials.Unreadable unreadable
                    ? shown("unreadable", unreadable.refusal()) // which nobody knows
                    : Optional.empty();
        }

        private static Optional<Shown> shown(String kind, String text) {
            return Optional.of(new Shown(sha256(kind + "\n" + text)));
        }

        private static String sha256(String text) {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                return new String(sha256.digest(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.ISO_8859_1);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }

    boolean contain(Shown credential) {
        return find(credential).isPresent();
    }

    Optional<Whose> find(Shown credential) {
        return Optional.ofNullable(verified.getIfPresent(credential.hash()));
    }

    void add(Shown credential, Whose whose) {
        verified.put(credential.hash(), whose);
    }

    void remove(Shown credential) {
        verified.invalidate(credential.hash());
    }
}
