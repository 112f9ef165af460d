package io.holisticos.outbound;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Repeats what does no harm when repeated: no answer, or a 5xx, and once more after a credential was renewed. Waits
 * exponentially with full jitter, at least as long as the other side asks, and never past the deadline.
 */
final class RetryStep implements Step {

    private final SourceName target;
    private final int attempts;
    private final IntervalFunction pauses;

    RetryStep(SourceName target, OutboundConfiguration configuration) {
        this.target = target;
        this.attempts = configuration.attempts;
        this.pauses = IntervalFunction.ofExponentialRandomBackoff(
                Math.max(1, configuration.retryPause.toMilliseconds()), 2.0, 0.999);
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        try {
            return repeated(call, deadline, next);
        } catch (AuthorizationStep.Renewed renewed) {
            try {
                return next.go(
                        call, deadline); // a fresh credential, one more try, whatever the method: 401 changed nothing
            } catch (AuthorizationStep.Renewed again) {
                return again.reply();
            }
        }
    }

    private Reply repeated(Call call, Deadline deadline, Next next) {
        if (!call.repeatable() || attempts == 1) {
            return next.go(call, deadline);
        }
        RetryConfig config = RetryConfig.<Reply>custom()
                .maxAttempts(attempts)
                .retryOnException(e -> worthRepeating(e, deadline))
                .retryOnResult(reply -> worthRepeating(reply, deadline))
                .intervalBiFunction((attempt, outcome) -> {
                    Reply reply = outcome.getOrNull();
                    long asked = reply == null
                            ? 0
                            : reply.retryAfter().orElse(Duration.ZERO).toMillis();
                    return Math.max(asked, pauses.apply(attempt));
                })
                .failAfterMaxAttempts(false)
                .build();
        return Retry.of(target.value(), config).executeSupplier(() -> next.go(call, deadline));
    }

    private boolean worthRepeating(Throwable failure, Deadline deadline) {
        return failure instanceof SourceUnavailable unavailable
                && !(unavailable.getCause() instanceof BreakerStep.Open)
                && leavesTime(null, deadline);
    }

    private boolean worthRepeating(Reply reply, Deadline deadline) {
        return reply.status() >= 500 && leavesTime(reply.retryAfter().orElse(null), deadline);
    }

    /** Whether the pause and something like a try would fit: otherwise the caller is better told at once. */
    private boolean leavesTime(@Nullable Duration asked, Deadline deadline) {
        Duration longestPause = Duration.ofMillis(pauses.apply(attempts) * 2);
        Duration pause = asked == null || asked.compareTo(longestPause) < 0 ? longestPause : asked;
        return deadline.remaining().compareTo(pause) > 0;
    }
}
