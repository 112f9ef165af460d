package io.holisticos.command;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/** Section {@code commands} of {@code config.yml}: settings that all commands share. */
public final class CommandsConfiguration {

    /** The first part of the gauges' names and the stream's {@code group}. Tenacity had a fixed one. */
    @NotNull
    @Pattern(regexp = "[A-Za-z0-9_-]{1,50}", message = "must have 1 to 50 characters A-Z, a-z, 0-9, _ and -")
    @JsonProperty
    String group = "TENACITY";
}
