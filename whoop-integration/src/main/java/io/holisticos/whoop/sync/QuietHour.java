package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * A member's own hour of the night, when nothing else happens: 03:00 where they were last, up to 45 minutes earlier or
 * later, so that a whole time zone does not come at once. It is the same every night, so two of them lie 24 hours apart
 * unless the member travels.
 */
record QuietHour(ZoneOffset offset, Duration jitter) {

    private static final LocalTime THREE = LocalTime.of(3, 0);
    private static final Duration MOST = Duration.ofMinutes(45);
    private static final Duration NIGHT = Duration.ofHours(24);

    /** An odd number close to 2^64 divided by the golden ratio: it scatters ids that follow each other. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    static QuietHour of(UserId who, ZoneOffset offset) {
        long span = MOST.multipliedBy(2).toSeconds() + 1;
        long scattered = (who.value().hashCode() * SCATTER) >>> 16;
        return new QuietHour(offset, Duration.ofSeconds(scattered % span).minus(MOST));
    }

    /** The last one that has come. */
    Instant last(Instant now) {
        OffsetDateTime local = now.minus(jitter).atOffset(offset);
        OffsetDateTime today = local.with(THREE);
        return (today.isAfter(local) ? today.minusDays(1) : today).toInstant().plus(jitter);
    }

    static Instant before(Instant night) {
        return night.minus(NIGHT);
    }

    static Instant after(Instant night) {
        return night.plus(NIGHT);
    }
}
