package io.holisticos.sahha.data;

import static java.util.Map.entry;

import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which of Sahha's metrics come from another source of ours, by what Sahha's logs call that source. A log names raw samples, and
 * its type the metrics that Sahha computes from them.
 */
public final class RelayedSources {

    private static final String SLEEP = "sleep";

    /** A log of any stage of a sleep speaks for the night, as for what Sahha counts of its stages. */
    private static final Set<Metric> OF_THE_NIGHT = Set.of(
            Metric.SLEEP_DURATION,
            Metric.SLEEP_IN_BED,
            Metric.SLEEP_AWAKE,
            Metric.SLEEP_LIGHT,
            Metric.SLEEP_DEEP,
            Metric.SLEEP_REM,
            Metric.SLEEP_LATENCY,
            Metric.SLEEP_EFFICIENCY,
            Metric.SLEEP_INTERRUPTIONS);

    /** By type of data: those of Sahha's phone libraries (read 2026-11), and those that are biomarkers at once. */
    private static final Map<String, Set<Metric>> METRICS = Map.ofEntries(
            entry("heart_rate", Set.of(Metric.HEART_RATE_RESTING, Metric.HEART_RATE_SLEEP)),
            entry("heart_rate_resting", Set.of(Metric.HEART_RATE_RESTING)),
            entry("resting_heart_rate", Set.of(Metric.HEART_RATE_RESTING)),
            entry("heart_rate_sleep", Set.of(Metric.HEART_RATE_SLEEP)),
            entry("heart_rate_variability_sdnn", Set.of(Metric.HRV_SDNN)),
            entry("heart_rate_variability_rmssd", Set.of(Metric.HRV_RMSSD)),
            entry("respiratory_rate", Set.of(Metric.RESPIRATORY_RATE, Metric.RESPIRATORY_RATE_SLEEP)),
            entry("respiratory_rate_sleep", Set.of(Metric.RESPIRATORY_RATE_SLEEP)),
            entry("oxygen_saturation", Set.of(Metric.SPO2, Metric.SPO2_SLEEP)),
            entry("oxygen_saturation_sleep", Set.of(Metric.SPO2_SLEEP)),
            entry("sleeping_wrist_temperature", Set.of(Metric.SKIN_TEMPERATURE_SLEEP)),
            entry("skin_temperature_sleep", Set.of(Metric.SKIN_TEMPERATURE_SLEEP)),
            entry("vo2_max", Set.of(Metric.VO2_MAX)),
            entry("steps", Set.of(Metric.STEPS)),
            entry("step_count", Set.of(Metric.STEPS)),
            entry("floors_climbed", Set.of(Metric.FLOORS_CLIMBED)),
            entry("floor_count", Set.of(Metric.FLOORS_CLIMBED)),
            entry("active_energy_burned", Set.of(Metric.ENERGY_ACTIVE, Metric.ENERGY_TOTAL)),
            entry("total_energy_burned", Set.of(Metric.ENERGY_TOTAL)));

    private final Map<String, SourceName> byName;

    /** @param names by source of ours, what Sahha calls it; in any case */
    public RelayedSources(Map<SourceName, List<String>> names) {
        this.byName = names.entrySet().stream()
                .flatMap(source -> source.getValue().stream()
                        .map(name -> entry(name.strip().toLowerCase(Locale.ROOT), source.getKey())))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** What the other sources are called in logs, in lower case. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** What this source is called in logs, in lower case. */
    public Set<String> namesOf(SourceName source) {
        return byName.entrySet().stream()
                .filter(name -> name.getValue().equals(source))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** By day, the metrics that other sources of ours recorded; of two sources of one metric the same one in any order. */
    public Map<LocalDate, Map<Metric, SourceName>> byDay(Collection<LoggedSource> logs) {
        Map<LocalDate, Map<Metric, SourceName>> byDay = new HashMap<>();
        for (LoggedSource log : logs) {
            SourceName source = byName.get(log.source().toLowerCase(Locale.ROOT));
            if (source != null) {
                metrics(log)
                        .forEach(metric -> byDay.computeIfAbsent(dayOf(metric, log), day -> new TreeMap<>())
                                .merge(
                                        metric,
                                        source,
                                        (one, other) -> one.value().compareTo(other.value()) <= 0 ? one : other));
            }
        }
        return byDay;
    }

    /** Biomarkers of sleep have a window that ends with the sleep day, and others begin where the log does. */
    private static LocalDate dayOf(Metric metric, LoggedSource log) {
        return metric.definition().period().equals(SLEEP) ? log.sleepDay() : log.day();
    }

    private static Set<Metric> metrics(LoggedSource log) {
        return log.logType().equals(SLEEP) ? OF_THE_NIGHT : METRICS.getOrDefault(log.dataType(), Set.of());
    }
}
