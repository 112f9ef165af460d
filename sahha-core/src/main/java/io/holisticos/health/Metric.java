package io.holisticos.health;

import java.math.BigDecimal;

/**
 * A metric with its unit and the range of plausible values for a living person. RMSSD and SDNN are different metrics, and so
 * are a resting and a sleeping heart rate: only values of the same metric are compared.
 *
 * <p>The ranges are wide: a value outside is an error of a device or of a conversion; a value inside may still be wrong. Zero
 * is inside where it is possible.
 */
public enum Metric {
    // the lowest known resting rate of a healthy adult is 26 bpm (Guinness World Records, 2014); a resting rate above
    // 200 is an emergency; exercise and arrhythmia reach 250, which is also the limit of wrist sensors
    HEART_RATE_RESTING("heart_rate.resting", "bpm", Family.HEART, 20, 200),
    HEART_RATE_SLEEP("heart_rate.sleep", "bpm", Family.HEART, 20, 200),
    HEART_RATE_AVERAGE("heart_rate.average", "bpm", Family.HEART, 20, 220),
    HEART_RATE_MAX("heart_rate.max", "bpm", Family.HEART, 20, 250),
    // healthy adults have an RMSSD of 19 to 75 ms and an SDNN of 32 to 93 ms (Nunan et al., 2010), athletes several
    // times that; even a denervated heart varies by more than 1 ms
    HRV_RMSSD("hrv.rmssd", "ms", Family.HEART, 1, 500),
    HRV_RMSSD_SLEEP("hrv.rmssd.sleep", "ms", Family.HEART, 1, 500),
    HRV_SDNN("hrv.sdnn", "ms", Family.HEART, 1, 500),
    // a body at rest takes 3.5 (1 MET), so no maximum is less; the highest ever measured is 97.5 (Svendsen, 2012)
    VO2_MAX("vo2_max", "mL/kg/min", Family.HEART, 3, 100),

    // a night lasts at most a day; a night without sleep is possible, but not one without time in bed
    SLEEP_DURATION("sleep.duration", "minute", Family.SLEEP, 0, 1440),
    SLEEP_IN_BED("sleep.in_bed", "minute", Family.SLEEP, 1, 1440),
    SLEEP_AWAKE("sleep.awake", "minute", Family.SLEEP, 0, 1440),
    SLEEP_LIGHT("sleep.light", "minute", Family.SLEEP, 0, 1440),
    SLEEP_DEEP("sleep.deep", "minute", Family.SLEEP, 0, 1440),
    SLEEP_REM("sleep.rem", "minute", Family.SLEEP, 0, 1440),
    SLEEP_LATENCY("sleep.latency", "minute", Family.SLEEP, 0, 1440),
    SLEEP_EFFICIENCY("sleep.efficiency", "percent", Family.SLEEP, 0, 100),
    SLEEP_REGULARITY("sleep.regularity", "percent", Family.SLEEP, 0, 100),
    SLEEP_CONSISTENCY("sleep.consistency", "percent", Family.SLEEP, 0, 100),
    SLEEP_NEED("sleep.need", "minute", Family.SLEEP, 1, 1440), // everyone needs some sleep
    SLEEP_DEBT("sleep.debt", "hour", Family.SLEEP, 0, 168), // the hours of a week (Sahha, read 2025-07)
    SLEEP_INTERRUPTIONS("sleep.interruptions", "count", Family.SLEEP, 0, 1440), // one each minute

    // adults usually breathe 12 to 20 times, 4 to 6 times in paced breathing, and infants up to 60 times
    RESPIRATORY_RATE("respiratory_rate", "per_minute", Family.RESPIRATION, 4, 60),
    RESPIRATORY_RATE_SLEEP("respiratory_rate.sleep", "per_minute", Family.RESPIRATION, 4, 60),
    // oximeters are tested down to 70 % (ISO 80601-2-61); a person is unconscious below 50 %
    SPO2("spo2", "percent", Family.OXYGEN, 50, 100),
    SPO2_SLEEP("spo2.sleep", "percent", Family.OXYGEN, 50, 100),
    // measured at the wrist: about 25 in a cool room, 40 with a high fever
    SKIN_TEMPERATURE_SLEEP("skin_temperature.sleep", "celsius", Family.TEMPERATURE, 20, 42),

    STEPS(
            "steps",
            "count",
            Family.ACTIVITY,
            0,
            400_000), // running for 24 hours, 319 km (Sorokin, 2022), takes about 350,000
    FLOORS_CLIMBED(
            "floors_climbed", "count", Family.ACTIVITY, 0, 10_000), // an ascent of 21 km in 24 hours is about 7,000
    // a day has 25 hours when clocks are set back
    ACTIVE_HOURS("active.hours", "hour", Family.ACTIVITY, 0, 25),
    ACTIVE_DURATION("active.duration", "minute", Family.ACTIVITY, 0, 1500),
    SEDENTARY_DURATION("sedentary.duration", "minute", Family.ACTIVITY, 0, 1500),
    // a stage of a grand tour takes about 8,000 kcal, running for 24 hours less than 20,000
    ENERGY_ACTIVE("energy.active", "kcal", Family.ENERGY, 0, 20_000),
    ENERGY_TOTAL("energy.total", "kcal", Family.ENERGY, 0, 20_000);

    /** Metrics that the same kind of device measures best. The default order of sources is set for each family. */
    public enum Family {
        SLEEP,
        HEART,
        RESPIRATION,
        OXYGEN,
        TEMPERATURE,
        ACTIVITY,
        ENERGY
    }

    private final String key;
    private final String unit;
    private final Family family;
    private final BigDecimal min;
    private final BigDecimal max;

    Metric(String key, String unit, Family family, int min, int max) {
        this.key = key;
        this.unit = unit;
        this.family = family;
        this.min = BigDecimal.valueOf(min);
        this.max = BigDecimal.valueOf(max);
    }

    /** The name in JSON, such as {@code heart_rate.resting}. */
    public String key() {
        return key;
    }

    public String unit() {
        return unit;
    }

    public Family family() {
        return family;
    }

    /** The lowest plausible value of a day. */
    public BigDecimal min() {
        return min;
    }

    /** The highest plausible value of a day. */
    public BigDecimal max() {
        return max;
    }

    /** Whether this is a plausible value of a day. */
    public boolean isPlausible(BigDecimal value) {
        return value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
    }
}
