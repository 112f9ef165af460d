package io.holisticos.app.flags;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.health.HealthError.InvalidRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a flag stands.
 *
 * @param percentage 0 to 100: the share of members for whom it is on, always the same members for the same percentage
 * @param users members for whom it is on whatever the percentage
 */
public record FlagState(
        @JsonProperty("enabled") boolean enabled,
        @JsonProperty("percentage") int percentage,
        @JsonProperty("users") List<String> users) {

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

    /** As it comes from JSON: who names users means those; who names nobody means everybody. */
    @JsonCreator
    static FlagState of(
            @JsonProperty("enabled") @Nullable Boolean enabled,
            @JsonProperty("percentage") @Nullable Integer percentage,
            @JsonProperty("users") @Nullable List<String> users) {
        if (enabled == null) {
            throw new InvalidRequest("enabled must be true or false");
        }
        List<String> named = users == null ? List.of() : users;
        return new FlagState(enabled, percentage == null ? percentageBeside(named) : percentage, named);
    }

    /** The percentage that is meant by who gives none. */
    public static int percentageBeside(List<String> named) {
        return named.isEmpty() ? 100 : 0;
    }
}
