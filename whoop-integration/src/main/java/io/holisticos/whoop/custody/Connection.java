package io.holisticos.whoop.custody;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member's connection as others may see it, without its tokens.
 *
 * @param whoopUserId null while the account that the tokens are of is not known or not confirmed
 */
public record Connection(UserId who, @Nullable Long whoopUserId, State state, Set<String> scopes, Instant connectedAt) {

    /** What can be done with a connection. */
    public enum State {
        ACTIVE,
        /** Active; a new token pair is being fetched, or was when a worker stopped. */
        REFRESHING,
        /** The member consented; WHOOP will be asked for the account as soon as the quota allows. */
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

        /** The state that a row names by this word. */
        public static State of(String word) {
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

    /** Whether there are tokens by which nothing may be read yet. */
    public boolean isPending() {
        return state == State.AWAITING_PROFILE || state == State.AWAITING_CONFIRMATION;
    }

    /** The state for callers, who need not know of a refresh: {@code active}, … */
    public String status() {
        return statusOf(state.word());
    }

    /** The state for callers of a row that names its state by this word. */
    static String statusOf(String word) {
        return word.equals(State.REFRESHING.word()) ? State.ACTIVE.word() : word;
    }

    /** All states for callers. */
    public static List<String> statuses() {
        return Arrays.stream(State.values())
                .filter(state -> state != State.REFRESHING)
                .map(State::word)
                .toList();
    }

    boolean isOf(long account) {
        return whoopUserId != null && whoopUserId == account;
    }
}
