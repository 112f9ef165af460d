package io.holisticos.sahha;

import java.util.Locale;

/** What Sahha is asked for, each with a call and a table of its own. */
enum Kind {
    SCORES,
    BIOMARKERS,
    ARCHETYPES;

    /** The word in the tables. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
