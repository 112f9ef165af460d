package io.holisticos.web;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A service key as operators see it: everything but the key.
 *
 * @param id names the key to people; no part of it
 * @param expiresAt null for never
 * @param leasedUntil when a configured key ends unless a replica renews its lease; null for other keys
 * @param revokedAt null unless it is revoked
 * @param lastUsedAt to within an hour; null when it was never used
 */
public record ApiKeyRow(
        String id,
        String name,
        Set<String> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant leasedUntil,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {

    public ApiKeyRow {
        scopes = Set.copyOf(scopes);
    }

    /** Whether a key lets anybody in. */
    public enum State {
        ACTIVE,
        EXPIRED,
        REVOKED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public State state(Instant now) {
        KeyEnds ends = new KeyEnds(expiresAt, leasedUntil);
        if (revokedAt != null) {
            return State.REVOKED;
        }
        return ends.hasExpired(now) || ends.leaseIsOver(now) ? State.EXPIRED : State.ACTIVE;
    }
}
