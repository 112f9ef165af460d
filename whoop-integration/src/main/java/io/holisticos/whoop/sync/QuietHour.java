package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * A member's own hour, when little else happens: 03:00 at night and 15:00 where they were last, up to 45 minutes earlier or
 * later, so that a whole time zone does not come at once; by whole minutes, so that those of one minute are found by one
 * look at the list of jobs. It is the same every day, so two of them lie 12 hours apart unless the member travels.
 */
record QuietHour(ZoneOffset offset, Duration jitter) {

    private static final LocalTime THREE = LocalTime.of(3, 0);
    private static final Duration MOST = Duration.ofMinutes(45);
    private static final Duration APART = Duration.ofHours(12);

    /** What nobody told is found within this time. */
    private static final Duration FOUND_WITHIN = Duration.ofHours(48);

    /** An odd number close to 2^64 divided by the golden ratio: it scatters ids that follow each other. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    static QuietHour of(UserId who, ZoneOffset offset) {
        long span = MOST.multipliedBy(2).toMinutes() + 1;
        long scattered = (who.value().hashCode() * SCATTER) >>> 16;
        return new QuietHour(offset, Duration.ofMinutes(scattered % span).minus(MOST));
    }

    /** The last one that has come. */
    Instant last(Instant now) {
        OffsetDateTime local = now.minus(jitter).atOffset(offset);
        OffsetDateTime today = local.with(THREE);
        OffsetDateTime night = today.isAfter(local) ? today.minusDays(1) : today;
        OffsetDateTime afternoon = night.plus(APART);
        return (afternoon.isAfter(local) ? night : afternoon).toInstant().plus(jitter);
    }

    /** What was listed since then can wait for the next quiet hour: until that, {@link #FOUND_WITHIN} is not over. */
    static Instant canWaitIfListedSince(Instant quietHour) {
        return after(quietHour).minus(FOUND_WITHIN);
    }

    static Instant after(Instant quietHour) {
        return quietHour.plus(APART);
    }
}
