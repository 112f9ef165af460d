package io.holisticos.web;

import io.holisticos.audit.SecurityEvents;
import io.holisticos.audit.SecurityEvents.KeyChange;
import io.holisticos.health.HealthError.InvalidRequest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Issues, lists, rotates and revokes service keys, for operators. What they ask for and cannot have is an {@link
 * InvalidRequest}. Every change is audited, and reaches all replicas within two seconds.
 */
public final class ServiceKeys {

    /** How every key begins that is issued here, so that people and scanners of secrets recognize it. */
    public static final String PREFIX = "uhk_";

    private static final int RANDOM_BYTES = 32;

    /** Words that may stand in a log line as they are. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}");

    private static final Duration LONGEST_LIFE = Duration.ofDays(3653);
    private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

    private final ApiKeyStore store;
    private final SecureRandom random;
    private final Clock clock;
    private final SecurityEvents security;

    public ServiceKeys(ApiKeyStore store, SecureRandom random, Clock clock, SecurityEvents security) {
        this.store = store;
        this.random = random;
        this.clock = clock;
        this.security = security;
    }

    /** @param secret the key itself, which is held nowhere */
    public record Issued(ApiKeyRow key, String secret) {
        @Override
        public String toString() {
            return "Issued[" + key.id() + "]";
        }
    }

    /** @param former the key that ends when the overlap is over */
    public record Rotated(ApiKeyRow former, Issued issued) {}

    /** @param expiresAt null for never */
    public Issued create(String name, Set<String> scopes, @Nullable Instant expiresAt) {
        Instant now = clock.instant();
        checkName(name);
        checkScopes(scopes);
        checkExpiry(expiresAt, now);
        String secret = secret();
        ApiKeyRow key = store.create(secret, name, scopes, expiresAt, now)
                .orElseThrow(() -> new InvalidRequest("there is an active key of the name \"" + name
                        + "\": choose another name, or rotate that key"));
        security.note(KeyChange.API_KEY_CREATED, key.id(), name);
        return new Issued(key, secret);
    }

    /** All keys, the newest first, also those that have ended. */
    public List<ApiKeyRow> list() {
        return store.list();
    }

    /** Revokes a key; does nothing to one that is revoked. */
    public ApiKeyRow revoke(String id) {
        if (store.revoke(id, clock.instant())) {
            ApiKeyRow revoked = existing(id);
            security.note(KeyChange.API_KEY_REVOKED, id, revoked.name());
        }
        return existing(id);
    }

    /**
     * Issues another key with the same name and scopes. The former one goes on for the overlap, if it does not end before.
     *
     * @param expiresAt of the new key; null for the same length of life as the former one's
     */
    public Rotated rotate(String id, @Nullable Instant expiresAt, Duration overlap) {
        Instant now = clock.instant();
        ApiKeyRow former = existing(id);
        if (former.leasedUntil() != null) {
            throw new InvalidRequest(
                    "this is the configured key: roll the replicas to another SERVICE_KEY, both work meanwhile");
        }
        if (former.state(now) != ApiKeyRow.State.ACTIVE) {
            throw new InvalidRequest("key " + id + " is " + former.state(now).word() + ": create a new one");
        }
        if (overlap.isNegative() || overlap.compareTo(LONGEST_OVERLAP) > 0) {
            throw new InvalidRequest("the overlap must be 0 to " + LONGEST_OVERLAP.toDays() + " days");
        }
        Instant newExpiry = expiresAt != null ? expiresAt : sameLength(former, now);
        checkExpiry(newExpiry, now);
        String secret = secret();
        ApiKeyRow key = store.rotate(former, secret, newExpiry, now.plus(overlap), now)
                .orElseThrow(() -> new InvalidRequest("key " + id + " was revoked meanwhile: create a new one"));
        security.note(KeyChange.API_KEY_ROTATED, id, former.name());
        security.note(KeyChange.API_KEY_CREATED, key.id(), key.name());
        return new Rotated(existing(id), new Issued(key, secret));
    }

    private ApiKeyRow existing(String id) {
        return list().stream()
                .filter(key -> key.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new InvalidRequest("no key has this id: apikey list names them"));
    }

    private static @Nullable Instant sameLength(ApiKeyRow former, Instant now) {
        Instant end = former.expiresAt();
        return end == null ? null : now.plus(Duration.between(former.createdAt(), end));
    }

    private String secret() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches() || ApiKeyStore.RESERVED.contains(name)) {
            throw new InvalidRequest("the name must have 1 to 80 letters, digits, spaces, dots, underscores or hyphens,"
                    + " begin with a letter or a digit, and be none of " + ApiKeyStore.RESERVED);
        }
    }

    private static void checkScopes(Set<String> scopes) {
        Set<String> unknown = new TreeSet<>(scopes);
        unknown.removeAll(Scope.ALL);
        if (scopes.isEmpty() || !unknown.isEmpty()) {
            throw new InvalidRequest((scopes.isEmpty() ? "a key needs scopes" : "unknown scopes " + unknown)
                    + ": known are " + new TreeSet<>(Scope.ALL));
        }
    }

    private static void checkExpiry(@Nullable Instant expiresAt, Instant now) {
        if (expiresAt != null && !expiresAt.isAfter(now)) {
            throw new InvalidRequest("the key would have expired already, at " + expiresAt);
        }
        if (expiresAt != null && expiresAt.isAfter(now.plus(LONGEST_LIFE))) {
            throw new InvalidRequest("a key lives for 10 years at most, or never expires");
        }
    }
}
