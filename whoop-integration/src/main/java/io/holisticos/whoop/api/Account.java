package io.holisticos.whoop.api;

/**
 * The WHOOP account that a token is of. Only the number has to be readable: it decides to whom a consent belongs, and a consent must
 * not fail because a name is missing.
 *
 * @param firstName empty when there is none, or none that could be shown; so is {@code lastName}
 */
public record Account(long userId, String firstName, String lastName) {

    public Account {
        if (userId < 1) {
            throw new IllegalArgumentException("user_id is no id");
        }
    }

    /** Personal data stays out of logs. */
    @Override
    public String toString() {
        return "Account[" + userId + "]";
    }
}
