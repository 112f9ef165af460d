package io.holisticos.app.access;

import java.util.Locale;

/** What a group of the existing paths requires of callers. */
public enum Mode {
    /** No credential, because their callers send none. */
    OPEN,
    /** No credential, but it is counted whom {@code ENFORCE} would refuse. */
    OBSERVE,
    /** A credential with scope {@code health:read}. */
    ENFORCE;

    /** As configuration and commands name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
