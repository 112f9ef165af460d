package io.holisticos.outbound;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.holisticos.outbound.Command.Force;
import io.holisticos.outbound.Command.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether calls may pass: resilience4j's state machine by Hystrix's numbers, and above it what an operator forces. The
 * machine goes on learning under a forced state.
 */
final class Breaker {

    private final CircuitBreaker machine;
    private final Duration sleep;
    private volatile Force forced;

    /** @param closed told when the machine closes again */
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
                        .waitDurationInOpenState(sleep.minusNanos(1)) // it waits for more than that: so at its end
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

    /** Null when the call must not be made. A permit has to be {@link Permit#settle settled}. */
    @Nullable
    Permit ask() {
        Force above = forced;
        if (above == Force.FORCED_OPEN) {
            return null;
        }
        if (machine.tryAcquirePermission()) {
            return new Permit(machine.getState());
        }
        return above == Force.FORCED_CLOSED ? new Permit(null) : null;
    }

    /** One call, from the state in which it was let through; null when only because an operator said so. */
    final class Permit {

        private final CircuitBreaker.@Nullable State given;

        private Permit(CircuitBreaker.@Nullable State given) {
            this.given = given;
        }

        /**
         * Tells the machine how the call went, unless it has moved on since: a late answer is no probe.
         *
         * @param answered whether the other side said anything; only that can close a half-open breaker without a success
         */
        void settle(Outcome outcome, Answered answered) {
            if (given == null || given != machine.getState()) {
                return;
            }
            boolean probe = given == CircuitBreaker.State.HALF_OPEN;
            switch (outcome) {
                case SUCCESS -> machine.onSuccess(0, TimeUnit.NANOSECONDS);
                case FAILURE, TIMEOUT, THREAD_POOL_REJECTED, SEMAPHORE_REJECTED -> failed(outcome);
                case BAD_REQUEST -> {
                    if (probe && answered == Answered.YES) {
                        machine.onSuccess(0, TimeUnit.NANOSECONDS); // whoever refuses properly is well
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

        private void failed(Outcome outcome) {
            machine.onError(0, TimeUnit.NANOSECONDS, new Failed(outcome));
        }
    }

    /** Whether there was an answer, of whatever kind. */
    enum Answered {
        YES,
        NO
    }

    /** The machine wants a reason. */
    private static final class Failed extends RuntimeException {
        Failed(Outcome outcome) {
            super(outcome.name(), null, false, false);
        }
    }

    /** The monotonic clock in the form the machine takes; its instants mean nothing but their distances. */
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
