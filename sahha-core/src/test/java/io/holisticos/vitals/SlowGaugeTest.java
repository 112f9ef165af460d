package io.holisticos.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowGaugeTest {

    private static final Duration LASTS = Duration.ofSeconds(15);

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void manyReadersAskOnceInAWhile() {
        SlowGauge<Integer> gauge = new SlowGauge<>(LASTS, asked::incrementAndGet, Runnable::run, nanos::get);

        for (int i = 0; i < 100; i++) {
            assertThat(gauge.getValue()).contains(1);
        }
        pass(LASTS);

        assertThat(gauge.getValue()).contains(2);
        assertThat(asked).hasValue(2);
    }

    @Test
    void whatHangsIsAskedOnceAndTheLastValueIsShownForAWhile() {
        Queue<Runnable> hanging = new ArrayDeque<>();
        SlowGauge<Integer> gauge = new SlowGauge<>(LASTS, asked::incrementAndGet, hanging::add, nanos::get);
        assertThat(gauge.getValue()).isEmpty();
        hanging.remove().run();
        assertThat(gauge.getValue()).contains(1);
        pass(LASTS);

        assertThat(gauge.getValue()).contains(1);
        pass(Duration.ofSeconds(20));
        assertThat(gauge.getValue()).contains(1);
        pass(LASTS.plusSeconds(10));
        assertThat(gauge.getValue()).isEmpty();
        assertThat(hanging).hasSize(1);

        hanging.remove().run();
        assertThat(gauge.getValue()).contains(2); // found late, and asked again at once
        assertThat(hanging).hasSize(1);
    }

    @Test
    void nothingIsKnownWhereAskingFails() {
        SlowGauge<Integer> gauge = new SlowGauge<>(
                LASTS,
                () -> {
                    throw new IllegalStateException("away");
                },
                Runnable::run,
                nanos::get);

        assertThat(gauge.getValue()).isEmpty();
    }

    @Test
    void itAsksOnAThreadThatKeepsNoProcessAlive() {
        SlowGauge<Boolean> gauge =
                new SlowGauge<>(LASTS, () -> Thread.currentThread().isDaemon());

        assertThat(gauge.getValue()).contains(true);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
