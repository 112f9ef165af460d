package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The load of a workout.
 *
 * @param strain 0 to 21, no unit
 * @param averageHeartRate beats per minute
 * @param maxHeartRate beats per minute
 * @param percentRecorded 0 to 100, the share of the workout with heart rate data
 * @param distanceMeter null without a position signal
 * @param altitudeGainMeter null without a position signal
 * @param altitudeChangeMeter may be negative; null without a position signal
 */
public record WorkoutScore(
        @JsonProperty("strain") BigDecimal strain,
        @JsonProperty("average_heart_rate") int averageHeartRate,
        @JsonProperty("max_heart_rate") int maxHeartRate,
        @JsonProperty("kilojoule") BigDecimal kilojoule,
        @JsonProperty("percent_recorded") BigDecimal percentRecorded,
        @JsonProperty("distance_meter") @Nullable BigDecimal distanceMeter,
        @JsonProperty("altitude_gain_meter") @Nullable BigDecimal altitudeGainMeter,
        @JsonProperty("altitude_change_meter") @Nullable BigDecimal altitudeChangeMeter,
        @JsonProperty("zone_durations") ZoneDurations zoneDurations) {

    public WorkoutScore {
        Rules.required(strain, "strain");
        Rules.required(kilojoule, "kilojoule");
        Rules.required(percentRecorded, "percent_recorded");
        Rules.required(zoneDurations, "zone_durations");
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "WorkoutScore[redacted]";
    }
}
