package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;

/**
 * What a check found.
 *
 * @param check the name of the check, and of what was looked at
 * @param said in words; where it is not well, what to do
 */
@JsonPropertyOrder({"check", "status", "said"})
record Finding(
        @JsonProperty("check") String check,
        @JsonProperty("status") Status status,
        @JsonProperty("said") String said) {

    /** How it is. Only what failed makes a command end with 1. */
    enum Status {
        @JsonProperty("ok")
        OK,
        /** Works, and should be mended. */
        @JsonProperty("warning")
        WARNING,
        @JsonProperty("failed")
        FAILED
    }

    static Finding ok(String check, String said) {
        return new Finding(check, Status.OK, said);
    }

    static Finding warning(String check, String said) {
        return new Finding(check, Status.WARNING, said);
    }

    static Finding failed(String check, String said) {
        return new Finding(check, Status.FAILED, said);
    }

    boolean isFailed() {
        return status == Status.FAILED;
    }

    String line() {
        return "%-8s%s: %s".formatted(status.name().toLowerCase(Locale.ROOT), check, said);
    }
}
