package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.BoundedSource.PendingAnswer;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BoundedSourceTest {

    private static final SourceName WHOOP = new SourceName("whoop");
    private static final UserId ANNA = new UserId("demo-anna");
    private static final DayRange DATE = DayRange.of(LocalDate.parse("2026-11-22"));
    private static final DaysToRead DAY = new DaysToRead(DATE, DATE);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(1);
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private Supplier<Acquaintance> acquaintance = () -> Acquaintance.KNOWN;
    private Supplier<ChangesAnswer> changes = () -> new ChangesAnswer.Listed(List.of(), 7, false);

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
        assertThat(source.abandoned()).isZero();
    }

    @Test
    void aFailureIsAnAnswerThatSaysWhenToAskAgain() {
        SourceThrottled throttled = new SourceThrottled(WHOOP, Duration.ofMinutes(2));
        BoundedSource source = bounded(() -> {
            throw throttled;
        });

        assertThat(source.read(ANNA, DAY, inAMinute())).isEqualTo(new Unavailable(WHOOP, Duration.ofMinutes(2)));
        assertThat(failures).containsExactly(throttled);
    }

    @Test
    void aFaultOfOursIsAnAnswerToo() {
        for (Throwable fault : List.of(new IllegalStateException("broken"), new StackOverflowError())) {
            failures.clear();
            BoundedSource source = bounded(() -> {
                if (fault instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) fault;
            });

            assertThat(source.read(ANNA, DAY, inAMinute())).isInstanceOf(Unavailable.class);
            assertThat(failures).containsExactly(fault);
        }
    }

    @Test
    void aSourceThatCannotSayWhomItKnowsIsUnsure() {
        IllegalStateException broken = new IllegalStateException("broken");
        acquaintance = () -> {
            throw broken;
        };

        assertThat(bounded(() -> new NotConnected(WHOOP)).acquaintance(ANNA, inAMinute()))
                .isEqualTo(Acquaintance.UNSURE);
        assertThat(failures).containsExactly(broken);
    }

    @Test
    void changesAreAskedForWithinTheSameBoundsAsDays() {
        BoundedSource source = bounded(() -> new NotConnected(WHOOP));
        assertThat(source.changes(ANNA, 3, 10, inAMinute())).isEqualTo(changes.get());

        SourceThrottled throttled = new SourceThrottled(WHOOP, Duration.ofMinutes(2));
        changes = () -> {
            throw throttled;
        };
        assertThat(source.changes(ANNA, 3, 10, inAMinute()))
                .isEqualTo(new ChangesAnswer.Unavailable(Duration.ofMinutes(2)));
        assertThat(failures).containsExactly(throttled);
        assertThat(source.changes(ANNA, 3, 10, Deadline.after(Duration.ZERO)))
                .isInstanceOf(ChangesAnswer.Unavailable.class);
    }

    @Test
    void aReadingThatHasBegunIsTimedUntilItsAnswer() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
        BoundedSource source = bounded(() -> {
            nanos.addAndGet(Duration.ofMillis(1_500).toNanos());
            return new NotConnected(WHOOP);
        });

        PendingAnswer pending = source.begin(ANNA, DAY, Deadline.after(Duration.ofMinutes(1), nanos::get));

        assertThat(pending.await()).isEqualTo(new TimedAnswer(new NotConnected(WHOOP), Duration.ofMillis(1_500)));
    }

    @Test
    void beginningDoesNotWaitAndSeveralReadingsRunAtTheSameTime() {
        BoundedSource source = bounded(this::stuck);

        PendingAnswer first = source.begin(ANNA, DAY, inAMinute());
        PendingAnswer second = source.begin(ANNA, DAY, inAMinute());
        while (asked.get() < 2) {
            Thread.onSpinWait();
        }
        open.countDown();

        assertThat(first.await().answer()).isEqualTo(new NotConnected(WHOOP));
        assertThat(second.await().answer()).isEqualTo(new NotConnected(WHOOP));
    }

    @Test
    void doesNotWaitPastTheDeadlineForASourceThatIsStuck() {
        BoundedSource source = bounded(this::stuck);

        assertThat(source.read(ANNA, DAY, Deadline.after(Duration.ofMillis(20))))
                .isInstanceOf(Unavailable.class);
        assertThat(source.abandoned()).isOne();

        open.countDown();
        while (source.abandoned() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void asksNoMoreWhenTooMuchIsAbandoned() {
        BoundedSource source = bounded(this::stuck);

        for (int i = 0; i < BoundedSource.MAX_ABANDONED + 10; i++) {
            source.read(ANNA, DAY, Deadline.after(Duration.ofMillis(20)));
        }

        assertThat(asked).hasValue(BoundedSource.MAX_ABANDONED);
        assertThat(source.read(ANNA, DAY, inAMinute())).isInstanceOf(Unavailable.class);
        assertThat(source.acquaintance(ANNA, inAMinute())).isEqualTo(Acquaintance.UNSURE);
        open.countDown();
        while (source.abandoned() > 0) {
            Thread.onSpinWait();
        }
        assertThat(source.read(ANNA, DAY, inAMinute())).isEqualTo(new NotConnected(WHOOP));
    }

    @Test
    void withoutAFreeThreadThereIsNoAnswer() {
        BoundedSource source = new BoundedSource(
                source(() -> new NotConnected(WHOOP)),
                work -> {
                    throw new RejectedExecutionException();
                },
                (name, failure) -> failures.add(failure));

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
        return new BoundedSource(source(answer), threads, (name, failure) -> failures.add(failure));
    }

    private HealthSource source(Supplier<SourceAnswer> answer) {
        return new HealthSource() {
            @Override
            public SourceName name() {
                return WHOOP;
            }

            @Override
            public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
                asked.incrementAndGet();
                return answer.get();
            }

            @Override
            public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
                return changes.get();
            }

            @Override
            public Acquaintance acquaintance(UserId who, Deadline deadline) {
                return acquaintance.get();
            }
        };
    }
}
