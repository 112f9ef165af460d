package io.holisticos.sahha.api;

import java.util.Locale;

/** The kinds of data that we ask Sahha for. Each has a call and a table of its own. */
public enum SahhaKind {
    SCORES,
    BIOMARKERS,
    ARCHETYPES;

    /** The kind as our columns named {@code kind} hold it, such as {@code scores}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of this {@link #key}. */
    public static SahhaKind ofKey(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }
}
