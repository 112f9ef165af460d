package io.holisticos.sahha.refresh;

import com.codahale.metrics.Meter;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.trace.RequestContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Asks Sahha for profiles, a limited number at a time, and refuses all others at once. No thread waits for a permit.
 * Thread-safe.
 */
public final class ProfileLane {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final SahhaApi api;
    private final Executor executor;
    private final Semaphore permits;
    private final int tries;
    private final Meter refused;

    /**
     * @param api with the budget of this lane
     * @param refused counts requests that were not made
     */
    public ProfileLane(SahhaApi api, Executor executor, Rules rules, Meter refused) {
        this.api = api;
        this.executor = executor;
        this.permits = new Semaphore(rules.atOnce());
        this.tries = rules.tries();
        this.refused = refused;
    }

    /**
     * How much of the shared calls and threads a lane may take.
     *
     * @param atOnce requests under way at a time
     * @param tries how often a request is tried, once a second, while the budget is spent
     */
    public record Rules(int atOnce, int tries) {}

    SahhaApi api() {
        return api;
    }

    /** Runs the request in the background. The answer fails with a {@link io.holisticos.health.HealthError}. */
    void ask(Predicate<SahhaApi> request, CompletableFuture<Boolean> answer) {
        if (permits.tryAcquire()) {
            CompletableFuture<Boolean> unused = answer.whenComplete((known, failure) -> permits.release());
            execute(attempt(request, answer, 1), answer);
        } else {
            refuse(answer, new SourceThrottled(SahhaApi.SAHHA, PAUSE));
        }
    }

    private Runnable attempt(Predicate<SahhaApi> request, CompletableFuture<Boolean> answer, int number) {
        return RequestContext.wrap(() -> {
            try {
                answer.complete(request.test(api));
            } catch (SourceThrottled spent) {
                if (number < tries && spent.retryAfter().orElse(PAUSE).compareTo(PAUSE) <= 0) {
                    Runnable next = attempt(request, answer, number + 1);
                    CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                            .execute(() -> execute(next, answer));
                } else {
                    refuse(answer, spent);
                }
            } catch (RuntimeException | Error e) { // whoever waits for the answer throws it
                answer.completeExceptionally(e);
            }
        });
    }

    private void execute(Runnable attempt, CompletableFuture<Boolean> answer) {
        try {
            executor.execute(attempt);
        } catch (RejectedExecutionException full) {
            answer.completeExceptionally(new SourceUnavailable(SahhaApi.SAHHA, PAUSE, full));
        }
    }

    private void refuse(CompletableFuture<Boolean> answer, SourceThrottled reason) {
        refused.mark();
        answer.completeExceptionally(reason);
    }
}
