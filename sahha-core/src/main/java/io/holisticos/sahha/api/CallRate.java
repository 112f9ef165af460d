package io.holisticos.sahha.api;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Reply;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits our calls per second, because Sahha publishes no limit of its own (read 2026-05). A 429 stops all calls for as
 * long as its Retry-After says and halves the rate. The rate doubles again with every minute without a 429. Calls for
 * strangers get a fixed share of the rate, and those that only spare a reader some waiting another one, so that the rest is always
 * left for members. Thread-safe.
 */
public final class CallRate implements Budget {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** How long calls stop after a 429 without Retry-After. */
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(2);

    /** The longest pause, whatever Retry-After says: all members share it and nobody can end it early. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private static final Duration RECOVERY = Duration.ofMinutes(1);

    /** One call of this many may be for an id that we know nothing of, and one may be of those that can be spared. */
    private static final int ONE_IN = 4;

    private final int full;
    private final RateLimiter limiter;
    private RateLimiter strangers;
    private RateLimiter spare;
    private final LongSupplier nanoTime;
    private int rate;
    private @Nullable Long pausedUntil;
    private long changedAt;

    public CallRate(int callsPerSecond, LongSupplier nanoTime) {
        this.full = callsPerSecond;
        this.rate = callsPerSecond;
        this.nanoTime = nanoTime;
        this.limiter = limiter("sahha", callsPerSecond, PERIOD);
        this.strangers = limiterOfShare(callsPerSecond);
        this.spare = limiterOfShare(callsPerSecond);
    }

    /** The share of the rate for strangers: ids that we know nothing of. */
    public Budget ofStrangers() {
        return new Budget() {
            @Override
            public void take(Call call) {
                takeForStranger();
            }

            @Override
            public void learn(Call call, Reply reply) {
                CallRate.this.learn(call, reply);
            }
        };
    }

    /** A share of the rate while more than half of a second's calls are left: for calls that only spare a reader some waiting. */
    public Budget ofWhatIsSpare() {
        return new Budget() {
            @Override
            public void take(Call call) {
                takeSpare();
            }

            @Override
            public void learn(Call call, Reply reply) {
                CallRate.this.learn(call, reply);
            }
        };
    }

    @Override
    public synchronized void take(Call call) {
        checkPause();
        acquire(limiter);
    }

    private synchronized void takeForStranger() {
        checkPause();
        acquire(strangers);
        acquire(limiter);
    }

    private synchronized void takeSpare() {
        checkPause();
        if (limiter.getMetrics().getAvailablePermissions() * 2 <= rate) {
            throw new SourceThrottled(SahhaApi.SAHHA, PERIOD);
        }
        acquire(spare);
        acquire(limiter);
    }

    /** Refuses calls during a pause, and raises the rate again afterwards. */
    private void checkPause() {
        long now = nanoTime.getAsLong();
        if (pausedUntil != null) {
            long left = pausedUntil - now;
            if (left > 0) {
                throw new SourceThrottled(SahhaApi.SAHHA, Duration.ofNanos(left));
            }
            pausedUntil = null;
        }
        if (rate < full && now - changedAt >= RECOVERY.toNanos()) {
            changeRate(Math.min(full, rate * 2), now);
        }
    }

    private static void acquire(RateLimiter limiter) {
        if (!limiter.acquirePermission()) {
            throw new SourceThrottled(SahhaApi.SAHHA, PERIOD);
        }
    }

    @Override
    public synchronized void learn(Call call, Reply reply) {
        if (reply.status() == 429) {
            long now = nanoTime.getAsLong();
            Duration pause = reply.retryAfter().orElse(DEFAULT_PAUSE);
            pausedUntil = now + (pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause).toNanos();
            changeRate(Math.max(1, rate / 2), now);
        }
    }

    private void changeRate(int to, long now) {
        rate = to;
        changedAt = now;
        limiter.changeLimitForPeriod(to);
        strangers = limiterOfShare(to);
        spare = limiterOfShare(to);
    }

    /** A share below one call per second becomes one call per several seconds. */
    private static RateLimiter limiterOfShare(int rate) {
        return rate < ONE_IN
                ? limiter("sahha-share", 1, PERIOD.multipliedBy(ONE_IN).dividedBy(rate))
                : limiter("sahha-share", rate / ONE_IN, PERIOD);
    }

    private static RateLimiter limiter(String name, int calls, Duration period) {
        return RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(calls)
                        .limitRefreshPeriod(period)
                        .timeoutDuration(Duration.ZERO)
                        .build());
    }
}
