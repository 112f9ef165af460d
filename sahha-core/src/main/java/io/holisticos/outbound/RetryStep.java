package io.holisticos.outbound;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.outbound.Outcome.NotRun;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Repeats what does no harm when repeated: no answer, or a 5xx, and once more after a credential was renewed. Waits
 * exponentially with full jitter, at least as long as the other side asks, and never past the deadline. What was refused
 * is not repeated, by a breaker, a bulkhead or a quota: at 429 the caller is told for how long.
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
        return !(unavailable.getCause() instanceof NotRun refused) || refused.outcome() == Outcome.TIMEOUT;
    }

    /** The pauses of one call, each drawn once: what was found to fit is what is waited. */
    private final class Pauses {

        private final Deadline deadline;
        private long cap = firstPauseMillis;
        private long millis;

        Pauses(Deadline deadline) {
            this.deadline = deadline;
        }

        /** Draws the next pause. Whether time is left after it: otherwise the caller is better told at once. */
        boolean fits(Duration asked) {
            millis = Math.max(asked.toMillis(), ThreadLocalRandom.current().nextLong(cap + 1));
            cap *= 2;
            return deadline.remaining().toMillis() > millis;
        }
    }
}
