package io.holisticos.whoop.custody;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A definite response of the token endpoint. Anything else is thrown as an error that may pass. */
public sealed interface TokenResponse {

    /**
     * New tokens.
     *
     * @param refreshToken null when WHOOP gave none
     * @param expiresInSeconds of the access token
     */
    record Granted(String accessToken, @Nullable String refreshToken, long expiresInSeconds, Set<String> scopes)
            implements TokenResponse {

        public Granted {
            scopes = Set.copyOf(scopes);
        }

        /** Tokens never reach a log. */
        @Override
        public String toString() {
            return "Granted" + scopes;
        }
    }

    /** This code or refresh token will never work again. */
    record Refused(String error) implements TokenResponse {}

    /** WHOOP refused our client id and secret without looking at the token: an operator has to correct the configuration. */
    record Misconfigured() implements TokenResponse {}
}
