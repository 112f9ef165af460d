package io.holisticos.whoop.api;

/**
 * Whose WHOOP account a token is of. The number is all that has to be readable: it decides to whom a consent belongs, and
 * no consent may be lost for want of a name.
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
