package io.holisticos.health;

import java.util.Locale;

/** Why a day has no value of a metric. The words are those of {@code completeness.missing[].reason}. */
public enum Absence {
    /** All sources that could have it were read, and none has it, for this day or for this person at all. */
    NOT_PROVIDED,
    NOT_CONNECTED,
    /** The source was there that night, and nobody slept. */
    NO_SLEEP,
    /** The source is still working it out. */
    PENDING,
    /** The source could not work it out, and never will. */
    UNSCORABLE,
    /** The source has a value, which cannot be true. */
    IMPLAUSIBLE,
    /** The day was not read from the source, or not completely. */
    NOT_FETCHED,
    DISABLED,
    SOURCE_UNAVAILABLE;

    /** The word in JSON, such as {@code no_sleep}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
