package io.holisticos.health;

import io.holisticos.health.SourceAnswer.Unavailable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A source that answers within its deadline whatever the source behind it does: that one works on a thread of its own,
 * and whoever asked waits no longer than the deadline. Work that is not done by then is left behind. Thread-safe.
 */
public final class BoundedSource implements HealthSource {

    /** Pieces of work left behind and not yet done at which nothing more is asked: a stuck source costs no more threads. */
    static final int MAX_LEFT_BEHIND = 20;

    /** When to ask again after an answer that did not come. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final HealthSource source;
    private final Executor threads;
    private final AtomicInteger leftBehind = new AtomicInteger();

    /** @param threads may refuse work: the answer is then the one that stands in for a late one */
    public BoundedSource(HealthSource source, Executor threads) {
        this.source = source;
        this.threads = threads;
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
    public SourceAnswer read(UserId who, DayRange days, Deadline deadline) {
        return begin(asked -> asked.read(who, days, deadline), deadline, () -> new Unavailable(name(), RETRY_AFTER))
                .get();
    }

    @Override
    public Acquaintance acquaintance(UserId who, Deadline deadline) {
        return begin(asked -> asked.acquaintance(who, deadline), deadline, () -> Acquaintance.UNSURE)
                .get();
    }

    /**
     * Begins to ask the source and does not wait.
     *
     * @param tooLate what stands in for an answer that did not come by the deadline
     * @return waits for the answer, at most until the deadline; throws what the source threw
     */
    public <T> Supplier<T> begin(Function<HealthSource, T> question, Deadline deadline, Supplier<T> tooLate) {
        if (deadline.isExpired() || leftBehind.get() >= MAX_LEFT_BEHIND) {
            return tooLate;
        }
        Work<T> work = new Work<>(question, deadline, tooLate);
        try {
            threads.execute(work);
        } catch (RejectedExecutionException full) {
            return tooLate;
        }
        return work;
    }

    /** How many pieces of work are under way that nobody waits for any more. */
    public int leftBehind() {
        return Math.max(0, leftBehind.get());
    }

    private final class Work<T> implements Runnable, Supplier<T> {

        private final Function<HealthSource, T> question;
        private final Deadline deadline;
        private final Supplier<T> tooLate;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Work(Function<HealthSource, T> question, Deadline deadline, Supplier<T> tooLate) {
            this.question = question;
            this.deadline = deadline;
            this.tooLate = tooLate;
        }

        @Override
        public void run() {
            if (answer.isDone() || !work()) {
                leftBehind.decrementAndGet();
            }
        }

        /** Whether the answer was still waited for. */
        private boolean work() {
            try {
                return answer.complete(question.apply(source));
            } catch (RuntimeException | Error e) { // thrown where it is waited for
                return answer.completeExceptionally(e);
            }
        }

        @Override
        public T get() {
            try {
                return answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                return rethrown(e.getCause());
            } catch (TimeoutException e) {
                return left();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return left();
            }
        }

        private T left() {
            T standIn = tooLate.get();
            if (answer.complete(standIn)) {
                leftBehind.incrementAndGet();
                return standIn;
            }
            return answer.isCompletedExceptionally() ? standIn : answer.join(); // it came at the last moment
        }

        private T rethrown(@Nullable Throwable thrown) {
            if (thrown instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (thrown instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(thrown);
        }
    }
}
