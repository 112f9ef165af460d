package io.holisticos.twins.sahha;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What a member's phone and health store have of one local day, once the day is over.
 *
 * @param date the member's day; a night belongs to the day on which it ended
 * @param offset the offset the member lived at
 * @param night the main sleep that ended on this day; null when none was recorded
 */
record CollectedDay(
        LocalDate date, ZoneOffset offset, @Nullable Night night, Activity activity, Vitals vitals) {

    /** Local midnight at which the day began. */
    Instant start() {
        return date.atStartOfDay().toInstant(offset);
    }

    /**
     * One main sleep in whole minutes, as Sahha stores it.
     *
     * @param stages null when only the phone estimated the night
     */
    record Night(
            OffsetDateTime start,
            OffsetDateTime end,
            int inBed,
            int asleep,
            @Nullable Stages stages) {

        OffsetDateTime middle() {
            return start.plusMinutes(Duration.between(start, end).toMinutes() / 2);
        }

        /** Minutes from 18:00 of the evening before to the middle of the night. */
        int middleMinute(LocalDate day) {
            var evening = day.minusDays(1).atTime(18, 0).atOffset(end.getOffset());
            return Math.toIntExact(Duration.between(evening, middle()).toMinutes());
        }
    }

    /** Minutes in each stage of a night, which only a wearable knows. */
    record Stages(int awake, int light, int rem, int deep, int latency, int interruptions, double efficiency) {}

    /** Movement of a day, up to now if the day is not over. */
    record Activity(
            int steps,
            int floors,
            int activeHours,
            int lowMinutes,
            int mediumMinutes,
            int highMinutes,
            int sedentaryMinutes,
            int activeKcal,
            int totalKcal) {

        int activeMinutes() {
            return lowMinutes + mediumMinutes + highMinutes;
        }

        static Activity none() {
            return new Activity(0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    /**
     * Heart rate and respiration of a day.
     *
     * @param sdnn null where the member's device reports RMSSD only
     * @param rmssd null where it reports SDNN only
     */
    record Vitals(
            int restingHeartRate,
            double sleepHeartRate,
            @Nullable Double sdnn,
            @Nullable Double rmssd,
            double respiratoryRate,
            double oxygenSaturation,
            double vo2Max) {

        /** The measure of variability that the member's device reports first. */
        double variability() {
            return rmssd != null ? rmssd : sdnn != null ? sdnn : 0;
        }
    }
}
