package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Dice;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When WHOOP learns of something, scores it, and perhaps scores it again.
 *
 * @param seen the record appears, as PENDING_SCORE
 * @param scored the score appears
 * @param rescored null for most
 */
record Schedule(Instant seen, Instant scored, @Nullable Instant rescored) {
    static Schedule ofNight(Instant end, Dice chance, double rescored) {
        Instant seen = later(end, chance, 1, 6);
        Instant scored = later(seen, chance, 4, 25);
        return new Schedule(seen, scored, chance.chance(rescored) ? later(scored, chance, 120, 540) : null);
    }

    static Schedule ofActivity(Instant end, Dice chance, double rescored) {
        Instant seen = later(end, chance, 1, 8);
        Instant scored = later(seen, chance, 2, 9);
        return new Schedule(seen, scored, chance.chance(rescored) ? later(scored, chance, 60, 300) : null);
    }

    /** How often it was scored by then, minus one; never less than 0. */
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

    /** The last of these moments that has come. */
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
