package io.holisticos.whoop.data;

import static java.util.Map.entry;

import io.holisticos.health.Metric;
import io.holisticos.whoop.api.WhoopApi;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics a change of a record can change: named by a collection, such as {@code sleep}, for a record that came or went,
 * and by a column, such as {@code sleep.respiratory_rate}, for a new version.
 */
final class ChangedMetrics {

    private static final Map<String, List<Metric>> BY_NAME = Map.ofEntries(
            entry("recovery.resting_heart_rate", List.of(Metric.HEART_RATE_RESTING)),
            entry("recovery.hrv_rmssd_milli", List.of(Metric.HRV_RMSSD_SLEEP)),
            entry("recovery.spo2_percentage", List.of(Metric.SPO2_SLEEP)),
            entry("recovery.skin_temp_celsius", List.of(Metric.SKIN_TEMPERATURE_SLEEP)),
            entry(
                    "recovery",
                    List.of(
                            Metric.HEART_RATE_RESTING,
                            Metric.HRV_RMSSD_SLEEP,
                            Metric.SPO2_SLEEP,
                            Metric.SKIN_TEMPERATURE_SLEEP)),
            entry("cycle.average_heart_rate", List.of(Metric.HEART_RATE_AVERAGE)),
            entry("cycle.max_heart_rate", List.of(Metric.HEART_RATE_MAX)),
            entry("cycle.kilojoule", List.of(Metric.ENERGY_TOTAL)),
            entry("cycle.step_count", List.of(Metric.STEPS)),
            entry("sleep.total_in_bed_time_milli", List.of(Metric.SLEEP_DURATION, Metric.SLEEP_IN_BED)),
            entry("sleep.total_awake_time_milli", List.of(Metric.SLEEP_DURATION, Metric.SLEEP_AWAKE)),
            entry("sleep.total_no_data_time_milli", List.of(Metric.SLEEP_DURATION)),
            entry("sleep.total_light_sleep_time_milli", List.of(Metric.SLEEP_LIGHT)),
            entry("sleep.total_slow_wave_sleep_time_milli", List.of(Metric.SLEEP_DEEP)),
            entry("sleep.total_rem_sleep_time_milli", List.of(Metric.SLEEP_REM)),
            entry("sleep.disturbance_count", List.of(Metric.SLEEP_INTERRUPTIONS)),
            entry("sleep.sleep_efficiency_percentage", List.of(Metric.SLEEP_EFFICIENCY)),
            entry("sleep.sleep_consistency_percentage", List.of(Metric.SLEEP_CONSISTENCY)),
            entry("sleep.baseline_milli", List.of(Metric.SLEEP_NEED)),
            entry("sleep.need_from_sleep_debt_milli", List.of(Metric.SLEEP_NEED)),
            entry("sleep.need_from_recent_strain_milli", List.of(Metric.SLEEP_NEED)),
            entry("sleep.need_from_recent_nap_milli", List.of(Metric.SLEEP_NEED)),
            entry("sleep.respiratory_rate", List.of(Metric.RESPIRATORY_RATE_SLEEP)));

    /** Columns of scores and of records in WHOOP's own words. */
    private static final Set<String> WITHOUT_METRIC = Set.of(
            "recovery.recovery_score",
            "recovery.user_calibrating",
            "cycle.strain",
            "sleep.sleep_performance_percentage",
            "sleep.sleep_cycle_count");

    private static final Set<String> OF_NO_VALUE = Set.of("created_at", "updated_at", "v1_id", "whoop_user_id");

    private static final SortedSet<Metric> ALL = new TreeSet<>(Metric.providedBy(WhoopApi.WHOOP));

    private ChangedMetrics() {}

    /**
     * Of a column that can move the whole day or take its values away, and of a sleep or cycle that came or went: all.
     *
     * @param names null for everything
     */
    static SortedSet<Metric> of(@Nullable Collection<String> names) {
        if (names == null || names.stream().anyMatch(ChangedMetrics::isOfAll)) {
            return ALL;
        }
        SortedSet<Metric> metrics = new TreeSet<>();
        names.forEach(name -> metrics.addAll(BY_NAME.getOrDefault(name, List.of())));
        return metrics;
    }

    /** Whether workouts can be others now, or on another day: that is the day of their cycle. */
    static boolean canBeOfWorkouts(@Nullable Collection<String> names) {
        return names == null || names.stream().anyMatch(name -> isOfWorkouts(name) || isOfAll(name));
    }

    private static boolean isOfAll(String name) {
        return !BY_NAME.containsKey(name)
                && !WITHOUT_METRIC.contains(name)
                && !isOfWorkouts(name)
                && !OF_NO_VALUE.contains(name.substring(name.indexOf('.') + 1));
    }

    private static boolean isOfWorkouts(String name) {
        return name.equals("workout") || name.startsWith("workout.");
    }
}
