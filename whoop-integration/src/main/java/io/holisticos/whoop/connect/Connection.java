package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member's connection as others may see it: no tokens.
 *
 * @param whoopUserId null while it is not known, or not settled, whose account the tokens are of
 */
public record Connection(UserId who, @Nullable Long whoopUserId, State state, Set<String> scopes, Instant connectedAt) {

    /** Where a connection stands. */
    public enum State {
        ACTIVE,
        /** Active, and a new token pair is being fetched or was when somebody stopped. */
        REFRESHING,
        /** The member consented; whose WHOOP account it is will be asked as soon as the quota allows. */
        AWAITING_PROFILE,
        /** It is another WHOOP account than before, and the member has not confirmed that yet. */
        AWAITING_CONFIRMATION,
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

    /** Whether there are tokens, and nothing may be read by them yet. */
    public boolean isAwaiting() {
        return state == State.AWAITING_PROFILE || state == State.AWAITING_CONFIRMATION;
    }

    /** The state for callers, to whom a refresh is nothing special: {@code active}, … */
    public String status() {
        return isUsable() ? State.ACTIVE.word() : state.word();
    }

    boolean isOf(long account) {
        return whoopUserId != null && whoopUserId == account;
    }
}
