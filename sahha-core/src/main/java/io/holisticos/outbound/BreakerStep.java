package io.holisticos.outbound;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Stops calling what keeps failing, one breaker for each command key. Failures are the other side's: no answer, 5xx,
 * nonsense. Back-pressure (429, our own budget) and refused credentials are none.
 */
final class BreakerStep implements Step {

    private final SourceName target;
    private final CircuitBreakerRegistry breakers;
    private final java.time.Duration sleep;

    BreakerStep(SourceName target, OutboundConfiguration configuration) {
        this.target = target;
        this.sleep = configuration.breakerSleep.toJavaDuration();
        this.breakers = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.TIME_BASED)
                .slidingWindowSize((int) configuration.breakerWindow.toSeconds())
                .minimumNumberOfCalls(configuration.breakerRequestVolume)
                .failureRateThreshold(configuration.breakerErrorPercentage)
                .waitDurationInOpenState(sleep)
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        CircuitBreaker breaker = breakers.circuitBreaker(call.key().name());
        if (!breaker.tryAcquirePermission()) {
            throw new SourceUnavailable(target, sleep, new Open(call.key()));
        }
        long begun = System.nanoTime();
        try {
            Reply reply = next.go(call, deadline);
            if (reply.status() >= 500) {
                breaker.onError(System.nanoTime() - begun, TimeUnit.NANOSECONDS, new ServerFault(reply.status()));
            } else {
                breaker.onSuccess(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
            }
            return reply;
        } catch (HealthError error) {
            if (isOfTheOtherSide(error)) {
                breaker.onError(System.nanoTime() - begun, TimeUnit.NANOSECONDS, error);
            } else {
                breaker.releasePermission();
            }
            throw error;
        } catch (RuntimeException | Error other) {
            breaker.releasePermission(); // ours, not theirs
            throw other;
        }
    }

    /** By command key, only those that were called: closed, open, half_open. */
    SortedMap<String, String> states() {
        SortedMap<String, String> states = new TreeMap<>();
        breakers.getAllCircuitBreakers()
                .forEach(breaker ->
                        states.put(breaker.getName(), breaker.getState().name().toLowerCase(Locale.ROOT)));
        return states;
    }

    Set<String> open() {
        return breakers.getAllCircuitBreakers().stream()
                .filter(breaker -> breaker.getState() == CircuitBreaker.State.OPEN)
                .map(CircuitBreaker::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOfTheOtherSide(HealthError error) {
        return switch (error.kind()) {
            case SOURCE_UNAVAILABLE, BAD_SOURCE_REPLY -> true;
            case INVALID_REQUEST,
                    UNAUTHENTICATED,
                    FORBIDDEN,
                    MEMBER_NOT_FOUND,
                    CONNECTION_NOT_FOUND,
                    REAUTHORIZATION_REQUIRED,
                    INTEGRATION_DISABLED,
                    SOURCE_THROTTLED -> false;
        };
    }

    /** Why a call was not even tried. */
    static final class Open extends RuntimeException {
        Open(CommandKey key) {
            super("the breaker of " + key + " is open", null, false, false);
        }
    }

    private static final class ServerFault extends RuntimeException {
        ServerFault(int status) {
            super("status " + status, null, false, false);
        }
    }
}
