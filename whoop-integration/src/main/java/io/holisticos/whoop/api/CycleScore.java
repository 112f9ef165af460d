package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;

/**
 * The load of a cycle.
 *
 * @param strain 0 to 21, no unit
 * @param averageHeartRate beats per minute
 * @param maxHeartRate beats per minute
 */
public record CycleScore(
        @JsonProperty("strain") BigDecimal strain,
        @JsonProperty("kilojoule") BigDecimal kilojoule,
        @JsonProperty("average_heart_rate") int averageHeartRate,
        @JsonProperty("max_heart_rate") int maxHeartRate) {

    public CycleScore {
        Rules.required(strain, "strain");
        Rules.required(kilojoule, "kilojoule");
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "CycleScore[redacted]";
    }
}
