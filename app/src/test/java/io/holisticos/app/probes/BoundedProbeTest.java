package io.holisticos.app.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BoundedProbeTest {

    private final AtomicLong nanos = new AtomicLong(5);
    private final AtomicInteger looks = new AtomicInteger();
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    @Test
    void whatWasSeenHoldsForASecond() {
        BoundedProbe<Integer> look = new BoundedProbe<>(looks::incrementAndGet, Runnable::run, nanos::get);

        assertThat(look.read(atOnce())).contains(1);
        pass(Duration.ofMillis(999));
        assertThat(look.read(atOnce())).contains(1);
        pass(Duration.ofMillis(1));
        assertThat(look.read(atOnce())).contains(2);
    }

    @Test
    void whateverIsThrownMeansThatNothingCanBeSeen() {
        BoundedProbe<Integer> look = new BoundedProbe<>(
                () -> {
                    throw new IllegalStateException();
                },
                Runnable::run,
                nanos::get);

        assertThat(look.read(atOnce())).isEmpty();
    }

    @Test
    void whileALookHangsNoOtherIsTakenAndWhatWasSeenBeforeHoldsForAWhile() {
        BoundedProbe<Integer> look = new BoundedProbe<>(looks::incrementAndGet, waiting::add, nanos::get);
        look.begin();
        waiting.remove().run();
        assertThat(look.read(atOnce())).contains(1);
        pass(Duration.ofSeconds(1));

        for (int reads = 0; reads < 10; reads++) {
            assertThat(look.read(atOnce())).contains(1);
        }
        assertThat(waiting).hasSize(1);

        pass(Duration.ofMillis(2_500));
        assertThat(look.read(atOnce())).isEmpty();
        assertThat(waiting).hasSize(1);

        waiting.remove().run();
        assertThat(look.read(atOnce())).contains(2); // old by now: another look has begun
        waiting.remove().run();
        assertThat(look.read(atOnce())).contains(3);
    }

    /** A database that hangs is given up after the patience of whoever asked, and probes come every few seconds. */
    @Test
    void whatALookSawLateIsRememberedThoughNobodyWaitedForIt() {
        BoundedProbe<Integer> look = new BoundedProbe<>(
                () -> {
                    if (looks.incrementAndGet() > 1) {
                        throw new IllegalStateException("away");
                    }
                    return 1;
                },
                waiting::add,
                nanos::get);
        look.begin();
        waiting.remove().run();
        assertThat(look.read(atOnce())).contains(1);
        pass(Duration.ofSeconds(5));
        assertThat(look.read(atOnce())).contains(1);
        waiting.remove().run();

        pass(Duration.ofSeconds(5));

        assertThat(look.read(atOnce())).isEmpty();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** No time at all: only what is there already. */
    private static Deadline atOnce() {
        return Deadline.after(Duration.ZERO, () -> 0);
    }
}
