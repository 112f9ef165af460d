package io.holisticos.twins.whoop;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a successful token call.
 *
 * @param refreshToken null without the scope {@code offline}
 */
public record IssuedTokens(String accessToken, @Nullable String refreshToken, Set<String> scopes, Duration expiresIn) {
    /** Copies the scopes. */
    public IssuedTokens {
        scopes = Set.copyOf(scopes);
    }

    @Override
    public String toString() {
        return "IssuedTokens[redacted]";
    }
}
