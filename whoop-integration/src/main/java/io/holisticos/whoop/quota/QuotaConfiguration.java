package io.holisticos.whoop.quota;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** How much WHOOP lets our application ask. Read once at start-up; the same for all processes. */
public final class QuotaConfiguration {

    /** Calls in a minute, as granted by WHOOP (100 for every new application). */
    @Min(10)
    @JsonProperty
    int perMinute = 100;

    /** Calls in a day, as granted by WHOOP (10,000 for every new application). */
    @Min(10)
    @JsonProperty
    int perDay = 10_000;

    /** Never used, in percent of both: room for what is counted differently on the other side. */
    @Min(0)
    @Max(90)
    @JsonProperty
    int reservePercent = 2;

    /**
     * Added to both windows. A call is counted here when it is granted and there when it arrives; this is how much the
     * two may differ, the difference between our own hosts' clocks included.
     */
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration margin = Duration.seconds(2);

    /** How lanes share the minute. */
    @Valid
    @NotNull
    @JsonProperty
    LaneShares lanes = new LaneShares();

    public int perMinute() {
        return perMinute;
    }

    public int perDay() {
        return perDay;
    }

    @JsonIgnore
    @ValidationMethod(message = "perDay must not be less than perMinute")
    public boolean isDayAtLeastMinute() {
        return perDay >= perMinute;
    }
}
