package io.holisticos.app.flags;

import io.holisticos.health.HealthError.InvalidRequest;
import java.util.List;

/**
 * How a flag stands.
 *
 * @param percentage 0 to 100: the share of members for whom it is on, always the same members for the same percentage
 * @param users members for whom it is on whatever the percentage
 */
public record FlagState(boolean enabled, int percentage, List<String> users) {

    /** What a list of users may hold: it is one text in one row. */
    private static final int MAX_USERS_TEXT = 9_000;

    public FlagState {
        users = List.copyOf(users);
        if (percentage < 0 || percentage > 100) {
            throw new InvalidRequest("percentage must be 0 to 100, was " + percentage);
        }
        if (users.stream().anyMatch(user -> user.isBlank() || user.contains("\n"))
                || String.join("\n", users).length() > MAX_USERS_TEXT) {
            throw new InvalidRequest("users must be ids, " + MAX_USERS_TEXT + " characters in all");
        }
    }
}
