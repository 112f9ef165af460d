package io.holisticos.app;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time on which all replicas of one database agree. It is this host's time while that is close to the database's,
 * and is corrected by the difference otherwise. It dates what replicas share, such as grants of a quota. Thread-safe.
 */
final class DatabaseClock extends Clock {

    private static final Logger log = LoggerFactory.getLogger(DatabaseClock.class);

    /** How much clocks may differ. What replicas share has a margin for this. */
    static final Duration TOLERATED = Duration.ofSeconds(2);

    private static final Duration COMPARED_EVERY = Duration.ofSeconds(30);
    private static final double MILLIS_PER_SECOND = 1000;
    private static final Duration SLOWEST_ANSWER = Duration.ofSeconds(1);

    private final Clock ours;
    private final Supplier<Instant> theirs;
    private final LongSupplier nanoTime;
    private final ReentrantLock comparing = new ReentrantLock();
    private volatile Duration difference = Duration.ZERO;
    private volatile boolean compared;
    private volatile long nextAt;

    /** @param theirs returns the database's time, or throws a {@link JdbiException} */
    DatabaseClock(Clock ours, Supplier<Instant> theirs, LongSupplier nanoTime) {
        this.ours = ours;
        this.theirs = theirs;
        this.nanoTime = nanoTime;
        this.nextAt = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
        if (nanoTime.getAsLong() - nextAt >= 0 && comparing.tryLock()) {
            try {
                compare();
            } finally {
                comparing.unlock();
            }
        }
        return ours.instant().plus(isTolerable() ? Duration.ZERO : difference);
    }

    /**
     * By how much the database's clock is ahead of ours. While the database does not answer, the last known difference
     * holds.
     */
    Duration difference() {
        comparing.lock();
        try {
            compare();
        } finally {
            comparing.unlock();
        }
        return difference;
    }

    private boolean isTolerable() {
        return difference.abs().compareTo(TOLERATED) <= 0;
    }

    private void compare() {
        nextAt = nanoTime.getAsLong() + COMPARED_EVERY.toNanos();
        try {
            Instant asked = ours.instant();
            long begun = nanoTime.getAsLong();
            Instant answer = theirs.get();
            Duration took = Duration.ofNanos(nanoTime.getAsLong() - begun);
            if (took.compareTo(SLOWEST_ANSWER) > 0) {
                return; // it is not known when during the call the clock was read
            }
            boolean before = isTolerable();
            difference = Duration.between(asked.plus(took.dividedBy(2)), answer);
            compared = true;
            if (before && !isTolerable()) {
                log.error("event=clock_differs database_ahead_ms={}", difference.toMillis());
            }
        } catch (JdbiException away) {
            log.debug("event=clock_not_compared");
        }
    }

    /** Gauge {@code clock.database_ahead_seconds}: the last known difference. */
    void register(MetricRegistry metrics) {
        Gauge<Double> ahead = () -> compared ? difference.toMillis() / MILLIS_PER_SECOND : Double.NaN;
        metrics.gauge("clock.database_ahead_seconds", () -> ahead);
    }

    /** Unhealthy while the clocks differ by more than is tolerated. */
    HealthCheck healthCheck() {
        return new HealthCheck() {
            @Override
            protected Result check() {
                Duration by = difference();
                if (!compared) {
                    return Result.healthy("not compared yet: the database did not answer");
                }
                return isTolerable()
                        ? Result.healthy("differs from the database's by %d ms", by.toMillis())
                        : Result.unhealthy(
                                "the database's clock is %d ms ahead of this host's: set both by NTP;"
                                        + " until then the quota is dated by the database's",
                                by.toMillis());
            }
        };
    }

    @Override
    public ZoneId getZone() {
        return ours.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("times here are instants");
    }
}
