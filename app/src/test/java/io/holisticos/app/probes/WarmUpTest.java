package io.holisticos.app.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.app.probes.WarmUpRounds.Result;
import io.holisticos.vitals.HotPath;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WarmUpTest {

    private static final Duration BOUND = Duration.ofSeconds(10);

    private final AtomicLong nanos = new AtomicLong(7);
    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void endsWhenRoundsAreNoLongerGettingFaster() throws Exception {
        Result result = rounds(run -> run < 5_000 ? 500_000 - 90 * run : 50_000).run(BOUND);

        assertThat(result.warm()).isTrue();
        assertThat(result.rounds()).isBetween(50 + WarmUpRounds.COMPARED, 60 + 2 * WarmUpRounds.COMPARED);
        assertThat(Duration.ofNanos(nanos.get())).isLessThan(BOUND);
    }

    @Test
    void doesNotBelieveASteadyPaceBeforeTheCompilersHaveLooked() throws Exception {
        Result result = rounds(run -> 1_000).run(BOUND);

        assertThat(result.warm()).isTrue();
        assertThat(result.rounds()).isEqualTo(WarmUpRounds.LEAST_ROUNDS);
    }

    @Test
    void endsAtTheBoundHoweverColdItStillIs() throws Exception {
        Result result = rounds(run -> 10_000_000).run(BOUND);

        assertThat(result.warm()).isFalse();
        assertThat(result.rounds()).isEqualTo(10);
        assertThat(result.leftOut()).isEmpty();
    }

    @Test
    void beginsNothingMoreOnceTheTimeIsOver() throws Exception {
        Result result = rounds(run -> Duration.ofSeconds(3).toNanos()).run(BOUND);

        assertThat(runs).hasValue(4);
        assertThat(result.warm()).isFalse();
    }

    @Test
    void leavesOutAPathThatFailsAgainAndAgainAndRunsTheOthers() throws Exception {
        HotPath broken = new HotPath("broken", () -> {
            throw new IllegalStateException("always");
        });

        Result result =
                new WarmUpRounds(List.of(broken, path(run -> 1_000)), new CallingThread(), nanos::get).run(BOUND);

        assertThat(result.leftOut()).containsOnlyKeys("broken");
        assertThat(result.warm()).isTrue();
        int whileBothRan = WarmUpRounds.MOST_FAILURES * WarmUpRounds.RUNS / 2;
        assertThat(runs.get())
                .isEqualTo(whileBothRan + (WarmUpRounds.LEAST_ROUNDS - WarmUpRounds.MOST_FAILURES) * WarmUpRounds.RUNS);
    }

    @Test
    void aPathThatFailedOnceIsNotLeftOut() throws Exception {
        HotPath unlucky = new HotPath("unlucky", () -> {
            if (runs.getAndIncrement() == 0) {
                throw new IllegalStateException("once");
            }
        });

        Result result = new WarmUpRounds(List.of(unlucky), new CallingThread(), nanos::get).run(BOUND);

        assertThat(result.leftOut()).isEmpty();
        assertThat(result.rounds()).isEqualTo(WarmUpRounds.LEAST_ROUNDS);
    }

    @Test
    void endsAtOnceWhenNothingIsLeftToRun() throws Exception {
        HotPath broken = new HotPath("broken", () -> {
            throw new IllegalStateException("always");
        });

        Result result = new WarmUpRounds(List.of(broken), new CallingThread(), nanos::get).run(BOUND);

        assertThat(result).extracting(Result::rounds, Result::warm).containsExactly(WarmUpRounds.MOST_FAILURES, false);
    }

    @Test
    void ofNoTimeIsOverBeforeItBegins() {
        WarmUp warmUp = new WarmUp(
                Duration.ZERO,
                () -> {
                    throw new AssertionError("opened");
                },
                nanos::get);

        assertThat(warmUp.isOver()).isTrue();
        warmUp.begin();
        assertThat(warmUp.isOver()).isTrue();
    }

    @Test
    @Timeout(20)
    void isOverAsWellWhenItCannotBegin() {
        WarmUp warmUp = new WarmUp(
                BOUND,
                () -> {
                    throw new IllegalStateException("no port");
                },
                nanos::get);
        assertThat(warmUp.isOver()).isFalse();

        warmUp.begin();

        while (!warmUp.isOver()) {
            Thread.onSpinWait();
        }
    }

    @Test
    @Timeout(20)
    void beginsAgainWhenTheFirstStatementsOfAColdProcessCameTooLate() {
        AtomicInteger openings = new AtomicInteger();
        WarmUp warmUp = new WarmUp(
                BOUND,
                () -> {
                    if (openings.incrementAndGet() < 3) {
                        throw new SQLException("no answer in time", "08006");
                    }
                    return new Opened(List.of(path(run -> 1_000)), () -> {});
                },
                nanos::get);

        warmUp.begin();

        while (!warmUp.isOver()) {
            Thread.onSpinWait();
        }
        assertThat(openings).hasValue(3);
        assertThat(runs.get()).isEqualTo(WarmUpRounds.LEAST_ROUNDS * WarmUpRounds.RUNS);
    }

    @Test
    @Timeout(20)
    void endsAtOnceWithTheServiceAndClosesWhatItOpened() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean closed = new AtomicBoolean();
        WarmUp warmUp = new WarmUp(
                BOUND,
                () -> new Opened(
                        List.of(new HotPath("hangs", () -> {
                            begun.countDown();
                            new CountDownLatch(1).await();
                        })),
                        () -> closed.set(true)),
                nanos::get);
        warmUp.begin();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        nanos.addAndGet(BOUND.toNanos() - 1);
        assertThat(warmUp.isOver()).isFalse();
        nanos.incrementAndGet();
        assertThat(warmUp.isOver()).as("whatever hangs").isTrue();

        warmUp.end();

        assertThat(warmUp.isOver()).isTrue();
        assertThat(closed).isTrue();
    }

    @Test
    void tellsWhoeverRunsItThatTheServiceEnds() {
        HotPath path = new HotPath("interrupted", () -> Thread.currentThread().interrupt());

        assertThatThrownBy(() -> new WarmUpRounds(List.of(path), new CallingThread(), nanos::get).run(BOUND))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    private WarmUpRounds rounds(IntToLongFunction nanosOfRun) {
        return new WarmUpRounds(List.of(path(nanosOfRun)), new CallingThread(), nanos::get);
    }

    private HotPath path(IntToLongFunction nanosOfRun) {
        return new HotPath("timed", () -> {
            long unused = nanos.addAndGet(nanosOfRun.applyAsLong(runs.getAndIncrement()));
        });
    }

    private record Opened(List<HotPath> all, Runnable closing) implements HotPaths {
        @Override
        public void close() {
            closing.run();
        }
    }

    /** Runs everything at once, on the thread that asks for it, so that time is what the test makes of it. */
    private static final class CallingThread extends AbstractExecutorService {
        @Override
        public void execute(Runnable work) {
            work.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
