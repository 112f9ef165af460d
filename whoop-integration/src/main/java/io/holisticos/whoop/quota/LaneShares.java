package io.holisticos.whoop.quota;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** What each lane is guaranteed of a minute, in percent; together at most 100. What a lane does not use, others borrow. */
public final class LaneShares {

    @Min(1)
    @Max(97)
    @JsonProperty
    int interactive = 20;

    @Min(1)
    @Max(97)
    @JsonProperty
    int webhook = 50;

    @Min(1)
    @Max(97)
    @JsonProperty
    int reconcile = 20;

    @Min(1)
    @Max(97)
    @JsonProperty
    int backfill = 10;

    int percentOf(Lane lane) {
        return switch (lane) {
            case INTERACTIVE -> interactive;
            case WEBHOOK -> webhook;
            case RECONCILE -> reconcile;
            case BACKFILL -> backfill;
        };
    }

    @JsonIgnore
    @ValidationMethod(message = "the shares must not be more than 100 percent together")
    public boolean isNoMoreThanAll() {
        return interactive + webhook + reconcile + backfill <= 100;
    }
}
