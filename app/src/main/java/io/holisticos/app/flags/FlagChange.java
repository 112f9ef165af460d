package io.holisticos.app.flags;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of a flag; null leaves a field as it stands, so that a flag switched off and on again is on for those
 * it was on for before.
 */
public record FlagChange(
        @Nullable Boolean enabled,
        @Nullable Integer percentage,
        @Nullable List<String> users) {

    /** Nothing of everything: for a flag that is to be on for nobody but the users named. */
    private static final int NOBODY_ELSE = 0;

    public boolean isEmpty() {
        return enabled == null && percentage == null && users == null;
    }

    /** What is asked for, in words that name no member: for the log. */
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

    /** @throws io.holisticos.health.HealthError.InvalidRequest when the outcome breaks a rule */
    FlagState appliedTo(FlagState before) {
        return new FlagState(
                enabled == null ? before.enabled() : enabled,
                percentage == null ? percentageBeside(before) : percentage,
                users == null ? before.users() : users);
    }

    /** Who names users and no percentage means those users and nobody else. */
    private int percentageBeside(FlagState before) {
        return users == null || users.isEmpty() ? before.percentage() : NOBODY_ELSE;
    }
}
