package io.holisticos.app.admin;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Section {@code diagnostics}: pages of Dropwizard that show or cost more than an open port should. */
public final class DiagnosticsConfiguration {

    /** {@code /threads} shows every thread with its name and stack. */
    @JsonProperty
    boolean threads;

    /** {@code /pprof} samples the processor for as long as the caller asks. */
    @JsonProperty
    boolean pprof;
}
