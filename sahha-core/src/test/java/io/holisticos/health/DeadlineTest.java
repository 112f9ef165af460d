package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // nanoTime may overflow at any moment

    @Test
    void expiresWhenItsTimeHasPassedAndNeverOwesTime() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(2), now::get);

        now.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(deadline.isExpired()).isFalse();

        now.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(deadline.remaining()).isZero();
        assertThat(deadline.isExpired()).isTrue();
    }

    @Test
    void aShareEndsWithTheWholeAtTheLatest() {
        Deadline whole = Deadline.after(Duration.ofSeconds(5), now::get);

        assertThat(whole.atMost(Duration.ofSeconds(2)).remaining()).isEqualTo(Duration.ofSeconds(2));
        assertThat(whole.atMost(Duration.ofSeconds(9)).remaining()).isEqualTo(Duration.ofSeconds(5));
    }
}
