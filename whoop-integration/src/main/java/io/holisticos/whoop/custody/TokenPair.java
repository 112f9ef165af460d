package io.holisticos.whoop.custody;

import java.time.Instant;

/** The tokens that WHOOP issued for one member. Each pair ends the one before it. */
public record TokenPair(String accessToken, String refreshToken, Instant accessExpiresAt) {

    public TokenPair {
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
