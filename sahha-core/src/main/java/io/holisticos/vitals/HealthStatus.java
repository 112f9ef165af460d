package io.holisticos.vitals;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The health of a part of the service. */
public enum HealthStatus {
    OK,
    /** It works, but with restrictions. */
    DEGRADED,
    DOWN,
    /** Switched off by an operator. */
    DISABLED,
    /** There are no credentials, so it is not built. */
    NOT_CONFIGURED;

    /** Its name in JSON. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
