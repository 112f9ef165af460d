package io.holisticos.command;

import java.util.regex.Pattern;

/** Names a command in metrics and breakers, such as {@code WHOOP_SLEEP} (Hystrix's term). */
public record CommandKey(String name) {

    private static final Pattern SHAPE = Pattern.compile("[A-Z][A-Z0-9_]{1,49}");

    public CommandKey {
        if (!SHAPE.matcher(name).matches()) {
            throw new IllegalArgumentException("a command key has 2 to 50 characters A-Z, 0-9, _, was " + name);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
