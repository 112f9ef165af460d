package io.holisticos.twins.sahha;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** What a member's last days have in common. */
final class Week {
    private final List<CollectedDay> days;

    Week(List<CollectedDay> days) {
        this.days = List.copyOf(days);
    }

    /** Hours of sleep missed per night. */
    double debt() {
        double missed = nightly(day -> night(day) ? Math.max(0, 480 - asleep(day)) : 0).orElse(0);
        return Scores.round(missed / 60, 3);
    }

    /** 1 when all nights have the same middle. */
    double regularity() {
        double middle = nightly(Week::middle).orElse(0);
        double variance = nightly(day -> Math.pow(middle(day) - middle, 2)).orElse(0);
        return Scores.round(Math.max(0, 1 - Math.sqrt(variance) / 480), 3);
    }

    /** Minutes between the middle of a night and the usual middle. */
    double shift(double middleMinute) {
        return Math.rint(Math.abs(nightly(Week::middle).orElse(middleMinute) - middleMinute));
    }

    double activityRegularity() {
        double mean = mean(day -> day.activity().steps());
        double spread = Math.sqrt(mean(day -> Math.pow(day.activity().steps() - mean, 2)));
        return mean == 0 ? 0 : Scores.round(Math.max(0, 1 - spread / mean), 2);
    }

    double restingHeartRate() {
        return mean(day -> day.vitals().restingHeartRate());
    }

    double variability() {
        return mean(day -> day.vitals().variability());
    }

    private double mean(ToDoubleFunction<CollectedDay> part) {
        return days.stream().mapToDouble(part).average().orElse(0);
    }

    private OptionalDouble nightly(ToDoubleFunction<CollectedDay> part) {
        return days.stream().filter(Week::night).mapToDouble(part).average();
    }

    private static boolean night(CollectedDay day) {
        return day.night() != null;
    }

    private static double asleep(CollectedDay day) {
        var night = day.night();
        return night == null ? 0 : night.asleep();
    }

    private static double middle(CollectedDay day) {
        var night = day.night();
        return night == null ? 0 : night.middleMinute(day.date());
    }
}
