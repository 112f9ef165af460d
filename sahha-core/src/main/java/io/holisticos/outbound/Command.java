package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.outbound.Breaker.Answered;
import io.holisticos.outbound.Outcome.NotRun;
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
 * One kind of work that may fail, hang or be too much: behind a breaker and a bulkhead, and counted as Hystrix counts. One
 * call gives one event, at most one fallback event, and one more when it ends with an exception. Thread-safe.
 */
public final class Command {

    private static final Logger log = LoggerFactory.getLogger(Command.class);

    /** Room comes back as soon as somebody leaves. */
    private static final Duration RETRY_AFTER_REJECTION = Duration.ofSeconds(1);

    private static final Duration RETRY_AFTER_FAILURE = Duration.ofSeconds(5);

    private final SourceName target;
    private final CommandKey key;
    private final CommandConfiguration configuration;
    private final House house;
    private final Counters counters;
    private final Samples samples;
    private final Breaker breaker;
    private final Bulkhead bulkhead;
    private final Semaphore fallbacks;
    private volatile boolean executed;

    Command(SourceName target, CommandKey key, CommandConfiguration configuration, House house) {
        this.target = target;
        this.key = key;
        this.configuration = configuration;
        this.house = house;
        this.counters = new Counters(configuration.breaker().window(), house.nanoTime());
        this.samples = new Samples(house.nanoTime());
        this.breaker = new Breaker(key, configuration.breaker(), house.nanoTime(), counters::clearHealth);
        this.bulkhead = switch (configuration.isolation()) {
            case THREAD -> new Bulkhead.OfThreads(key, configuration.pool());
            case SEMAPHORE ->
                new Bulkhead.OfCallers(key, configuration.semaphores().execution());
        };
        this.fallbacks = new Semaphore(configuration.semaphores().fallback());
    }

    /** What all commands of a process share. */
    record House(String group, Clock clock, LongSupplier nanoTime, ExecutionListener listener) {}

    /** How the breaker stands. */
    public enum State {
        CLOSED,
        OPEN,
        HALF_OPEN,
        FORCED_OPEN,
        FORCED_CLOSED
    }

    /** What an operator may want of it; {@link #FORCED_RESET} leaves it to the breaker's own counting again. */
    public enum Force {
        FORCED_OPEN,
        FORCED_CLOSED,
        FORCED_RESET
    }

    /** Its name. */
    public CommandKey key() {
        return key;
    }

    /** The first part of its gauges' names. */
    public String group() {
        return house.group();
    }

    /** What is in force; read once at start-up, but for what is forced. */
    public CommandConfiguration configuration() {
        return configuration;
    }

    public State state() {
        return breaker.state();
    }

    /** Forces the breaker, or no longer. Returns the state from here on. */
    public State force(Force wanted) {
        breaker.force(wanted);
        log.warn("event=breaker_forced command={} wanted={} state={}", key, wanted, state());
        return state();
    }

    /** Whether it was ever called. */
    public boolean hasExecuted() {
        return executed;
    }

    /** The numbers now; latencies may be up to 400 ms old. */
    public CommandSnapshot snapshot() {
        int inUse = bulkhead instanceof Bulkhead.OfCallers callers ? callers.inUse() : 0;
        return new CommandSnapshot(
                house.clock().instant(),
                new CommandSnapshot.Circuit(state(), counters.health()),
                counters.counts(),
                new CommandSnapshot.Concurrency(counters.inside(), counters.rollingMostInside(), inUse),
                samples.latencies());
    }

