package io.holisticos.health;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The plausible part of a source's day. Every value passes through here before it is shown to people. The source's own
 * records, {@link SourceDay#details}, stay as they are.
 *
 * @param day the plausible values
 * @param implausible metrics whose value was implausible
 * @param offScale names of scores whose value was beyond their scale
 */
public record PlausibleDay(SourceDay day, Set<Metric> implausible, Set<String> offScale) {

    /** Devices round, and two devices of a person differ. A smaller difference is not a contradiction. */
    private static final BigDecimal TOLERANCE_MINUTES = BigDecimal.valueOf(30);

    /** More than anyone rides a bicycle in a day: the record is 1,026 km in 24 hours (Strasser, 2021). */
    private static final BigDecimal MAX_DISTANCE_METER = BigDecimal.valueOf(1_500_000);

    /** A value, and others that lie within it or are worked out from it. */
    private record Whole(Metric whole, List<Metric> parts) {}

    /** Without a night nothing of it can be true, and what is worked out from a sleep is as wrong as the sleep. */
    private static final List<Whole> FALLING_TOGETHER = List.of(
            new Whole(
                    Metric.SLEEP_IN_BED,
                    List.of(
                            Metric.SLEEP_DURATION,
                            Metric.SLEEP_AWAKE,
                            Metric.SLEEP_LIGHT,
                            Metric.SLEEP_DEEP,
                            Metric.SLEEP_REM,
                            Metric.SLEEP_LATENCY,
                            Metric.SLEEP_INTERRUPTIONS,
                            Metric.SLEEP_EFFICIENCY)),
            new Whole(
                    Metric.SLEEP_DURATION,
                    List.of(Metric.SLEEP_LIGHT, Metric.SLEEP_DEEP, Metric.SLEEP_REM, Metric.SLEEP_EFFICIENCY)));

    /** Durations, each with parts that do not overlap. */
    private static final List<Whole> WHOLES = List.of(
            new Whole(Metric.SLEEP_DURATION, List.of(Metric.SLEEP_LIGHT, Metric.SLEEP_DEEP, Metric.SLEEP_REM)),
            new Whole(Metric.SLEEP_IN_BED, List.of(Metric.SLEEP_AWAKE)),
            new Whole(Metric.SLEEP_IN_BED, List.of(Metric.SLEEP_DURATION)));

    public PlausibleDay {
        implausible = Set.copyOf(implausible);
        offScale = Set.copyOf(offScale);
    }

    public static PlausibleDay of(SourceDay original) {
        Set<Metric> implausible = implausible(original.measurements());
        List<Workout> workouts = new ArrayList<>();
        for (Workout workout : original.workouts()) {
            if (!workout.end().isBefore(workout.start())) {
                workouts.add(plausible(workout));
            }
        }
        SourceDay day = new SourceDay(
                original.date(),
                original.scores().stream().filter(PlausibleDay::isOnScale).toList(),
                original.measurements().stream()
                        .filter(measurement -> !implausible.contains(measurement.metric()))
                        .toList(),
                workouts,
                original.details(),
                original.offset(),
                original.mainSleep(),
                original.relayed(),
                original.absent());
        Set<String> offScale = original.scores().stream()
                .filter(score -> !isOnScale(score))
                .map(Score::name)
                .collect(Collectors.toSet());
        return new PlausibleDay(day, implausible, offScale);
    }

    private static boolean isOnScale(Score score) {
        return score.scale().contains(score.value())
                && (score.value().signum() != 0 || ScoreDefinition.canBeZero(score.name()));
    }

    /** In words, why the value that a day has of a metric is implausible. */
    public static String whyNot(Metric metric, SourceDay told) {
        Map<Metric, BigDecimal> values = new HashMap<>();
        told.measurements().forEach(measurement -> values.put(measurement.metric(), measurement.value()));
        BigDecimal value = values.get(metric);
        if (value != null && !metric.isPlausible(value)) {
            return "it is outside of " + metric.min().toPlainString() + " to "
                    + metric.max().toPlainString() + " " + metric.unit();
        }
        boolean tooShort =
                WHOLES.stream().anyMatch(whole -> whole.whole().equals(metric) && isShorterThanItsParts(whole, values));
        return tooShort ? "it is shorter than its parts" : "what it is a part of cannot be true";
    }

    private static Set<Metric> implausible(List<Measurement> measurements) {
        Set<Metric> implausible = new HashSet<>();
        Map<Metric, BigDecimal> plausible = new HashMap<>();
        for (Measurement measurement : measurements) {
            if (measurement.metric().isPlausible(measurement.value())) {
                plausible.put(measurement.metric(), measurement.value());
            } else {
                implausible.add(measurement.metric());
            }
        }
        for (Whole whole : FALLING_TOGETHER) {
            if (implausible.contains(whole.whole())) {
                implausible.addAll(partsFallingWith(whole, measurements));
            }
        }
        plausible.keySet().removeAll(implausible);
        for (Whole whole : WHOLES) {
            if (isShorterThanItsParts(whole, plausible)) {
                plausible.remove(whole.whole());
                implausible.add(whole.whole());
            }
        }
        return implausible;
    }

    /** A part that is longer than its whole contradicts it, and speaks for itself. */
    private static List<Metric> partsFallingWith(Whole whole, List<Measurement> measurements) {
        BigDecimal most = measurements.stream()
                .filter(measurement -> measurement.metric().equals(whole.whole()))
                .map(measurement -> measurement.value().max(BigDecimal.ZERO))
                .findFirst()
                .orElse(BigDecimal.ZERO);
        return measurements.stream()
                .filter(measurement -> whole.parts().contains(measurement.metric()))
                .filter(measurement -> measurement.value().compareTo(most) <= 0)
                .map(Measurement::metric)
                .toList();
    }

    /** In that case the whole is implausible: it is a sum, while the parts are what a sensor measured. */
    private static boolean isShorterThanItsParts(Whole whole, Map<Metric, BigDecimal> plausible) {
        BigDecimal length = plausible.get(whole.whole());
        BigDecimal parts = whole.parts().stream()
                .map(part -> plausible.getOrDefault(part, BigDecimal.ZERO))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return length != null && parts.subtract(length).compareTo(TOLERANCE_MINUTES) > 0;
    }

    private static Workout plausible(Workout original) {
        return new Workout(
                original.id(),
                original.source(),
                original.sport(),
                original.start(),
                original.end(),
                original.state(),
                ifPlausible(original.strain(), Score.Scale.STRAIN::contains),
                ifPlausible(original.energyKcal(), Metric.ENERGY_ACTIVE::isPlausible),
                ifPlausible(original.distanceMeter(), PlausibleDay::isDistance),
                ifPlausible(original.averageHeartRate(), PlausibleDay::isHeartRate),
                ifPlausible(original.maxHeartRate(), PlausibleDay::isHeartRate));
    }

    private static <T> @Nullable T ifPlausible(@Nullable T value, Predicate<T> plausible) {
        return value == null || !plausible.test(value) ? null : value;
    }

    private static boolean isDistance(BigDecimal meter) {
        return meter.signum() >= 0 && meter.compareTo(MAX_DISTANCE_METER) <= 0;
    }

    /** The range of the maximum heart rate, also for an average: a workout may be at maximum effort throughout. */
    private static boolean isHeartRate(Integer bpm) {
        return Metric.HEART_RATE_MAX.isPlausible(BigDecimal.valueOf(bpm));
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "PlausibleDay[" + day.date() + ", implausible " + implausible + ", off scale " + offScale + "]";
    }
}
