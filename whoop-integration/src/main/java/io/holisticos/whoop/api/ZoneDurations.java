package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Milliseconds in each heart rate zone. */
public record ZoneDurations(
        @JsonProperty("zone_zero_milli") long zoneZeroMilli,
        @JsonProperty("zone_one_milli") long zoneOneMilli,
        @JsonProperty("zone_two_milli") long zoneTwoMilli,
        @JsonProperty("zone_three_milli") long zoneThreeMilli,
        @JsonProperty("zone_four_milli") long zoneFourMilli,
        @JsonProperty("zone_five_milli") long zoneFiveMilli) {

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "ZoneDurations[redacted]";
    }
}
