package io.holisticos.sahha;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Locale;

/** Whether Sahha itself is connected with WHOOP, by the integration that its dashboard offers. */
public enum WhoopIntegration {
    NO,
    YES,
    UNKNOWN;

    /** YAML takes an unquoted {@code no} or {@code yes} for a truth value, and may pass it on as one. */
    @JsonCreator
    static WhoopIntegration of(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "no", "false" -> NO;
            case "yes", "true" -> YES;
            case "unknown" -> UNKNOWN;
            default -> throw new IllegalArgumentException("must be no, yes or unknown, was " + word);
        };
    }

    /** Whether WHOOP's own values may come that way, RMSSD included, which no phone hands over. */
    boolean isPossible() {
        return this != NO;
    }
}
