package io.holisticos.health;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is measured, with its one unit. RMSSD and SDNN are different metrics, so are a resting and a sleeping heart rate:
 * only values of the same metric are ever compared.
 */
public enum Metric {
    HEART_RATE_RESTING("heart_rate.resting", "bpm", Family.HEART),
    HEART_RATE_SLEEP("heart_rate.sleep", "bpm", Family.HEART),
    HEART_RATE_AVERAGE("heart_rate.average", "bpm", Family.HEART),
    HEART_RATE_MAX("heart_rate.max", "bpm", Family.HEART),
    HRV_RMSSD("hrv.rmssd", "ms", Family.HEART),
    HRV_RMSSD_SLEEP("hrv.rmssd.sleep", "ms", Family.HEART),
    HRV_SDNN("hrv.sdnn", "ms", Family.HEART),
    VO2_MAX("vo2_max", "mL/kg/min", Family.HEART),

    SLEEP_DURATION("sleep.duration", "minute", Family.SLEEP),
    SLEEP_IN_BED("sleep.in_bed", "minute", Family.SLEEP),
    SLEEP_AWAKE("sleep.awake", "minute", Family.SLEEP),
    SLEEP_LIGHT("sleep.light", "minute", Family.SLEEP),
    SLEEP_DEEP("sleep.deep", "minute", Family.SLEEP),
    SLEEP_REM("sleep.rem", "minute", Family.SLEEP),
    SLEEP_LATENCY("sleep.latency", "minute", Family.SLEEP),
    SLEEP_EFFICIENCY("sleep.efficiency", "percent", Family.SLEEP),
    SLEEP_REGULARITY("sleep.regularity", "percent", Family.SLEEP),
    SLEEP_CONSISTENCY("sleep.consistency", "percent", Family.SLEEP),
    SLEEP_NEED("sleep.need", "minute", Family.SLEEP),
    SLEEP_DEBT("sleep.debt", "hour", Family.SLEEP),
    SLEEP_INTERRUPTIONS("sleep.interruptions", "count", Family.SLEEP),

    RESPIRATORY_RATE("respiratory_rate", "per_minute", Family.RESPIRATION),
    RESPIRATORY_RATE_SLEEP("respiratory_rate.sleep", "per_minute", Family.RESPIRATION),
    SPO2("spo2", "percent", Family.OXYGEN),
    SPO2_SLEEP("spo2.sleep", "percent", Family.OXYGEN),
    SKIN_TEMPERATURE_SLEEP("skin_temperature.sleep", "celsius", Family.TEMPERATURE),

    STEPS("steps", "count", Family.ACTIVITY),
    FLOORS_CLIMBED("floors_climbed", "count", Family.ACTIVITY),
    ACTIVE_HOURS("active.hours", "hour", Family.ACTIVITY),
    ACTIVE_DURATION("active.duration", "minute", Family.ACTIVITY),
    SEDENTARY_DURATION("sedentary.duration", "minute", Family.ACTIVITY),
    ENERGY_ACTIVE("energy.active", "kcal", Family.ENERGY),
    ENERGY_TOTAL("energy.total", "kcal", Family.ENERGY);

    /** Metrics that a person would trust one kind of device for; the default order of sources is decided by family. */
    public enum Family {
        SLEEP,
        HEART,
        RESPIRATION,
        OXYGEN,
        TEMPERATURE,
        ACTIVITY,
        ENERGY
    }

    private static final Map<String, Metric> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Metric::key, Function.identity()));

    private final String key;
    private final String unit;
    private final Family family;

    Metric(String key, String unit, Family family) {
        this.key = key;
        this.unit = unit;
        this.family = family;
    }

    /** The name in answers, such as {@code heart_rate.resting}. */
    public String key() {
        return key;
    }

    public String unit() {
        return unit;
    }

    public Family family() {
        return family;
    }

    public static Optional<Metric> ofKey(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }
}
