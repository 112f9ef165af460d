package io.holisticos.whoop.custody;

import java.time.Instant;

/** A token pair as the database holds it. */
record SealedTokens(byte[] accessToken, byte[] refreshToken, Instant accessExpiresAt) {
    @Override
    public String toString() {
        return "SealedTokens[until " + accessExpiresAt + "]";
    }
}
