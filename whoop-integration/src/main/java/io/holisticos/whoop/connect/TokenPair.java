package io.holisticos.whoop.connect;

import java.time.Instant;

/** What WHOOP gave us for one member. Each pair ends the one before it. */
record TokenPair(String accessToken, String refreshToken, Instant accessExpiresAt) {

    TokenPair {
        if (accessToken.isBlank() || refreshToken.isBlank()) {
            throw new IllegalArgumentException("a token must not be blank");
        }
    }

    /** Tokens never reach a log. */
    @Override
    public String toString() {
        return "TokenPair[until " + accessExpiresAt + "]";
    }
}
