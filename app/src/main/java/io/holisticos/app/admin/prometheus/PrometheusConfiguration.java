package io.holisticos.app.admin.prometheus;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Section {@code prometheus}: what its page shows. */
public final class PrometheusConfiguration {

    /** Also all of Hystrix's figures, which are some ninety series for each command; {@code /metrics} has them anyway. */
    @JsonProperty
    boolean hystrix;
}
