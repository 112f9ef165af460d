package io.holisticos.health;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one gate between what sources say and what people are told: a source's day without what cannot be true. The
 * source's own records, {@link SourceDay#details}, stay as they are.
 *
 * @param day what is left
 * @param implausible metrics that had a value which cannot be
 * @param offScale names of scores that had a value beyond their scale
 */
public record PlausibleDay(SourceDay day, Set<Metric> implausible, Set<String> offScale) {

    /** Devices round, and two of one person's differ: less than this is no contradiction. */
    private static final BigDecimal TOLERANCE_MINUTES = BigDecimal.valueOf(30);

    /** Of a phone and a bicycle: 24 hours' riding is 1,026 km (Strasser, 2021). */
    private static final BigDecimal MAX_DISTANCE_METER = BigDecimal.valueOf(1_500_000);

    /** A time and times within it that do not overlap. */
    private record Whole(Metric whole, List<Metric> parts) {}

    private static final List<Whole> WHOLES = List.of(
            new Whole(Metric.SLEEP_DURATION, List.of(Metric.SLEEP_LIGHT, Metric.SLEEP_DEEP, Metric.SLEEP_REM)),
            new Whole(Metric.SLEEP_IN_BED, List.of(Metric.SLEEP_AWAKE)),
            new Whole(Metric.SLEEP_IN_BED, List.of(Metric.SLEEP_DURATION)));

    public PlausibleDay {
        implausible = Set.copyOf(implausible);
        offScale = Set.copyOf(offScale);
    }

    public static PlausibleDay of(SourceDay told) {
        Set<Metric> implausible = implausible(told.measurements());
        List<Workout> workouts = new ArrayList<>();
        for (Workout workout : told.workouts()) {
            if (!workout.end().isBefore(workout.start())) {
                workouts.add(plausible(workout));
            }
        }
        SourceDay day = new SourceDay(
                told.date(),
                told.scores().stream().filter(PlausibleDay::isOnScale).toList(),
                told.measurements().stream()
                        .filter(measurement -> !implausible.contains(measurement.metric()))
                        .toList(),
                workouts,
                told.details(),
                told.offset());
        Set<String> offScale = told.scores().stream()
                .filter(score -> !isOnScale(score))
                .map(Score::name)
                .collect(Collectors.toSet());
        return new PlausibleDay(day, implausible, offScale);
    }

    private static boolean isOnScale(Score score) {
        return score.scale().contains(score.value());
    }

    private static Set<Metric> implausible(List<Measurement> measurements) {
        Set<Metric> implausible = EnumSet.noneOf(Metric.class);
        Map<Metric, BigDecimal> plausible = new EnumMap<>(Metric.class);
        for (Measurement measurement : measurements) {
            if (measurement.metric().isPlausible(measurement.value())) {
                plausible.put(measurement.metric(), measurement.value());
            } else {
                implausible.add(measurement.metric());
            }
        }
        for (Whole whole : WHOLES) {
            if (isShorterThanItsParts(whole, plausible)) {
                plausible.remove(whole.whole());
                implausible.add(whole.whole());
            }
        }
        return implausible;
    }

    /** The whole is what cannot be then: it is what is counted together, while parts are what a sensor saw. */
    private static boolean isShorterThanItsParts(Whole whole, Map<Metric, BigDecimal> plausible) {
        BigDecimal length = plausible.get(whole.whole());
        BigDecimal parts = whole.parts().stream()
                .map(part -> plausible.getOrDefault(part, BigDecimal.ZERO))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return length != null && parts.subtract(length).compareTo(TOLERANCE_MINUTES) > 0;
    }

    private static Workout plausible(Workout told) {
        return new Workout(
                told.id(),
                told.source(),
                told.sport(),
                told.start(),
                told.end(),
                told.state(),
                ifSo(told.strain(), Score.Scale.STRAIN::contains),
                ifSo(told.energyKcal(), Metric.ENERGY_TOTAL::isPlausible),
                ifSo(told.distanceMeter(), PlausibleDay::isDistance),
                ifSo(told.averageHeartRate(), PlausibleDay::isHeartRate),
                ifSo(told.maxHeartRate(), PlausibleDay::isHeartRate));
    }

    private static <T> @Nullable T ifSo(@Nullable T value, Predicate<T> plausible) {
        return value == null || !plausible.test(value) ? null : value;
    }

    private static boolean isDistance(BigDecimal meter) {
        return meter.signum() >= 0 && meter.compareTo(MAX_DISTANCE_METER) <= 0;
    }

    /** Whoever trains may be at their most for all of it. */
    private static boolean isHeartRate(Integer bpm) {
        return Metric.HEART_RATE_MAX.isPlausible(BigDecimal.valueOf(bpm));
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "PlausibleDay[" + day.date() + ", implausible " + implausible + ", off scale " + offScale + "]";
    }
}
