package io.holisticos.command;

import io.holisticos.command.Breaker.Answered;
import io.holisticos.command.ExecutionOutcome.NotRun;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One kind of work that may fail, hang or be too much. It runs behind a breaker and a bulkhead and is counted as Hystrix
 * counts: each call gives one event, at most one fallback event, and one more event when it ends with an exception.
 * Thread-safe.
 */
public final class Command {

    private static final Logger log = LoggerFactory.getLogger(Command.class);

    /** A permit or a thread becomes free as soon as another execution ends. */
    private static final Duration RETRY_AFTER_REJECTION = Duration.ofSeconds(1);

    private static final Duration RETRY_AFTER_FAILURE = Duration.ofSeconds(5);

    private final SourceName target;
    private final CommandKey key;
    private final CommandConfiguration configuration;
    private final Shared shared;
    private final Counters counters;
    private final Samples samples;
    private final Breaker breaker;
    private final Bulkhead bulkhead;
    private final Semaphore fallbacks;
    private volatile boolean executed;

    Command(SourceName target, CommandKey key, CommandConfiguration configuration, Shared shared) {
        this.target = target;
        this.key = key;
        this.configuration = configuration;
        this.shared = shared;
        this.counters = new Counters(configuration.breaker().window(), shared.nanoTime());
        this.samples = new Samples(shared.nanoTime());
        this.breaker = new Breaker(key, configuration.breaker(), shared.nanoTime(), counters::clearHealth);
        this.bulkhead = switch (configuration.isolation()) {
            case THREAD -> new Bulkhead.OfThreads(key, configuration.pool());
            case SEMAPHORE ->
                new Bulkhead.OfCallers(key, configuration.semaphores().execution());
        };
        this.fallbacks = new Semaphore(configuration.semaphores().fallback());
    }

    /** What all commands of a process share. */
    record Shared(String group, Clock clock, LongSupplier nanoTime, ExecutionListener listener) {}

    /** The state of the breaker. */
    public enum State {
        CLOSED,
        OPEN,
        HALF_OPEN,
        FORCED_OPEN,
        FORCED_CLOSED
    }

    /** What an operator may force on the breaker; {@link #FORCED_RESET} returns the decision to its own counting. */
    public enum Force {
        FORCED_OPEN,
        FORCED_CLOSED,
        FORCED_RESET
    }

    /** The name of the command. */
    public CommandKey key() {
        return key;
    }

    /** The system that it calls, which its failures name. */
    public SourceName target() {
        return target;
    }

    /** The first part of the names of the command's gauges. */
    public String group() {
        return shared.group();
    }

    /** The settings in force. They are read once at start-up; only the forced state can change later. */
    public CommandConfiguration configuration() {
        return configuration;
    }

    public State state() {
        return breaker.state();
    }

    /** Forces the breaker into a state, or ends that. Returns the state from now on. */
    public State force(Force wanted) {
        breaker.force(wanted);
        log.warn("event=breaker_forced command={} wanted={} state={}", key, wanted, state());
        return state();
    }

    /** Whether the command was ever called. */
    public boolean hasExecuted() {
        return executed;
    }

    /** The current numbers; latencies may be up to 400 ms old. */
    public CommandSnapshot snapshot() {
        int inUse = bulkhead instanceof Bulkhead.OfCallers callers ? callers.inUse() : 0;
        return new CommandSnapshot(
                shared.clock().instant(),
                new CommandSnapshot.Circuit(state(), counters.health()),
                counters.counts(),
                new CommandSnapshot.Concurrency(counters.running(), counters.rollingMaxRunning(), inUse),
                samples.latencies());
    }

    /** The current numbers of the thread pool; empty for a command with a semaphore. */
    public Optional<PoolSnapshot> pool() {
        if (!(bulkhead instanceof Bulkhead.OfThreads threads)) {
            return Optional.empty();
        }
        var pool = threads.pool();
        return Optional.of(new PoolSnapshot(
                key,
                shared.clock().instant(),
                configuration.pool(),
                new PoolSnapshot.Threads(
                        pool.getActiveCount(),
                        pool.getPoolSize(),
                        pool.getLargestPoolSize(),
                        counters.rollingMaxRunning()),
                new PoolSnapshot.Work(
                        pool.getTaskCount(),
                        pool.getCompletedTaskCount(),
                        pool.getQueue().size(),
                        new PoolSnapshot.Executed(
                                counters.cumulative(Counters.EXECUTED),
                                counters.rolling(Counters.EXECUTED),
                                counters.rolling(Event.THREAD_POOL_REJECTED.place())))));
    }

    /**
     * Runs the work. No fallback stands in for it.
     *
     * @throws HealthError what the work threw, or {@link SourceUnavailable} when it was not let through
     */
    public <T> T run(Deadline deadline, Supplier<T> work) {
        return run(deadline, work, null);
    }

    /**
     * Runs the work, or the fallback when the work fails; the fallback is given the failure. A caller's mistake and
     * back-pressure are thrown: no fallback stands in for them.
     */
    public <T> T run(Deadline deadline, Supplier<T> work, @Nullable Function<HealthError, T> fallback) {
        Attempt<T> attempt = attempt(
                () -> isolated(deadline, within -> work.get()),
                value -> ExecutionOutcome.SUCCESS,
                ExecutionOutcome::of);
        RuntimeException failure = attempt.failure();
        if (failure == null) {
            return attempt.orThrow();
        }
        if (!attempt.outcome().callsForFallback()) {
            counters.add(Event.EXCEPTION_THROWN);
            throw failure;
        }
        return fallBack(failure, fallback);
    }

