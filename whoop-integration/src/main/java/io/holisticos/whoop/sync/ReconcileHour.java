package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * When a member's lists are reconciled: at 03:00 and 15:00 in the time zone of their newest record, up to 45 minutes earlier
 * or later, so that the members of a time zone do not come all at once. The difference is whole minutes, so that one poll
 * finds all jobs of a minute. It is the same every day, so two such hours are 12 hours apart unless the member travels.
 */
record ReconcileHour(ZoneOffset offset, Duration jitter) {

    private static final LocalTime THREE = LocalTime.of(3, 0);
    private static final Duration MOST = Duration.ofMinutes(45);
    private static final Duration APART = Duration.ofHours(12);

    /** A change without an event is found within this time. */
    private static final Duration FOUND_WITHIN = Duration.ofHours(48);

    /** An odd number close to 2^64 divided by the golden ratio: it scatters ids that follow each other. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    static ReconcileHour of(UserId who, ZoneOffset offset) {
        long span = MOST.multipliedBy(2).toMinutes() + 1;
        long scattered = (who.value().hashCode() * SCATTER) >>> 16;
        return new ReconcileHour(offset, Duration.ofMinutes(scattered % span).minus(MOST));
    }

    /** The latest such hour before now. */
    Instant last(Instant now) {
        OffsetDateTime local = now.minus(jitter).atOffset(offset);
        OffsetDateTime today = local.with(THREE);
        OffsetDateTime night = today.isAfter(local) ? today.minusDays(1) : today;
        OffsetDateTime afternoon = night.plus(APART);
        return (afternoon.isAfter(local) ? night : afternoon).toInstant().plus(jitter);
    }

    /** A collection listed since then can wait for the next such hour: {@link #FOUND_WITHIN} is not over by then. */
    static Instant canWaitIfListedSince(Instant hour) {
        return after(hour).minus(FOUND_WITHIN);
    }

    static Instant after(Instant hour) {
        return hour.plus(APART);
    }
}
