package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedSourceTest {

    private static final SourceName WHOOP = new SourceName("whoop");
    private static final UserId ANNA = new UserId("demo-anna");
    private static final DayRange DAY = DayRange.of(LocalDate.parse("2026-11-22"));

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void end() {
        open.countDown();
        threads.shutdownNow();
    }

    @Test
    void passesOnWhatTheSourceAnswers() {
        BoundedSource source = bounded(() -> new NotConnected(WHOOP));

        assertThat(source.read(ANNA, DAY, inAMinute())).isEqualTo(new NotConnected(WHOOP));
        assertThat(source.acquaintance(ANNA, inAMinute())).isEqualTo(Acquaintance.KNOWN);
        assertThat(source.leftBehind()).isZero();
    }

    @Test
    void passesOnWhatTheSourceThrows() {
        BoundedSource source = bounded(() -> {
            throw new SourceThrottled(WHOOP, Duration.ofMinutes(2));
        });

        assertThatThrownBy(() -> source.read(ANNA, DAY, inAMinute())).isInstanceOf(SourceThrottled.class);
    }

    @Test
    void doesNotWaitPastTheDeadlineForASourceThatIsStuck() {
        BoundedSource source = bounded(this::stuck);

        assertThat(source.read(ANNA, DAY, Deadline.after(Duration.ofMillis(20))))
                .isInstanceOf(Unavailable.class);
        assertThat(source.leftBehind()).isOne();

        open.countDown();
        while (source.leftBehind() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void asksNoMoreWhenTooMuchIsLeftBehind() {
        BoundedSource source = bounded(this::stuck);

        for (int i = 0; i < BoundedSource.MAX_LEFT_BEHIND + 10; i++) {
            source.read(ANNA, DAY, Deadline.after(Duration.ofMillis(20)));
        }

        assertThat(asked).hasValue(BoundedSource.MAX_LEFT_BEHIND);
        assertThat(source.read(ANNA, DAY, inAMinute())).isInstanceOf(Unavailable.class);
        assertThat(source.acquaintance(ANNA, inAMinute())).isEqualTo(Acquaintance.UNSURE);
        open.countDown();
        while (source.leftBehind() > 0) {
            Thread.onSpinWait();
        }
        assertThat(source.read(ANNA, DAY, inAMinute())).isEqualTo(new NotConnected(WHOOP));
    }

    @Test
    void withoutAFreeThreadThereIsNoAnswer() {
        BoundedSource source = new BoundedSource(source(() -> new NotConnected(WHOOP)), work -> {
            throw new RejectedExecutionException();
        });

        assertThat(source.read(ANNA, DAY, inAMinute())).isInstanceOf(Unavailable.class);
    }

    @Test
    void whoIsInterruptedWhileWaitingStaysInterrupted() {
        BoundedSource source = bounded(this::stuck);
        Thread.currentThread().interrupt();

        SourceAnswer answer = source.read(ANNA, DAY, inAMinute());

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isInstanceOf(Unavailable.class);
    }

    private SourceAnswer stuck() {
        while (true) {
            try {
                open.await();
                return new NotConnected(WHOOP);
            } catch (InterruptedException deaf) {
                Thread.interrupted();
            }
        }
    }

    private static Deadline inAMinute() {
        return Deadline.after(Duration.ofMinutes(1));
    }

    private BoundedSource bounded(Supplier<SourceAnswer> answer) {
        return new BoundedSource(source(answer), threads);
    }

    private HealthSource source(Supplier<SourceAnswer> answer) {
        return new HealthSource() {
            @Override
            public SourceName name() {
                return WHOOP;
            }

            @Override
            public SourceAnswer read(UserId who, DayRange days, Deadline deadline) {
                asked.incrementAndGet();
                return answer.get();
            }

            @Override
            public Acquaintance acquaintance(UserId who, Deadline deadline) {
                return Acquaintance.KNOWN;
            }
        };
    }
}
