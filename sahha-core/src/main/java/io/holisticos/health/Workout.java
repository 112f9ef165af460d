package io.holisticos.health;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * One training session of a day.
 *
 * @param id the source's own id
 * @param sport the source's own word, an open vocabulary
 * @param state the source's own word for how far its scoring is, such as {@code SCORED}
 * @param strain 0 to 21, WHOOP's; null for other sources and while unscored
 * @param energyKcal kcal
 * @param distanceMeter null without a position signal
 */
public record Workout(
        String id,
        SourceName source,
        String sport,
        OffsetDateTime start,
        OffsetDateTime end,
        @Nullable String state,
        @Nullable BigDecimal strain,
        @Nullable BigDecimal energyKcal,
        @Nullable BigDecimal distanceMeter,
        @Nullable Integer averageHeartRate,
        @Nullable Integer maxHeartRate) {

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Workout[" + source + " " + id + "]";
    }
}
