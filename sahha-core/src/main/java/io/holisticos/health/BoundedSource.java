package io.holisticos.health;

import io.holisticos.health.SourceAnswer.Unavailable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A source that always answers within its deadline and never throws, whatever the source behind it does. The work runs on
 * another thread; work that is not done by the deadline is abandoned. Thread-safe.
 */
public final class BoundedSource implements HealthSource {

    /** With so much abandoned work still running, the source is not asked: one that hangs must not take more threads. */
    static final int MAX_ABANDONED = 20;

    /** When to ask again after an answer that did not come, or a failure that did not say. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final HealthSource source;
    private final Executor threads;
    private final FailureListener failures;
    private final AtomicInteger abandoned = new AtomicInteger();

    /**
     * Bounds a source.
     *
     * @param threads may refuse work; the source then counts as unavailable
     */
    public BoundedSource(HealthSource source, Executor threads, FailureListener failures) {
        this.source = source;
        this.threads = threads;
        this.failures = failures;
    }

    /** Receives what a source threw, on the thread that read it. Must not throw. */
    @FunctionalInterface
    public interface FailureListener {
        void failed(SourceName source, Throwable failure);
    }

    /** An answer that may still be under way. */
    @FunctionalInterface
    public interface PendingAnswer {
        /** Waits for the answer, at most until the deadline of the question. */
        TimedAnswer await();
    }

    @Override
    public SourceName name() {
        return source.name();
    }

    @Override
    public Set<Metric> offers() {
        return source.offers();
    }

    @Override
    public int rulesVersion() {
        return source.rulesVersion();
    }

    @Override
    public boolean isOn(UserId who) {
        return source.isOn(who);
    }

    @Override
    public void tell(MemberListener listener) {
        source.tell(listener);
    }

    @Override
    public boolean isTelling() {
        return source.isTelling();
    }

    /** Begins to read and does not wait. A source that is switched off has its answer at hand. */
    public PendingAnswer begin(UserId who, DaysToRead days, Deadline deadline) {
        if (!source.isOn(who)) {
            return () -> new TimedAnswer(new SourceAnswer.Disabled(name()), Duration.ZERO);
        }
        long start = deadline.nanoTime();
        return begin(new Question<TimedAnswer>(deadline) {
            @Override
            TimedAnswer ask(HealthSource source) {
                return timed(source.read(who, days, deadline));
            }

            @Override
            TimedAnswer onFailure(Duration retryAfter) {
                return timed(new Unavailable(name(), retryAfter));
            }

            private TimedAnswer timed(SourceAnswer answer) {
                return new TimedAnswer(answer, Duration.ofNanos(deadline.nanoTime() - start));
            }
        })::await;
    }

    @Override
    public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
        return begin(who, days, deadline).await().answer();
    }

    @Override
    public Acquaintance acquaintance(UserId who, Deadline deadline) {
        return begin(new Question<Acquaintance>(deadline) {
                    @Override
                    Acquaintance ask(HealthSource source) {
                        return source.acquaintance(who, deadline);
                    }

                    @Override
                    Acquaintance onFailure(Duration retryAfter) {
                        return Acquaintance.UNSURE;
                    }
                })
                .await();
    }

    @Override
    public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
        return begin(new Question<ChangesAnswer>(deadline) {
                    @Override
                    ChangesAnswer ask(HealthSource source) {
                        return source.changes(who, since, limit, deadline);
                    }

                    @Override
                    ChangesAnswer onFailure(Duration retryAfter) {
                        return new ChangesAnswer.Unavailable(retryAfter);
                    }
                })
                .await();
    }

    /** How many abandoned pieces of work are still running. */
    public int abandoned() {
        return Math.max(0, abandoned.get());
    }

    private <T> Question<T> begin(Question<T> question) {
        if (question.deadline.isExpired() || abandoned.get() >= MAX_ABANDONED) {
            question.refuse();
            return question;
        }
        try {
            threads.execute(() -> question.answerBy(source));
        } catch (RejectedExecutionException full) {
            question.refuse();
        }
        return question;
    }

    /** One question to the source, and its answer once there is one. */
    private abstract class Question<T> {

        private final Deadline deadline;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Question(Deadline deadline) {
            this.deadline = deadline;
        }

        abstract T ask(HealthSource source);

        /** The answer that stands in for a failure, and for an answer that does not come in time. */
        abstract T onFailure(Duration retryAfter);

        void refuse() {
            answer.complete(onFailure(RETRY_AFTER));
        }

        void answerBy(HealthSource source) {
            if (answer.isDone() || !answer.complete(answered(source))) {
                abandoned.decrementAndGet();
            }
        }

        private T answered(HealthSource source) {
            try {
                return ask(source);
            } catch (HealthError e) {
                failures.failed(name(), e);
                return onFailure(e.retryAfter().orElse(RETRY_AFTER));
            } catch (RuntimeException | Error e) { // one broken source must not take the data of the others away
                failures.failed(name(), e);
                return onFailure(RETRY_AFTER);
            }
        }

        T await() {
            try {
                return deadline.await(answer);
            } catch (NotInTime e) {
                if (answer.complete(onFailure(RETRY_AFTER))) {
                    abandoned.incrementAndGet();
                }
                return answer.join(); // may be the source's own answer, if it came at the last moment
            }
        }
    }
}
