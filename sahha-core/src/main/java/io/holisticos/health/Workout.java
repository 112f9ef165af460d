package io.holisticos.health;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A workout of a day.
 *
 * @param id the source's own id
 * @param sport the source's own word, an open vocabulary
 * @param state the source's own state of scoring, such as {@code SCORED}
 * @param strain WHOOP's strain, 0 to 21; null for other sources and until it is scored
 * @param distanceMeter null when no position was recorded
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
