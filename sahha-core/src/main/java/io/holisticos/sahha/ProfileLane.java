package io.holisticos.sahha;

import com.codahale.metrics.Meter;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.trace.RequestContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A way to ask Sahha whether somebody is there: so many questions at a time, and all others refused at once. No thread
 * waits here. Thread-safe.
 */
final class ProfileLane {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final SahhaApi api;
    private final Executor executor;
    private final Semaphore room;
    private final int tries;
    private final Meter refused;

    /**
     * @param api pays from the budget of this lane
     * @param refused counts questions that were not put
     */
    ProfileLane(SahhaApi api, Executor executor, Rules rules, Meter refused) {
        this.api = api;
        this.executor = executor;
        this.room = new Semaphore(rules.atOnce());
        this.tries = rules.tries();
        this.refused = refused;
    }

    /**
     * How much a lane may take of what all share.
     *
     * @param atOnce questions under way at a time
     * @param tries how often a question comes back, a second later, when the budget is spent
     */
    record Rules(int atOnce, int tries) {}

    SahhaApi api() {
        return api;
    }

    /** Puts the question; the answer ends with what it says, or with the {@link io.holisticos.health.HealthError}. */
    void ask(Predicate<SahhaApi> question, CompletableFuture<Boolean> answer) {
        if (room.tryAcquire()) {
            CompletableFuture<Boolean> unused = answer.whenComplete((known, failure) -> room.release());
            begin(attempt(question, answer, 1), answer);
        } else {
            refuse(answer, new SourceThrottled(SahhaApi.SAHHA, PAUSE));
        }
    }

    private Runnable attempt(Predicate<SahhaApi> question, CompletableFuture<Boolean> answer, int number) {
        return RequestContext.wrap(() -> {
            try {
                answer.complete(question.test(api));
            } catch (SourceThrottled spent) {
                if (number < tries && spent.retryAfter().orElse(PAUSE).compareTo(PAUSE) <= 0) {
                    Runnable next = attempt(question, answer, number + 1);
                    CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                            .execute(() -> begin(next, answer));
                } else {
                    refuse(answer, spent);
                }
            } catch (RuntimeException | Error e) { // whoever waits throws it
                answer.completeExceptionally(e);
            }
        });
    }

    private void begin(Runnable attempt, CompletableFuture<Boolean> answer) {
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
