package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;

/**
 * A member's body as entered in the WHOOP app: the current values only, without a time.
 *
 * @param maxHeartRate beats per minute
 */
public record BodyMeasurement(
        @JsonProperty("height_meter") BigDecimal heightMeter,
        @JsonProperty("weight_kilogram") BigDecimal weightKilogram,
        @JsonProperty("max_heart_rate") int maxHeartRate) {

    public BodyMeasurement {
        Rules.required(heightMeter, "height_meter");
        Rules.required(weightKilogram, "weight_kilogram");
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "BodyMeasurement[redacted]";
    }
}
