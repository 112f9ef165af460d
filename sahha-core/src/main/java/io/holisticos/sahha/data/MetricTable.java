package io.holisticos.sahha.data;

import static java.util.Map.entry;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.sahha.api.SahhaNumber;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps Sahha's biomarker types to our metrics. Types missing here have no metric of ours: composite, body, demographic and
 * blood values, and the unqualified {@code heart_rate} and {@code heart_rate_variability}.
 */
public final class MetricTable {

    static final Map<String, Metric> METRICS = Map.ofEntries(
            entry("steps", Metric.STEPS),
            entry("floors_climbed", Metric.FLOORS_CLIMBED),
            entry("active_hours", Metric.ACTIVE_HOURS),
            entry("active_duration", Metric.ACTIVE_DURATION),
            entry("activity_sedentary_duration", Metric.SEDENTARY_DURATION),
            entry("active_energy_burned", Metric.ENERGY_ACTIVE),
            entry("total_energy_burned", Metric.ENERGY_TOTAL),
            entry("sleep_duration", Metric.SLEEP_DURATION),
            entry("sleep_in_bed_duration", Metric.SLEEP_IN_BED),
            entry("sleep_awake_duration", Metric.SLEEP_AWAKE),
            entry("sleep_light_duration", Metric.SLEEP_LIGHT),
            entry("sleep_deep_duration", Metric.SLEEP_DEEP),
            entry("sleep_rem_duration", Metric.SLEEP_REM),
            entry("sleep_latency", Metric.SLEEP_LATENCY),
            entry("sleep_interruptions", Metric.SLEEP_INTERRUPTIONS),
            entry("sleep_efficiency", Metric.SLEEP_EFFICIENCY),
            entry("sleep_regularity", Metric.SLEEP_REGULARITY),
            entry("sleep_debt", Metric.SLEEP_DEBT),
            entry("heart_rate_resting", Metric.HEART_RATE_RESTING),
            entry("heart_rate_sleep", Metric.HEART_RATE_SLEEP),
            entry("heart_rate_variability_sdnn", Metric.HRV_SDNN),
            entry("heart_rate_variability_rmssd", Metric.HRV_RMSSD),
            entry("vo2_max", Metric.VO2_MAX),
            entry("respiratory_rate", Metric.RESPIRATORY_RATE),
            entry("respiratory_rate_sleep", Metric.RESPIRATORY_RATE_SLEEP),
            entry("oxygen_saturation", Metric.SPO2),
            entry("oxygen_saturation_sleep", Metric.SPO2_SLEEP),
            entry("skin_temperature_sleep", Metric.SKIN_TEMPERATURE_SLEEP));

    /** Weekly values of a sliding window: each belongs to the sleep day that its window ends with. */
    private static final Set<String> SLIDING = Set.of("sleep_debt", "sleep_regularity");

    /** Factors by our unit and then Sahha's; a negative one divides. Units missing here leave the value as it is. */
    private static final Map<String, Map<String, BigDecimal>> FACTORS = Map.of(
            "minute", Map.of("hour", new BigDecimal(60)),
            "hour", Map.of("minute", BigDecimal.valueOf(60).negate()),
            "kcal", Map.of("kj", new BigDecimal("-4.184"), "kilojoule", new BigDecimal("-4.184")));

    private static final Set<String> FAHRENHEIT = Set.of("fahrenheit", "degf", "f");
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int CONVERTED_DECIMALS = 3;

    private MetricTable() {}

    /** The metric of a type of biomarker. */
    static Optional<Metric> metric(String type) {
        return Optional.ofNullable(METRICS.get(type));
    }

    /** Empty when the row has no metric of ours, is not about one day, or has no number. */
    static Optional<Measurement> measurement(SahhaRow row) {
        Metric metric = METRICS.get(String.valueOf(row.name()));
        BigDecimal value = SahhaNumber.parse(row.value());
        if (metric == null || value == null || !(row.isOfOneDay() || isSliding(row))) {
            return Optional.empty();
        }
        String unit =
                row.data() == null ? null : row.data().path(SahhaDatabase.UNIT).asText("");
        return Optional.of(new Measurement(metric, converted(metric, value, unit), row.lineage()));
    }

    private static boolean isSliding(SahhaRow row) {
        return "weekly".equals(row.periodicity()) && SLIDING.contains(String.valueOf(row.name()));
    }

    /** Converts percentages to 0 to 100: Sahha sends 0 to 1 whatever the unit says ({@code percentage}, {@code index}). */
    public static BigDecimal percent(BigDecimal value) {
        return value.compareTo(BigDecimal.ONE) <= 0 ? plain(value.multiply(HUNDRED)) : value;
    }

    private static BigDecimal converted(Metric metric, BigDecimal value, @Nullable String sahhaUnit) {
        String unit = sahhaUnit == null ? "" : sahhaUnit.toLowerCase(Locale.ROOT);
        if (metric.unit().equals("percent")) {
            return percent(value);
        }
        if (metric.unit().equals("celsius") && FAHRENHEIT.contains(unit)) {
            return plain(value.subtract(BigDecimal.valueOf(32))
                    .multiply(BigDecimal.valueOf(5))
                    .divide(BigDecimal.valueOf(9), 10, RoundingMode.HALF_UP));
        }
        BigDecimal factor = FACTORS.getOrDefault(metric.unit(), Map.of()).get(unit);
        if (factor == null) {
            return value;
        }
        return plain(
                factor.signum() > 0 // dividing is exact where the reciprocal is not
                        ? value.multiply(factor)
                        : value.divide(factor.negate(), 10, RoundingMode.HALF_UP));
    }

    /** Rounds to three decimals and removes trailing zeros. */
    public static BigDecimal plain(BigDecimal value) {
        BigDecimal rounded = value.setScale(
                        Math.min(Math.max(value.scale(), 0), CONVERTED_DECIMALS), RoundingMode.HALF_UP)
                .stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }
}
