package io.holisticos.app.limits;

import com.codahale.metrics.Meter;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * One limit, with a bucket for each caller that it counts: a bucket refills evenly, and holds what one second refills (GCRA,
 * ITU-T I.371). Neither threads nor memory grow with the number of callers. Thread-safe.
 */
final class Limit {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** With more callers than this within seconds, those who have been silent longest are counted anew. */
    private static final int MOST_CALLERS = 100_000;

    /** A bucket that was left alone for a second is full, so it may be forgotten soon after. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(2);

    private static final long TOLD_EVERY = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final int perSecond;
    private final long step;
    private final LongSupplier nanoTime;
    private final Meter refused;
    private final Cache<Object, Bucket> buckets;

    /**
     * The bucket of one caller.
     *
     * @param fullAt when it is full again
     * @param toldAt when it was last told that the caller is refused
     */
    private record Bucket(AtomicLong fullAt, AtomicLong toldAt) {}

    /** @param perSecond at least 1 */
    Limit(String name, int perSecond, LongSupplier nanoTime, Meter refused) {
        this.name = name;
        this.perSecond = perSecond;
        this.step = SECOND / perSecond;
        this.nanoTime = nanoTime;
        this.refused = refused;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MOST_CALLERS)
                .expireAfterAccess(FORGOTTEN_AFTER)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run) // the cache needs no other thread
                .build();
    }

    String name() {
        return name;
    }

    /** The value of field {@code RateLimit-Policy}, as draft-ietf-httpapi-ratelimit-headers-10 has it. */
    String policy() {
        return "\"" + name + "\";q=" + perSecond + ";w=1";
    }

    /** Counts a request of this caller, unless it is beyond the limit. */
    Standing take(Object caller) {
        long now = nanoTime.getAsLong();
        Bucket bucket = buckets.get(caller, first -> new Bucket(new AtomicLong(now), new AtomicLong(now - TOLD_EVERY)));
        while (true) {
            long fullAt = bucket.fullAt().get();
            long untilFull = Math.max(0, fullAt - now) + step;
            if (untilFull > SECOND) {
                refused.mark();
                return new Standing(this, false, 0, untilFull - SECOND, isFirst(bucket, now));
            }
            if (bucket.fullAt().compareAndSet(fullAt, now + untilFull)) {
                return new Standing(this, true, (SECOND - untilFull) / step, untilFull, false);
            }
        }
    }

    /** Takes back the count of a request that is counted otherwise after all. */
    void giveBack(Object caller) {
        Bucket bucket = buckets.getIfPresent(caller);
        if (bucket != null) {
            bucket.fullAt().addAndGet(-step);
        }
    }

    /** Whether a request of this caller would be beyond the limit. */
    boolean isSpent(Object caller) {
        Bucket bucket = buckets.getIfPresent(caller);
        return bucket != null && bucket.fullAt().get() - nanoTime.getAsLong() + step > SECOND;
    }

    /** How many callers are counted at this moment. */
    long callers() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    private static boolean isFirst(Bucket bucket, long now) {
        long told = bucket.toldAt().get();
        return now - told >= TOLD_EVERY && bucket.toldAt().compareAndSet(told, now);
    }
}
