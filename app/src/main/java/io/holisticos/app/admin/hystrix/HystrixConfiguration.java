package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** Section {@code hystrix} of {@code config.yml}. */
public final class HystrixConfiguration {

    /** How many clients one stream has at a time. One more gets 503 (Hystrix's default is 5). */
    @Min(1)
    @Max(100)
    @JsonProperty
    int maxConcurrentConnections = 5;
}
