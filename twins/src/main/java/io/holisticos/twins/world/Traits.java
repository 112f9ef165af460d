package io.holisticos.twins.world;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a body is like in the long run; every night and day varies around it.
 *
 * @param restingHeartRate beats per minute
 * @param hrvRmssd milliseconds
 * @param fitness 0 (rests a lot) to 1 (trains daily)
 * @param wakeMinute minutes after local midnight of a usual awakening
 * @param gender {@code female} or {@code male}
 * @param rhythm what the person has in common with others; null for habits of their own
 * @param irregular whether some days are odd: see {@link Oddity}
 */
public record Traits(
        double restingHeartRate,
        double hrvRmssd,
        double fitness,
        int maxHeartRate,
        double heightMeter,
        double weightKilogram,
        Duration timeInBed,
        int wakeMinute,
        int birthYear,
        String gender,
        Life.@Nullable Rhythm rhythm,
        boolean irregular) {
    /** The same body in that rhythm, waking at that minute. */
    Traits in(Life.Rhythm shared, int minute, boolean oddDays) {
        return new Traits(
                restingHeartRate,
                hrvRmssd,
                fitness,
                maxHeartRate,
                heightMeter,
                weightKilogram,
                timeInBed,
                minute,
                birthYear,
                gender,
                shared,
                oddDays);
    }
}
