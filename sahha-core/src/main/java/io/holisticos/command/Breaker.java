package io.holisticos.command;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.holisticos.command.Command.Force;
import io.holisticos.command.Command.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether calls may pass: resilience4j's state machine with Hystrix's numbers, and above it what an operator forces.
 * The state machine keeps counting while a state is forced.
 */
final class Breaker {

    private final CircuitBreaker machine;
    private final Duration sleep;
    private volatile Force forced;

    /** @param closed runs when the state machine closes again */
    Breaker(CommandKey key, CommandConfiguration.Breaker configuration, LongSupplier nanoTime, Runnable closed) {
        this.sleep = configuration.sleep();
        this.forced = configuration.forced() == null ? Force.FORCED_RESET : configuration.forced();
        this.machine = CircuitBreaker.of(
                key.name(),
                CircuitBreakerConfig.custom()
                        .clock(new Monotonic(nanoTime))
                        .slidingWindowType(SlidingWindowType.TIME_BASED)
                        .slidingWindowSize((int) configuration.window().toSeconds())
                        .minimumNumberOfCalls(configuration.requestVolume())
                        .failureRateThreshold(configuration.errorPercentage())
                        .waitDurationInOpenState(
                                sleep.minusNanos(1)) // it waits for longer than this, so until exactly the end
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .writableStackTraceEnabled(false)
                        .build());
        machine.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition().getToState() == CircuitBreaker.State.CLOSED) {
                closed.run();
            }
        });
    }

    State state() {
        return switch (forced) {
            case FORCED_OPEN -> State.FORCED_OPEN;
            case FORCED_CLOSED -> State.FORCED_CLOSED;
            case FORCED_RESET ->
                switch (machine.getState()) {
                    case OPEN, FORCED_OPEN -> State.OPEN;
                    case HALF_OPEN -> State.HALF_OPEN;
                    case CLOSED, DISABLED, METRICS_ONLY -> State.CLOSED;
                };
        };
    }

    void force(Force wanted) {
        forced = wanted;
    }

    Duration sleep() {
        return sleep;
    }

    /** The permit for one call, null when it must not be made. Every permit must be {@link Permit#record recorded}. */
    @Nullable
    Permit tryAcquire() {
        Force current = forced;
        if (current == Force.FORCED_OPEN) {
            return null;
        }
        if (machine.tryAcquirePermission()) {
            return new Permit(machine.getState());
        }
        return current == Force.FORCED_CLOSED ? new Permit(null) : null;
    }

    /** One call and the state in which it was let through; the state is null when an operator's force let it through. */
    final class Permit {

        private final CircuitBreaker.@Nullable State entered;

        private Permit(CircuitBreaker.@Nullable State entered) {
            this.entered = entered;
        }

        /**
         * Records the result with the state machine, unless its state has changed since: a late answer is no probe.
         *
         * @param answered whether the other side answered; a refusal closes a half-open breaker only if it did
         */
        void record(ExecutionOutcome outcome, Answered answered) {
            if (entered == null || entered != machine.getState()) {
                return;
            }
            boolean probe = entered == CircuitBreaker.State.HALF_OPEN;
            switch (outcome) {
                case SUCCESS -> machine.onSuccess(0, TimeUnit.NANOSECONDS);
                case FAILURE, TIMEOUT, THREAD_POOL_REJECTED, SEMAPHORE_REJECTED -> failed(outcome);
                case BAD_REQUEST -> {
                    if (probe && answered == Answered.YES) {
                        machine.onSuccess(0, TimeUnit.NANOSECONDS); // the other side works: it refused properly
                    } else {
                        machine.releasePermission();
                    }
                }
                case CANCELLED -> {
                    if (probe) {
                        failed(outcome);
                    } else {
                        machine.releasePermission();
                    }
                }
                case THROTTLED, SHORT_CIRCUITED -> machine.releasePermission();
            }
        }

        private void failed(ExecutionOutcome outcome) {
            machine.onError(0, TimeUnit.NANOSECONDS, new Failed(outcome));
        }
    }

    /** Whether the other side answered at all. */
    enum Answered {
        YES,
        NO
    }

    /** The state machine requires an exception. */
    private static final class Failed extends RuntimeException {
        Failed(ExecutionOutcome outcome) {
            super(outcome.name(), null, false, false);
        }
    }

    /** The monotonic clock in the form the state machine takes. Only differences of its instants have a meaning. */
    private static final class Monotonic extends Clock {

        private final LongSupplier nanoTime;
        private final long origin;

        Monotonic(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
            this.origin = nanoTime.getAsLong();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - origin);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
