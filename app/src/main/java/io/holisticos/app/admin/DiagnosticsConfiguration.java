package io.holisticos.app.admin;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Section {@code diagnostics}: pages of Dropwizard's that show or cost more than an open port should. */
public final class DiagnosticsConfiguration {

    /** {@code /threads}: what every thread does, with its name. */
    @JsonProperty
    boolean threads;

    /** {@code /pprof}: samples the processor for as long as the caller says. */
    @JsonProperty
    boolean pprof;
}
