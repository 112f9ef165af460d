package io.holisticos.twins.world;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One workout, or one recovery activity, which WHOOP lists as a workout.
 *
 * @param day the number of the body's day
 * @param number within the day, from 0
 * @param percentRecorded 0 to 100
 * @param zonesMilli six entries, zone zero to zone five, adding up to the duration
 * @param track null without GPS
 */
public record Workout(
        long day,
        int number,
        Instant start,
        Instant end,
        ZoneOffset offset,
        Sport sport,
        int averageHeartRate,
        int maxHeartRate,
        double kilojoule,
        double percentRecorded,
        List<Long> zonesMilli,
        @Nullable Track track) {
    /** Copies the zones. */
    public Workout {
        zonesMilli = List.copyOf(zonesMilli);
    }

    /** What GPS recorded. The altitude change may be negative. */
    public record Track(double distanceMeter, double altitudeGainMeter, double altitudeChangeMeter) {}
}
