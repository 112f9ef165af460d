package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Dice;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When WHOOP learns of a sleep or a workout, scores it, and perhaps scores it again.
 *
 * @param seen the record appears, as PENDING_SCORE
 * @param scored the score appears
 * @param rescored null for most of them
 */
record ScoringSchedule(
        Instant seen, Instant scored, @Nullable Instant rescored) {
    static ScoringSchedule ofNight(Instant end, Dice chance, double rescored) {
        Instant seen = later(end, chance, 1, 6);
        Instant scored = later(seen, chance, 4, 25);
        return new ScoringSchedule(seen, scored, chance.chance(rescored) ? later(scored, chance, 120, 540) : null);
    }

    static ScoringSchedule ofActivity(Instant end, Dice chance, double rescored) {
        Instant seen = later(end, chance, 1, 8);
        Instant scored = later(seen, chance, 2, 9);
        return new ScoringSchedule(seen, scored, chance.chance(rescored) ? later(scored, chance, 60, 300) : null);
    }

    /** How often it was scored again by that moment. */
    int rescores(Instant now) {
        return rescored != null && !rescored.isAfter(now) ? 1 : 0;
    }

    /** The next of these moments that is still to come; {@link Instant#MAX} when all have. */
    Instant next(Instant now) {
        if (seen.isAfter(now)) {
            return seen;
        }
        if (scored.isAfter(now)) {
            return scored;
        }
        return rescored != null && rescored.isAfter(now) ? rescored : Instant.MAX;
    }

    /** The last of these moments that has passed. */
    Instant updated(Instant now) {
        if (rescored != null && !rescored.isAfter(now)) {
            return rescored;
        }
        return scored.isAfter(now) ? seen : scored;
    }

    private static Instant later(Instant from, Dice chance, double lowMinutes, double highMinutes) {
        return from.plusMillis((long) (chance.between(lowMinutes, highMinutes) * 60_000));
    }
}
