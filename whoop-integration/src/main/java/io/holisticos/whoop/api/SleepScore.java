package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a sleep was like. The stages need not add up to the time in bed: WHOOP's own example is 24 minutes short.
 *
 * @param respiratoryRate breaths per minute; null until computable
 * @param sleepPerformancePercentage 0 to 100; null until computable
 * @param sleepConsistencyPercentage 0 to 100; null for the first nights
 * @param sleepEfficiencyPercentage 0 to 100; null until computable
 */
public record SleepScore(
        @JsonProperty("stage_summary") StageSummary stageSummary,
        @JsonProperty("sleep_needed") SleepNeeded sleepNeeded,
        @JsonProperty("respiratory_rate") @Nullable BigDecimal respiratoryRate,

        @JsonProperty("sleep_performance_percentage") @Nullable
        BigDecimal sleepPerformancePercentage,

        @JsonProperty("sleep_consistency_percentage") @Nullable
        BigDecimal sleepConsistencyPercentage,

        @JsonProperty("sleep_efficiency_percentage") @Nullable
        BigDecimal sleepEfficiencyPercentage) {

    public SleepScore {
        Rules.required(stageSummary, "stage_summary");
        Rules.required(sleepNeeded, "sleep_needed");
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "SleepScore[redacted]";
    }

    /** Times in milliseconds, and counts. */
    public record StageSummary(
            @JsonProperty("total_in_bed_time_milli") long totalInBedTimeMilli,
            @JsonProperty("total_awake_time_milli") long totalAwakeTimeMilli,
            @JsonProperty("total_no_data_time_milli") long totalNoDataTimeMilli,
            @JsonProperty("total_light_sleep_time_milli") long totalLightSleepTimeMilli,

            @JsonProperty("total_slow_wave_sleep_time_milli")
            long totalSlowWaveSleepTimeMilli,

            @JsonProperty("total_rem_sleep_time_milli") long totalRemSleepTimeMilli,
            @JsonProperty("sleep_cycle_count") int sleepCycleCount,
            @JsonProperty("disturbance_count") int disturbanceCount) {

        /** Health values stay out of logs. */
        @Override
        public String toString() {
            return "StageSummary[redacted]";
        }
    }

    /**
     * The need for sleep is the sum of these, in milliseconds.
     *
     * @param needFromRecentNapMilli zero or negative: naps lower the need
     */
    public record SleepNeeded(
            @JsonProperty("baseline_milli") long baselineMilli,
            @JsonProperty("need_from_sleep_debt_milli") long needFromSleepDebtMilli,
            @JsonProperty("need_from_recent_strain_milli") long needFromRecentStrainMilli,
            @JsonProperty("need_from_recent_nap_milli") long needFromRecentNapMilli) {

        /** Health values stay out of logs. */
        @Override
        public String toString() {
            return "SleepNeeded[redacted]";
        }
    }
}