    /** Counts a call that was saved because another caller was already making the same one (Hystrix's request cache). */
    public void answeredFromCache() {
        executed = true;
        counters.add(Event.RESPONSE_FROM_CACHE);
    }

    /** The result of one execution: a value or a failure. */
    public record Attempt<T>(
            ExecutionOutcome outcome,
            @Nullable T value,
            @Nullable RuntimeException failure) {

        /** The value; throws the failure. */
        public T orThrow() {
            if (failure != null) {
                throw failure;
            }
            return Objects.requireNonNull(value);
        }
    }

    /**
     * One counted execution without a fallback, if the breaker lets it through.
     *
     * @param ofValue classifies what the work returned
     * @param ofFailure classifies what the work threw
     */
    public <T> Attempt<T> attempt(
            Supplier<T> next,
            Function<T, ExecutionOutcome> ofValue,
            Function<RuntimeException, ExecutionOutcome> ofFailure) {
        executed = true;
        Breaker.Permit permit = breaker.tryAcquire();
        if (permit == null) {
            count(ExecutionOutcome.SHORT_CIRCUITED);
            return new Attempt<>(
                    ExecutionOutcome.SHORT_CIRCUITED, null, refusal(new NotRun(key, ExecutionOutcome.SHORT_CIRCUITED)));
        }
        ExecutionOutcome outcome = ExecutionOutcome.FAILURE; // also when the work throws an Error
        Answered answered = Answered.NO;
        try {
            T value = next.get();
            outcome = ofValue.apply(value);
            answered = Answered.YES;
            return new Attempt<>(outcome, value, null);
        } catch (RuntimeException e) {
            outcome = ofFailure.apply(e);
            return new Attempt<>(outcome, null, e instanceof NotRun notRun ? refusal(notRun) : e);
        } finally {
            permit.record(outcome, answered);
            count(outcome);
        }
    }

    /** Runs the work in the bulkhead, within the command's time limit. */
    public <T> T isolated(Deadline deadline, Function<Deadline, T> work) {
        Deadline within = deadline.atMost(configuration.timeout());
        long asked = shared.nanoTime().getAsLong();
        AtomicLong waited = new AtomicLong(-1);
        try {
            return bulkhead.run(within, () -> {
                waited.set(shared.nanoTime().getAsLong() - asked);
                counters.add(Counters.EXECUTED);
                counters.begin();
                try {
                    return work.apply(within);
                } finally {
                    counters.end();
                }
            });
        } finally {
            long before = waited.get();
            if (before >= 0) {
                long total = shared.nanoTime().getAsLong() - asked;
                samples.add(total - before, total);
                shared.listener().executed(key, total);
            }
        }
    }

    /**
     * Counts whether a fallback stands in for the answer of a failed call. The caller handles the failure itself.
     *
     * @param hasFallback whether a fallback is available; null when this call never has one
     */
    public void countFallback(@Nullable RuntimeException failure, @Nullable BooleanSupplier hasFallback) {
        RuntimeException why = failure == null ? new SourceUnavailable(target, RETRY_AFTER_FAILURE) : failure;
        try {
            Function<HealthError, Boolean> fallback = hasFallback == null
                    ? null
                    : error -> {
                        if (!hasFallback.getAsBoolean()) {
                            throw error;
                        }
                        return true;
                    };
            boolean unused = fallBack(why, fallback);
        } catch (RuntimeException e) {
            if (e != why) {
                throw e;
            }
        }
    }

    /** Counts a call that ends with an exception for its caller. */
    public void countException() {
        counters.add(Event.EXCEPTION_THROWN);
    }

    private <T> T fallBack(RuntimeException failure, @Nullable Function<HealthError, T> fallback) {
        if (fallback == null) {
            throw counted(Event.FALLBACK_MISSING, failure);
        }
        if (configuration.semaphores().fallback() == 0) {
            throw counted(Event.FALLBACK_DISABLED, failure);
        }
        if (!fallbacks.tryAcquire()) {
            throw counted(Event.FALLBACK_REJECTION, failure);
        }
        try {
            T value = fallback.apply(asHealthError(failure));
            counters.add(Event.FALLBACK_SUCCESS);
            return value;
        } catch (RuntimeException e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
            throw counted(Event.FALLBACK_FAILURE, failure);
        } finally {
            fallbacks.release();
        }
    }

    private RuntimeException counted(Event why, RuntimeException failure) {
        counters.add(why);
        counters.add(Event.EXCEPTION_THROWN);
        return failure;
    }

    /** Any other exception is our own fault, and must not vanish behind a fallback: it is logged here. */
    private HealthError asHealthError(RuntimeException failure) {
        if (failure instanceof HealthError error) {
            return error;
        }
        log.error("event=command_failed command={}", key, failure);
        return new SourceUnavailable(target, RETRY_AFTER_FAILURE, failure);
    }

    private SourceUnavailable refusal(NotRun why) {
        Duration retryAfter = switch (why.outcome()) {
            case SHORT_CIRCUITED -> breaker.sleep();
            case THREAD_POOL_REJECTED, SEMAPHORE_REJECTED -> RETRY_AFTER_REJECTION;
            case TIMEOUT, CANCELLED, SUCCESS, FAILURE, BAD_REQUEST, THROTTLED -> RETRY_AFTER_FAILURE;
        };
        return new SourceUnavailable(target, retryAfter, key.name(), why);
    }

    private void count(ExecutionOutcome outcome) {
        Event event = outcome.event();
        if (event != null) {
            counters.add(event);
        } else if (outcome == ExecutionOutcome.THROTTLED) {
            counters.add(Counters.THROTTLED);
        }
    }
}
