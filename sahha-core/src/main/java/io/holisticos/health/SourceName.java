package io.holisticos.health;

import java.util.regex.Pattern;

/** The name of a source in JSON and configuration, such as {@code sahha}: lower-case letters, digits and {@code _}. */
public record SourceName(String value) {

    private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9_]{0,29}");

    /** Whether a text can be a name. */
    public static boolean isValid(String value) {
        return SHAPE.matcher(value).matches();
    }

    public SourceName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("a source name has 1 to 30 characters a-z, 0-9, _, was " + value);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
