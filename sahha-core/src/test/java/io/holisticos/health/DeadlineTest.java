package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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

    @Test
    void waitsForAResultAndThrowsWhatTheWorkThrew() throws Exception {
        Deadline deadline = Deadline.after(Duration.ofMinutes(1));

        assertThat(deadline.await(CompletableFuture.completedFuture("done"))).isEqualTo("done");
        assertThatThrownBy(() -> deadline.await(failed(new IllegalArgumentException("wrong"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> deadline.await(failed(new StackOverflowError())))
                .isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> deadline.await(failed(new IOException("lost"))))
                .isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aResultThatDoesNotComeByTheDeadlineIsNotInTime() {
        Deadline deadline = Deadline.after(Duration.ofMillis(10));

        assertThatThrownBy(() -> deadline.await(new CompletableFuture<String>()))
                .isInstanceOfSatisfying(
                        NotInTime.class,
                        late -> assertThat(late.isInterrupted()).isFalse());
    }

    @Test
    void aResultIsTakenEvenWhenTheDeadlineHasPassed() throws Exception {
        Deadline deadline = Deadline.after(Duration.ZERO, now::get);

        assertThat(deadline.await(CompletableFuture.completedFuture("done"))).isEqualTo("done");
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsStaysInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Deadline.after(Duration.ofMinutes(1)).await(new CompletableFuture<String>()))
                .isInstanceOfSatisfying(
                        NotInTime.class,
                        late -> assertThat(late.isInterrupted()).isTrue());
        assertThat(Thread.interrupted()).isTrue();
    }

    private static CompletableFuture<String> failed(Throwable failure) {
        return CompletableFuture.failedFuture(failure);
    }
}
