package io.holisticos.health;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
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

    /** Workouts that begin within this time of each other began together: devices notice a start at different moments. */
    private static final Duration TOGETHER = Duration.ofMinutes(2);

    /** Two workouts that overlap by this part of the shorter one, or more, are one. */
    private static final int OVERLAP_PERCENT = 60;

    /** Whether both were at the same time, as one activity that was seen twice. A workout without length overlaps nothing. */
    public boolean isAtTheTimeOf(Workout other) {
        Duration together = timeWith(other);
        Duration shorter = Collections.min(List.of(length(), other.length()));
        return betweenStarts(other).compareTo(TOGETHER) <= 0
                || (!together.isZero()
                        && together.multipliedBy(100).compareTo(shorter.multipliedBy(OVERLAP_PERCENT)) >= 0);
    }

    public Duration betweenStarts(Workout other) {
        return Duration.between(start, other.start).abs();
    }

    /** How long both went on at the same time. */
    public Duration timeWith(Workout other) {
        Instant from = Collections.max(List.of(start.toInstant(), other.start.toInstant()));
        Instant until = Collections.min(List.of(end.toInstant(), other.end.toInstant()));
        return until.isAfter(from) ? Duration.between(from, until) : Duration.ZERO;
    }

    public Duration length() {
        return Duration.between(start, end);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Workout[" + source + " " + id + "]";
    }
}
