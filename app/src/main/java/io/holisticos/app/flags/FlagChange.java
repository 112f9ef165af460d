package io.holisticos.app.flags;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A change of a flag. A null field keeps its value, so a flag that is switched off and on again is on for the same
 * members as before.
 */
public record FlagChange(
        @Nullable Boolean enabled,
        @Nullable Integer percentage,
        @Nullable List<String> users) {

    /** For a flag that is to be on only for the users that it names. */
    private static final int NOBODY_ELSE = 0;

    public boolean isEmpty() {
        return enabled == null && percentage == null && users == null;
    }

    /** The change in words that name no member, for the log. */
    public String withoutMembers() {
        StringJoiner words = new StringJoiner(" ");
        if (enabled != null) {
            words.add("enabled=" + enabled);
        }
        if (percentage != null) {
            words.add("percentage=" + percentage);
        }
        if (users != null) {
            words.add("users=" + users.size());
        }
        return words.toString();
    }

    /** @throws io.holisticos.health.HealthError.InvalidRequest when the result would break a rule */
    FlagState appliedTo(FlagState before) {
        return new FlagState(
                enabled == null ? before.enabled() : enabled,
                percentage == null ? percentageBeside(before) : percentage,
                users == null ? before.users() : users);
    }

    /** A change that names users and no percentage means those users and nobody else. */
    private int percentageBeside(FlagState before) {
        return users == null || users.isEmpty() ? before.percentage() : NOBODY_ELSE;
    }
}
