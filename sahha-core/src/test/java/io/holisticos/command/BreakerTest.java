package io.holisticos.command;

import static io.holisticos.command.CommandFixture.TARGET;
import static io.holisticos.command.CommandFixture.soon;
import static io.holisticos.command.CommandFixture.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.command.Command.Force;
import io.holisticos.command.Command.State;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The breaker by Hystrix's numbers, under a clock that is moved by hand. */
class BreakerTest {

    private static final Duration SLEEP = Duration.ofSeconds(5);

    private final CommandFixture bed = new CommandFixture();

    @AfterEach
    void end() {
        bed.close();
    }

    @Test
    void nineteenFailuresDoNotOpenItAndTwentyDo() {
        times(19, bed::fails);
        assertThat(state()).isEqualTo(State.CLOSED);

        bed.fails();

        assertThat(state()).isEqualTo(State.OPEN);
        assertThat(bed.command().snapshot().circuit().isOpen()).isTrue();
        assertThat(bed.gauge("isCircuitBreakerOpen")).isEqualTo(true);
    }

    @Test
    void halfOfTwentyIsEnoughAndLessIsNot() {
        times(11, bed::succeeds);
        times(9, bed::fails);
        assertThat(state()).isEqualTo(State.CLOSED);

        bed.passes(Duration.ofSeconds(11)); // all of it has left the window
        times(10, bed::succeeds);
        times(9, bed::fails);
        assertThat(state()).isEqualTo(State.CLOSED);
        bed.fails();

        assertThat(state()).isEqualTo(State.OPEN);
        bed.passes(Duration.ofSeconds(1));
        assertThat(bed.command().snapshot().circuit().health().errorPercentage())
                .isEqualTo(50);
    }

    @Test
    void failuresThatLeftTheWindowDoNotCount() {
        times(19, bed::fails);
        bed.passes(Duration.ofSeconds(11));
        bed.fails();

        assertThat(state()).isEqualTo(State.CLOSED);
    }

    @Test
    void oneProbePassesAfterTheSleepAndItsSuccessClosesAndClears() {
        opens();
        bed.passes(SLEEP.minusMillis(1));
        assertThatThrownBy(bed::succeeds)
                .isInstanceOfSatisfying(
                        SourceUnavailable.class, e -> assertThat(e.retryAfter()).contains(SLEEP));

        bed.passes(Duration.ofMillis(1));
        bed.command().run(soon(), () -> {
            assertThat(state()).isEqualTo(State.HALF_OPEN);
            assertThat(bed.command().snapshot().circuit().isOpen()).isTrue();
            assertThatThrownBy(bed::succeeds).isInstanceOf(SourceUnavailable.class); // no second one beside it
            return "probe";
        });

        assertThat(state()).isEqualTo(State.CLOSED);
        bed.passes(Duration.ofSeconds(1));
        CommandSnapshot.Health health = bed.command().snapshot().circuit().health();
        assertThat(health.errorCount()).isZero();
        assertThat(health.requestCount()).isEqualTo(1);
        times(19, bed::fails);
        assertThat(state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeThatFailsOpensItForAnotherSleep() {
        opens();
        bed.passes(SLEEP);
        bed.fails();
        assertThat(state()).isEqualTo(State.OPEN);

        bed.passes(SLEEP.minusMillis(1));
        assertThatThrownBy(bed::succeeds).isInstanceOf(SourceUnavailable.class);
        bed.passes(Duration.ofMillis(1));
        bed.succeeds();

        assertThat(state()).isEqualTo(State.CLOSED);
    }

    @Test
    void backPressureNeverOpensItAndGivesTheProbeBack() {
        times(100, this::throttled);
        assertThat(state()).isEqualTo(State.CLOSED);

        opens();
        bed.passes(SLEEP);
        throttled();
        assertThat(state()).isEqualTo(State.HALF_OPEN);
        bed.succeeds();

        assertThat(state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aCallFromBeforeIsNoProbe() {
        bed.command().run(soon(), () -> {
            opens();
            bed.passes(SLEEP);
            throttled(); // half open, and free for the next probe
            return "late";
        });

        assertThat(state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void forcedOpenBeatsForcedClosedBeatsTheMachine() {
        bed.settings.forceClosed = true;
        bed.settings.forceOpen = true;

        assertThatThrownBy(bed::succeeds).isInstanceOf(SourceUnavailable.class);
        assertThat(state()).isEqualTo(State.FORCED_OPEN);
        assertThat(bed.gauge("propertyValue_circuitBreakerForceOpen")).isEqualTo(true);

        assertThat(bed.command().force(Force.FORCED_CLOSED)).isEqualTo(State.FORCED_CLOSED);
        times(30, bed::fails);
        bed.succeeds();
        assertThat(bed.command().snapshot().circuit().isOpen()).isFalse();

        assertThat(bed.command().force(Force.FORCED_RESET)).isEqualTo(State.OPEN); // it went on counting below
        assertThatThrownBy(bed::succeeds).isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void aForcedStateShowsInTheGaugesWithinHalfASecond() {
        bed.succeeds();
        assertThat(bed.gauge("propertyValue_circuitBreakerForceOpen")).isEqualTo(false);

        bed.command().force(Force.FORCED_OPEN);
        bed.passes(Duration.ofMillis(500));

        assertThat(bed.gauge("propertyValue_circuitBreakerForceOpen")).isEqualTo(true);
        assertThat(bed.gauge("isCircuitBreakerOpen")).isEqualTo(true);
    }

    private State state() {
        return bed.command().state();
    }

    private void opens() {
        times(20, bed::fails);
        assertThat(state()).isEqualTo(State.OPEN);
    }

    private void throttled() {
        swallow(() -> bed.command().run(soon(), () -> {
            throw new SourceThrottled(TARGET, Duration.ofSeconds(1));
        }));
    }

    private static void times(int count, Runnable call) {
        for (int i = 0; i < count; i++) {
            call.run();
        }
    }
}
