package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SingleFlightTest {

    private final List<String> shared = new ArrayList<>();
    private final SingleFlight<String, Integer> flights = new SingleFlight<>(key -> {
        synchronized (this) {
            shared.add(key);
        }
    });
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        open.countDown();
        threads.shutdownNow();
    }

    @Test
    void callersWhoAskForTheSameAtTheSameTimeShareOneRun() throws Exception {
        List<Caller> callers = List.of(run("anna"), run("anna"), run("anna"));
        waiting(callers, 3);

        open.countDown();

        for (Caller caller : callers) {
            assertThat(caller.result()).isEqualTo(1);
        }
        assertThat(shared).containsExactly("anna", "anna");
    }

    @Test
    void anotherKeyIsOtherWork() throws Exception {
        List<Caller> callers = List.of(run("anna"), run("ben"));
        waiting(callers, 2);

        open.countDown();

        assertThat(callers.get(0).result() + callers.get(1).result()).isEqualTo(3);
        assertThat(shared).isEmpty();
    }

    @Test
    void workThatIsDoneIsDoneAgainForTheNextCaller() throws Exception {
        assertThat(flights.run("anna", inAMinute(), runs::incrementAndGet)).isEqualTo(1);
        assertThat(flights.run("anna", inAMinute(), runs::incrementAndGet)).isEqualTo(2);
        assertThat(flights.underWay()).isEmpty();
    }

    @Test
    void aFailureIsSharedAndNotKept() throws Exception {
        CompletableFuture<Integer> first = flights.begin("anna", result -> {});
        Caller second = new Caller(() -> flights.run("anna", inAMinute(), runs::incrementAndGet));
        waiting(List.of(second), 1);

        first.completeExceptionally(new IllegalStateException("broken"));

        assertThatThrownBy(second::result).hasRootCauseMessage("broken");
        assertThat(flights.run("anna", inAMinute(), runs::incrementAndGet)).isEqualTo(1);
    }

    @Test
    void aCallerWhoWaitsLeavesAtTheDeadlineAndTheWorkGoesOn() throws Exception {
        Caller first = run("anna");
        waiting(List.of(first), 1);

        assertThatThrownBy(() -> flights.run("anna", Deadline.after(Duration.ofMillis(20)), runs::incrementAndGet))
                .isInstanceOfSatisfying(
                        NotInTime.class,
                        late -> assertThat(late.isInterrupted()).isFalse());
        open.countDown();

        assertThat(first.result()).isEqualTo(1);
        assertThat(shared).isEmpty();
    }

    @Test
    void whenTheWorkingCallerIsInterruptedAnotherDoesTheWorkAgain() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Caller first = new Caller(() -> flights.run("anna", inAMinute(), () -> untilInterrupted(interrupted)));
        waiting(List.of(first), 1);
        Caller second = new Caller(() -> flights.run("anna", inAMinute(), () -> 2));
        waiting(List.of(second), 1);

        first.thread.interrupt();

        assertThat(second.result()).isEqualTo(2);
        assertThat(first.result()).isEqualTo(-1);
    }

    @Test
    void aCallerWhoIsInterruptedWhileWaitingStaysInterrupted() {
        CompletableFuture<Integer> unused = flights.begin("anna", result -> {});
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> flights.run("anna", inAMinute(), runs::incrementAndGet))
                .isInstanceOfSatisfying(
                        NotInTime.class,
                        late -> assertThat(late.isInterrupted()).isTrue());
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void workThatIsBegunElsewhereIsUnderWayUntilItIsComplete() {
        CompletableFuture<Integer> result = flights.begin("anna", flight -> {});

        assertThat(flights.begin("anna", flight -> flight.complete(2))).isSameAs(result);
        assertThat(shared).containsExactly("anna");
        assertThat(flights.underWay()).containsExactly(result);
        result.whenComplete((value, failure) -> assertThat(flights.underWay()).isEmpty());
        result.complete(1);
        assertThat(result).isCompletedWithValue(1);
    }

    @Test
    void workThatCannotBeginIsAFailureOfItsOwnFlight() {
        CompletableFuture<Integer> result = flights.begin("anna", flight -> {
            throw new IllegalStateException("no thread");
        });

        assertThat(result).isCompletedExceptionally();
        assertThat(flights.underWay()).isEmpty();
    }

    private Caller run(String key) {
        return new Caller(() -> flights.run(key, inAMinute(), counting()));
    }

    private Supplier<Integer> counting() {
        return () -> {
            int run = runs.incrementAndGet();
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return run;
        };
    }

    private static int untilInterrupted(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return -1;
    }

    private static Deadline inAMinute() {
        return Deadline.after(Duration.ofMinutes(1));
    }

    /** A caller on a thread of its own. */
    private static final class Caller {

        private final FutureTask<Integer> asking;
        private final Thread thread;

        Caller(Callable<Integer> question) {
            asking = new FutureTask<>(question);
            thread = new Thread(asking);
            thread.start();
        }

        int result() throws Exception {
            return asking.get();
        }
    }

    private static void waiting(List<Caller> callers, int count) {
        while (callers.stream()
                        .map(caller -> caller.thread.getState())
                        .filter(state -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                        .count()
                < count) {
            Thread.onSpinWait();
        }
    }
}
