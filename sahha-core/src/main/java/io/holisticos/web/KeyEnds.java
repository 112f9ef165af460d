package io.holisticos.web;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a key ends by itself.
 *
 * @param expiresAt null for never
 * @param leasedUntil when it ends unless its lease is renewed; null for a key without a lease
 */
record KeyEnds(@Nullable Instant expiresAt, @Nullable Instant leasedUntil) {

    boolean hasExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    boolean leaseIsOver(Instant now) {
        return leasedUntil != null && !now.isBefore(leasedUntil);
    }
}