    /** The thread pool's numbers now; empty for a semaphore. */
    public Optional<PoolSnapshot> pool() {
        if (!(bulkhead instanceof Bulkhead.OfThreads threads)) {
            return Optional.empty();
        }
        var pool = threads.pool();
        return Optional.of(new PoolSnapshot(
                key,
                house.clock().instant(),
                configuration.pool(),
                new PoolSnapshot.Threads(
                        pool.getActiveCount(),
                        pool.getPoolSize(),
                        pool.getLargestPoolSize(),
                        counters.rollingMostInside()),
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
     * Runs the work; there is nothing instead.
     *
     * @throws HealthError what the work threw, or {@link SourceUnavailable} when it was not let through
     */
    public <T> T run(Deadline deadline, Supplier<T> work) {
        return run(deadline, work, null);
    }

    /**
     * Runs the work, or else the fallback, which is told why. A caller's mistake and back-pressure are thrown: nothing
     * stands in for them.
     */
    public <T> T run(Deadline deadline, Supplier<T> work, @Nullable Function<HealthError, T> fallback) {
        Attempt<T> attempt =
                attempt(() -> isolated(deadline, within -> work.get()), value -> Outcome.SUCCESS, Outcome::of);
        RuntimeException failure = attempt.failure();
        if (failure == null) {
            return attempt.orThrow();
        }
        if (!attempt.outcome().callsForFallback()) {
            counters.add(Event.EXCEPTION_THROWN);
            throw failure;
        }
        return instead(failure, fallback);
    }

    /** A call was spared, because somebody was just asking the same: Hystrix's request cache. */
    public void answeredFromCache() {
        executed = true;
        counters.add(Event.RESPONSE_FROM_CACHE);
    }

    /** What an execution came to: a value, or a failure. */
    record Attempt<T>(
            Outcome outcome, @Nullable T value, @Nullable RuntimeException failure) {

        T orThrow() {
            if (failure != null) {
                throw failure;
            }
            return Objects.requireNonNull(value);
        }
    }

    /** One execution, if the breaker lets it through, counted; without any fallback. */
    <T> Attempt<T> attempt(
            Supplier<T> next, Function<T, Outcome> ofValue, Function<RuntimeException, Outcome> ofFailure) {
        executed = true;
        Breaker.Permit permit = breaker.ask();
        if (permit == null) {
            count(Outcome.SHORT_CIRCUITED);
            return new Attempt<>(Outcome.SHORT_CIRCUITED, null, refusal(new NotRun(key, Outcome.SHORT_CIRCUITED)));
        }
        Outcome outcome = Outcome.FAILURE; // also of what is no RuntimeException
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
            permit.settle(outcome, answered);
            count(outcome);
        }
    }

    /** Runs the work in the bulkhead, which has no more time than the command. */
    <T> T isolated(Deadline deadline, Function<Deadline, T> work) {
        Deadline within = deadline.atMost(configuration.timeout());
        long asked = house.nanoTime().getAsLong();
        AtomicLong waited = new AtomicLong(-1);
        try {
            return bulkhead.run(within, () -> {
                waited.set(house.nanoTime().getAsLong() - asked);
                counters.add(Counters.EXECUTED);
                counters.enter();
                try {
                    return work.apply(within);
                } finally {
                    counters.leave();
                }
            });
        } finally {
            long before = waited.get();
            if (before >= 0) {
                long total = house.nanoTime().getAsLong() - asked;
                samples.add(total - before, total);
                house.listener().executed(key, total);
            }
        }
    }

    /**
     * Counts what stands in for the answer of a call that failed; the failure itself is for the caller.
     *
     * @param held whether something does; null when nothing ever could
     */
    void countFallback(@Nullable RuntimeException failure, @Nullable BooleanSupplier held) {
        RuntimeException why = failure == null ? new SourceUnavailable(target, RETRY_AFTER_FAILURE) : failure;
        try {
            Function<HealthError, Boolean> fallback = held == null
                    ? null
                    : error -> {
                        if (!held.getAsBoolean()) {
                            throw error;
                        }
                        return true;
                    };
            boolean unused = instead(why, fallback);
        } catch (RuntimeException e) {
            if (e != why) {
                throw e;
            }
        }
    }

    void countException() {
        counters.add(Event.EXCEPTION_THROWN);
    }

    private <T> T instead(RuntimeException failure, @Nullable Function<HealthError, T> fallback) {
        if (fallback == null) {
            throw unanswered(Event.FALLBACK_MISSING, failure);
        }
        if (configuration.semaphores().fallback() == 0) {
            throw unanswered(Event.FALLBACK_DISABLED, failure);
        }
        if (!fallbacks.tryAcquire()) {
            throw unanswered(Event.FALLBACK_REJECTION, failure);
        }
        try {
            T value = fallback.apply(told(failure));
            counters.add(Event.FALLBACK_SUCCESS);
            return value;
        } catch (RuntimeException e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
            throw unanswered(Event.FALLBACK_FAILURE, failure);
        } finally {
            fallbacks.release();
        }
    }

    private RuntimeException unanswered(Event why, RuntimeException failure) {
        counters.add(why);
        counters.add(Event.EXCEPTION_THROWN);
        return failure;
    }

    /** What is no error of the domain is a fault of ours: it must not vanish behind a fallback. */
    private HealthError told(RuntimeException failure) {
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

    private void count(Outcome outcome) {
        Event event = outcome.event();
        if (event != null) {
            counters.add(event);
        } else if (outcome == Outcome.THROTTLED) {
            counters.add(Counters.THROTTLED);
        }
    }
}
