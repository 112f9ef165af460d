package io.holisticos.app.flags;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a flag to change. Null leaves a field as it is, so that a flag that is switched off and on again is on for the
 * same members as before.
 */
public record FlagChange(
        @Nullable Boolean enabled,
        @Nullable Integer percentage,
        @Nullable List<String> users) {

    /** The percentage of a flag that is on only for the users it names. */
    private static final int ONLY_NAMED_USERS = 0;

    public boolean isEmpty() {
        return enabled == null && percentage == null && users == null;
    }

    /** The change for the log, without the ids of members. */
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

    /** @throws io.holisticos.health.HealthError.InvalidRequest when the new state is invalid */
    FlagState appliedTo(FlagState before) {
        return new FlagState(
                enabled == null ? before.enabled() : enabled,
                percentage == null ? percentageFor(before) : percentage,
                users == null ? before.users() : users);
    }

    /** A change that names users but no percentage means only those users. */
    private int percentageFor(FlagState before) {
        return users == null || users.isEmpty() ? before.percentage() : ONLY_NAMED_USERS;
    }
}
