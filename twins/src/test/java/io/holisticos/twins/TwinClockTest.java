package io.holisticos.twins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TwinClockTest {
    private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");

    @Test
    void aFixedClockMovesOnlyWhenPushed() {
        TwinClock clock = TwinClock.fixed(START);
        AtomicInteger told = new AtomicInteger();
        clock.onAdvance(told::incrementAndGet);

        clock.advance(Duration.ofHours(6));

        assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(6)));
        assertThat(clock.withZone(ZoneOffset.ofHours(2)).instant()).isEqualTo(clock.instant());
        assertThat(told).hasValue(1);
        assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFastClockRunsAheadAndNeverBack() {
        TwinClock clock = TwinClock.startingAt(START, 10_000);

        Instant before = clock.instant();
        for (int i = 0; i < 10_000; i++) {
            Instant now = clock.instant();
            assertThat(now.isBefore(before)).isFalse();
            before = now;
        }

        assertThat(before).isAfter(START);
    }
}
