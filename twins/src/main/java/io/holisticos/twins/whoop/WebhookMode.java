package io.holisticos.twins.whoop;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How events are delivered. */
public enum WebhookMode {
    /** Each is sent once, in order and at once. */
    NORMAL,
    /** None is sent. */
    DROP,
    /** Each is sent twice, with the same trace id. */
    DUPLICATE,
    /** Events that are due together are sent newest first. */
    REORDER,
    /** Each is sent some minutes late. */
    DELAY;

    /** The word used in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<WebhookMode> ofWord(String word) {
        return Arrays.stream(values()).filter(mode -> mode.word().equals(word)).findAny();
    }
}
