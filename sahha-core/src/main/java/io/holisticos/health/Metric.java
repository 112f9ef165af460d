package io.holisticos.health;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A metric: one quantity, measured by one method over one period. RMSSD and SDNN are different metrics, and so are a resting
 * and a sleeping heart rate: only values of the same metric are compared. All there is to know of a metric stands in {@code
 * metrics.yml}, which a person can read and extend. Metrics are compared by their order in that file. Immutable.
 */
public final class Metric implements Comparable<Metric> {

    /** In the order of the file. It stands before the constants, which are found in it. */
    private static final Map<String, Metric> BY_KEY = byKey();

    public static final Metric HEART_RATE_RESTING = of("heart_rate.resting");
    public static final Metric HEART_RATE_SLEEP = of("heart_rate.sleep");
    public static final Metric HEART_RATE_AVERAGE = of("heart_rate.average");
    public static final Metric HEART_RATE_MAX = of("heart_rate.max");
    public static final Metric HRV_RMSSD = of("hrv.rmssd");
    public static final Metric HRV_RMSSD_SLEEP = of("hrv.rmssd.sleep");
    public static final Metric HRV_SDNN = of("hrv.sdnn");
    public static final Metric VO2_MAX = of("vo2_max");
    public static final Metric SLEEP_DURATION = of("sleep.duration");
    public static final Metric SLEEP_IN_BED = of("sleep.in_bed");
    public static final Metric SLEEP_AWAKE = of("sleep.awake");
    public static final Metric SLEEP_LIGHT = of("sleep.light");
    public static final Metric SLEEP_DEEP = of("sleep.deep");
    public static final Metric SLEEP_REM = of("sleep.rem");
    public static final Metric SLEEP_LATENCY = of("sleep.latency");
    public static final Metric SLEEP_EFFICIENCY = of("sleep.efficiency");
    public static final Metric SLEEP_REGULARITY = of("sleep.regularity");
    public static final Metric SLEEP_CONSISTENCY = of("sleep.consistency");
    public static final Metric SLEEP_NEED = of("sleep.need");
    public static final Metric SLEEP_DEBT = of("sleep.debt");
    public static final Metric SLEEP_INTERRUPTIONS = of("sleep.interruptions");
    public static final Metric RESPIRATORY_RATE = of("respiratory_rate");
    public static final Metric RESPIRATORY_RATE_SLEEP = of("respiratory_rate.sleep");
    public static final Metric SPO2 = of("spo2");
    public static final Metric SPO2_SLEEP = of("spo2.sleep");
    public static final Metric SKIN_TEMPERATURE_SLEEP = of("skin_temperature.sleep");
    public static final Metric STEPS = of("steps");
    public static final Metric FLOORS_CLIMBED = of("floors_climbed");
    public static final Metric ACTIVE_HOURS = of("active.hours");
    public static final Metric ACTIVE_DURATION = of("active.duration");
    public static final Metric SEDENTARY_DURATION = of("sedentary.duration");
    public static final Metric ENERGY_ACTIVE = of("energy.active");
    public static final Metric ENERGY_TOTAL = of("energy.total");

    /** Metrics that the same kind of device measures best. The default order of sources is set for each family. */
    public enum Family {
        SLEEP,
        HEART,
        RESPIRATION,
        OXYGEN,
        TEMPERATURE,
        ACTIVITY,
        ENERGY;

        /** The name in JSON and configuration, such as {@code sleep}. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final MetricDefinition definition;
    private final int place;

    Metric(MetricDefinition definition, int place) {
        this.definition = definition;
        this.place = place;
    }

    private static Map<String, Metric> byKey() {
        Map<String, Metric> metrics = new LinkedHashMap<>();
        for (MetricDefinition definition : MetricFile.CONTENT.metrics()) {
            metrics.put(definition.id(), new Metric(definition, metrics.size()));
        }
        return Collections.unmodifiableMap(metrics);
    }

    /** @throws IllegalArgumentException when there is no such metric */
    public static Metric of(String key) {
        return find(key).orElseThrow(() -> new IllegalArgumentException("there is no metric " + key));
    }

    /** The metric with this name in JSON. */
    public static Optional<Metric> find(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }

    /** All metrics, in the order of the file. */
    public static List<Metric> all() {
        return List.copyOf(BY_KEY.values());
    }

    /** The metrics that a source has, by the file; all of them when the file names none of the source. */
    public static Set<Metric> providedBy(SourceName source) {
        Set<Metric> provided = BY_KEY.values().stream()
                .filter(metric -> metric.definition.providedBy(source).isPresent())
                .collect(Collectors.toUnmodifiableSet());
        return provided.isEmpty() ? Set.copyOf(BY_KEY.values()) : provided;
    }

    /** The metrics that a source has in this kind of its records, such as WHOOP's {@code recovery}. */
    public static Set<Metric> providedBy(SourceName source, String kindOfRecord) {
        return BY_KEY.values().stream()
                .filter(metric -> metric.definition
                        .providedBy(source)
                        .filter(provider -> provider.kindOfRecord().equals(kindOfRecord))
                        .isPresent())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The sources that the file names. */
    public static Set<SourceName> providers() {
        return BY_KEY.values().stream()
                .flatMap(metric -> metric.definition.providedBy().stream())
                .map(MetricDefinition.Provider::source)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The name in JSON, such as {@code heart_rate.resting}. */
    public String key() {
        return definition.id();
    }

    public String unit() {
        return definition.unit();
    }

    public Family family() {
        return definition.family();
    }

    /** Everything that the file says of the metric. */
    public MetricDefinition definition() {
        return definition;
    }

    /** The lowest plausible value of a day. */
    public BigDecimal min() {
        return definition.plausible().min();
    }

    /** The highest plausible value of a day. */
    public BigDecimal max() {
        return definition.plausible().max();
    }

    /** Whether this is a plausible value of a day. */
    public boolean isPlausible(BigDecimal value) {
        return value.compareTo(min()) >= 0 && value.compareTo(max()) <= 0;
    }

    @Override
    public int compareTo(Metric other) {
        return Integer.compare(place, other.place);
    }

    @Override
    public String toString() {
        return key();
    }
}
