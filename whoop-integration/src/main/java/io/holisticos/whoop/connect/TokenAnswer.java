package io.holisticos.whoop.connect;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the token endpoint says, where it says something definite. Everything else is thrown, and means later. */
sealed interface TokenAnswer {

    /**
     * New tokens.
     *
     * @param refreshToken null when WHOOP gave none
     * @param expiresInSeconds of the access token
     */
    record Granted(String accessToken, @Nullable String refreshToken, long expiresInSeconds, Set<String> scopes)
            implements TokenAnswer {

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
    record Refused(String error) implements TokenAnswer {}

    /** WHOOP does not know our application by its id and secret: an operator's matter, the token was not looked at. */
    record Misconfigured() implements TokenAnswer {}
}
