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
 * asks and halves the rate, which doubles again with every minute without one.
 */
final class CallRate implements Budget {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** What a client is known to wait when a 429 does not say. */
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(2);

    /** All members share the pause and nobody can lift it: then it is tried again. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private static final Duration RECOVERY = Duration.ofMinutes(1);

    private final int full;
    private final RateLimiter limiter;
    private final LongSupplier nanoTime;
    private int rate;
    private @Nullable Long pausedUntil;
    private long changed;

    CallRate(int callsPerSecond, LongSupplier nanoTime) {
        this.full = callsPerSecond;
        this.rate = callsPerSecond;
        this.nanoTime = nanoTime;
        this.limiter = RateLimiter.of(
                "sahha",
                RateLimiterConfig.custom()
                        .limitForPeriod(callsPerSecond)
                        .limitRefreshPeriod(PERIOD)
                        .timeoutDuration(Duration.ZERO)
                        .build());
    }

    @Override
    public synchronized void take(Call call) {
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
        if (!limiter.acquirePermission()) {
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
    }
}
