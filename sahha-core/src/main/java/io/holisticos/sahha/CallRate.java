package io.holisticos.sahha;

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
 * So many calls a second and no more: Sahha publishes no limit (read 2026-05). A 429 stops all calls for as long as it
 * asks and halves the rate, which doubles again with every minute without one. Calls for strangers have a part of the
 * rate and never more, so that members always have the rest.
 */
final class CallRate implements Budget {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** What a client is known to wait when a 429 does not say. */
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(2);

    /** All members share the pause and nobody can lift it: then it is tried again. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private static final Duration RECOVERY = Duration.ofMinutes(1);

    /** Of so many calls one may be for an id that nothing here knows. */
    private static final int ONE_FOR_STRANGERS_IN = 4;

    private final int full;
    private final RateLimiter limiter;
    private RateLimiter strangers;
    private final LongSupplier nanoTime;
    private int rate;
    private @Nullable Long pausedUntil;
    private long changed;

    CallRate(int callsPerSecond, LongSupplier nanoTime) {
        this.full = callsPerSecond;
        this.rate = callsPerSecond;
        this.nanoTime = nanoTime;
        this.limiter = limiter("sahha", callsPerSecond, PERIOD);
        this.strangers = limiterOfStrangers(callsPerSecond);
    }

    /** The part of the rate that is for ids which may be anybody's text. */
    Budget ofStrangers() {
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

    @Override
    public synchronized void take(Call call) {
        look();
        acquire(limiter);
    }

    private synchronized void takeForStranger() {
        look();
        acquire(strangers);
        acquire(limiter);
    }

    /** Whether anybody may call at all, and how often by now. */
    private void look() {
        long now = nanoTime.getAsLong();
        if (pausedUntil != null) {
            long left = pausedUntil - now;
            if (left > 0) {
                throw new SourceThrottled(SahhaApi.SAHHA, Duration.ofNanos(left));
            }
            pausedUntil = null;
        }
        if (rate < full && now - changed >= RECOVERY.toNanos()) {
            change(Math.min(full, rate * 2), now);
        }
    }

    private static void acquire(RateLimiter from) {
        if (!from.acquirePermission()) {
            throw new SourceThrottled(SahhaApi.SAHHA, PERIOD);
        }
    }

    @Override
    public synchronized void learn(Call call, Reply reply) {
        if (reply.status() == 429) {
            long now = nanoTime.getAsLong();
            Duration asked = reply.retryAfter().orElse(DEFAULT_PAUSE);
            pausedUntil = now + (asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked).toNanos();
            change(Math.max(1, rate / 2), now);
        }
    }

    private void change(int to, long now) {
        rate = to;
        changed = now;
        limiter.changeLimitForPeriod(to);
        strangers = limiterOfStrangers(to);
    }

    /** Where a part of the rate is less than one call in a second, it is one call in several. */
    private static RateLimiter limiterOfStrangers(int rate) {
        return rate < ONE_FOR_STRANGERS_IN
                ? limiter(
                        "sahha-strangers",
                        1,
                        PERIOD.multipliedBy(ONE_FOR_STRANGERS_IN).dividedBy(rate))
                : limiter("sahha-strangers", rate / ONE_FOR_STRANGERS_IN, PERIOD);
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
