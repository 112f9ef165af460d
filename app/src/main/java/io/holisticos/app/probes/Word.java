package io.holisticos.app.probes;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How something does, in one word. */
public enum Word {
    OK,
    /** It works, but not as it should. */
    DEGRADED,
    DOWN,
    /** Switched off by an operator. */
    DISABLED,
    /** No credentials: not built at all. */
    NOT_CONFIGURED;

    /** As in answers. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
