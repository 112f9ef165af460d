package io.holisticos.twins.whoop;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How faithfully events are delivered from now on. */
public enum WebhookMode {
    /** Once, in order, at once. */
    NORMAL,
    /** Never. */
    DROP,
    /** Twice, with the same trace id. */
    DUPLICATE,
    /** Newest first within what is due together. */
    REORDER,
    /** Some minutes late. */
    DELAY;

    /** The word used in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<WebhookMode> ofWord(String word) {
        return Arrays.stream(values()).filter(mode -> mode.word().equals(word)).findAny();
    }
}
