package io.holisticos.twins.sahha;

import io.holisticos.twins.sahha.CollectedDay.Night;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a member's last eight days have in common.
 *
 * @param debt hours of sleep missed per night
 * @param regularity 1 when all nights have the same middle
 * @param middleMinute the usual middle of the night, in minutes after 18:00; NaN without any night
 * @param activityRegularity 1 when all days have the same steps
 * @param restingHeartRate the mean
 * @param variability the mean of whichever measure the member's device reports
 */
record Week(
        double debt,
        double regularity,
        double middleMinute,
        double activityRegularity,
        double restingHeartRate,
        double variability) {
    private static final int ENOUGH_SLEEP = 480;

    static Week of(List<CollectedDay> days) {
        var nights = days.stream()
                .flatMap(day -> Optional.ofNullable(day.night()).map(night -> new Dated(night, day)).stream())
                .toList();
        double missed = mean(nights, it -> Math.max(0, ENOUGH_SLEEP - it.night().asleep()));
        double middle = mean(nights, Dated::middle);
        double spread = Math.sqrt(mean(nights, it -> Math.pow(it.middle() - middle, 2)));
        double steps = mean(days, day -> day.activity().steps());
        double stepsSpread = Math.sqrt(mean(days, day -> Math.pow(day.activity().steps() - steps, 2)));
        return new Week(
                Scores.round(missed / 60, 3),
                Scores.round(Math.max(0, 1 - spread / 480), 3),
                nights.isEmpty() ? Double.NaN : middle,
                steps == 0 ? 0 : Scores.round(Math.max(0, 1 - stepsSpread / steps), 2),
                mean(days, day -> day.vitals().restingHeartRate()),
                mean(days, day -> day.vitals().variability()));
    }

    private record Dated(Night night, CollectedDay day) {
        double middle() {
            return night.middleMinute(day.date());
        }
    }

    /** Minutes between the middle of a night and the usual one; 0 without a usual one. */
    double shift(double middle) {
        return Double.isNaN(middleMinute) ? 0 : Math.rint(Math.abs(middleMinute - middle));
    }

    private static <T> double mean(List<T> all, ToDoubleFunction<T> part) {
        return all.stream().mapToDouble(part).average().orElse(0);
    }
}
