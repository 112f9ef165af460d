package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/** A member's connection as others may see it: no tokens. */
public record Connection(UserId who, long whoopUserId, State state, Set<String> scopes, Instant connectedAt) {

    /** Where a connection stands. */
    public enum State {
        ACTIVE,
        /** Active, and a new token pair is being fetched or was when somebody stopped. */
        REFRESHING,
        /** The member has to give consent again. */
        REAUTHORIZATION_REQUIRED,
        /** Ended by the member; the tokens are gone. */
        REVOKED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    public Connection {
        scopes = Set.copyOf(scopes);
    }

    /** Whether calls can be made for the member. */
    public boolean isUsable() {
        return state == State.ACTIVE || state == State.REFRESHING;
    }

    /** The state for callers, to whom a refresh is nothing special: {@code active}, … */
    public String status() {
        return isUsable() ? State.ACTIVE.word() : state.word();
    }
}
