package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The numbers behind a recovery.
 *
 * @param userCalibrating true in the first days of a membership
 * @param recoveryScore 0 to 100
 * @param restingHeartRate beats per minute
 * @param hrvRmssdMilli milliseconds, with a fraction
 * @param spo2Percentage 0 to 100; null on straps before 4.0
 * @param skinTempCelsius null on straps before 4.0
 */
public record RecoveryScore(
        @JsonProperty("user_calibrating") boolean userCalibrating,
        @JsonProperty("recovery_score") BigDecimal recoveryScore,
        @JsonProperty("resting_heart_rate") BigDecimal restingHeartRate,
        @JsonProperty("hrv_rmssd_milli") BigDecimal hrvRmssdMilli,
        @JsonProperty("spo2_percentage") @Nullable BigDecimal spo2Percentage,
        @JsonProperty("skin_temp_celsius") @Nullable BigDecimal skinTempCelsius) {

    public RecoveryScore {
        Rules.required(recoveryScore, "recovery_score");
        Rules.required(restingHeartRate, "resting_heart_rate");
        Rules.required(hrvRmssdMilli, "hrv_rmssd_milli");
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "RecoveryScore[redacted]";
    }
}
