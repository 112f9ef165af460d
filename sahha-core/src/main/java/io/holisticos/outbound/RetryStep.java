package io.holisticos.outbound;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holisticos.command.ExecutionOutcome;
import io.holisticos.command.ExecutionOutcome.NotRun;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Repeats calls that are safe to repeat after no answer or a 5xx, and any call once after its credential was renewed. The
 * pauses grow exponentially with full jitter, are at least as long as the other side asks, and end before the deadline. A
 * call refused by a breaker, a bulkhead or a quota is not repeated: at 429 the caller learns how long to wait.
 */
final class RetryStep implements Step {

    private final SourceName target;
    private final int attempts;
    private final long firstPauseMillis;

    RetryStep(SourceName target, OutboundConfiguration configuration) {
        this.target = target;
        this.attempts = configuration.attempts;
        this.firstPauseMillis = Math.max(1, configuration.retryPause.toMilliseconds());
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        try {
            return repeated(call, deadline, next);
        } catch (AuthorizationStep.Renewed renewed) {
            try {
                return next.go(call, deadline); // safe for every method, because a 401 changes nothing
            } catch (AuthorizationStep.Renewed again) {
                return again.reply();
            }
        }
    }

    private Reply repeated(Call call, Deadline deadline, Next next) {
        if (!call.repeatable() || attempts == 1) {
            return next.go(call, deadline);
        }
        Pauses pauses = new Pauses(deadline);
        RetryConfig config = RetryConfig.<Reply>custom()
                .maxAttempts(attempts)
                .retryOnException(e -> isNoAnswer(e) && pauses.fits(Duration.ZERO))
                .retryOnResult(reply ->
                        reply.status() >= 500 && pauses.fits(reply.retryAfter().orElse(Duration.ZERO)))
                .intervalBiFunction((attempt, outcome) -> pauses.millis)
                .failAfterMaxAttempts(false)
                .build();
        return Retry.of(target.value(), config).executeSupplier(() -> next.go(call, deadline));
    }

    private static boolean isNoAnswer(Throwable failure) {
        if (!(failure instanceof SourceUnavailable unavailable)) {
            return false;
        }
        return !(unavailable.getCause() instanceof NotRun refused) || refused.outcome() == ExecutionOutcome.TIMEOUT;
    }

    /** The pauses of one call. Each is drawn once, so that the pause that was checked is the pause that is waited. */
    private final class Pauses {

        private final Deadline deadline;
        private long cap = firstPauseMillis;
        private long millis;

        Pauses(Deadline deadline) {
            this.deadline = deadline;
        }

        /** Draws the next pause. Returns whether time is left after it; if not, the call fails without waiting. */
        boolean fits(Duration asked) {
            millis = Math.max(asked.toMillis(), ThreadLocalRandom.current().nextLong(cap + 1));
            cap *= 2;
            return deadline.remaining().toMillis() > millis;
        }
    }
}
