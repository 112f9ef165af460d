package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Counter;
import io.holisticos.cache.MemberCache;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthSource;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Metric;
import io.holisticos.health.Period;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.Excluded;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.TimedAnswer;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnifiedFlowTest {

    private static final UserId ANNA = new UserId("demo-anna");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000); // may wrap around, as System.nanoTime may
    private final FakeSource sahha = new FakeSource("sahha");
    private final FakeSource whoop = new FakeSource("whoop");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<UserId> inParallel = new HashSet<>();
    private final Counter shared = new Counter();
    private final AtomicReference<Preferences> wishes = new AtomicReference<>(Preferences.NONE);
    private final UnifiedConfiguration configuration = new UnifiedConfiguration();

    @AfterEach
    void letAllThreadsEnd() {
        threads.shutdownNow();
    }

    @Test
    void readsSahhaThenWhoopThenMerges() {
        List<String> order = new ArrayList<>();
        sahha.answering(measured(SAHHA)).first(() -> order.add("sahha"));
        whoop.answering(measured(WHOOP)).first(() -> order.add("whoop")).offering(noticing(() -> order.add("merge")));

        flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(order.subList(0, 3)).containsExactly("sahha", "whoop", "merge");
        assertThat(order.subList(3, order.size())).containsOnly("merge");
    }

    @Test
    void mergesByTheMembersOwnOrder() {
        sahha.answering(measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "53"))));
        whoop.answering(measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "52"))));
        UnifiedFlow flow = flow("2026-11-22T10:00:00Z");
        UnifiedReport before = flow.read(ANNA, Period.TODAY, Set.of());

        wishes.set(new Preferences(List.of(SAHHA), Map.of(), Map.of()));
        UnifiedReport after = flow.read(ANNA, Period.TODAY, Set.of());

        assertThat(before.days().get(0).metrics().get(0).shown().source()).isEqualTo(WHOOP);
        assertThat(after.days().get(0).metrics().get(0).shown().source()).isEqualTo(SAHHA);
        assertThat(after.member()).isEqualTo(wishes.get());
    }

    @Test
    void readersOfAnotherOrderDoNotShareAReading() {
        sahha.answering(measured(SAHHA, day(DAY, value(Metric.HEART_RATE_RESTING, "53"))));
        whoop.answering(measured(WHOOP, day(DAY, value(Metric.HEART_RATE_RESTING, "52"))));
        UnifiedFlow flow = flow("2026-11-22T10:00:00Z");
        List<UnifiedReport> inner = new ArrayList<>();
        sahha.first(
                () -> { // while the first reading is under way, the order changes and somebody asks again
                    sahha.first(() -> {});
                    wishes.set(new Preferences(List.of(SAHHA), Map.of(), Map.of()));
                    inner.add(flow.read(ANNA, Period.TODAY, Set.of()));
                });

        flow.read(ANNA, Period.TODAY, Set.of());

        assertThat(shared.getCount()).isZero();
        assertThat(inner.get(0).days().get(0).metrics().get(0).shown().source()).isEqualTo(SAHHA);
    }

    @ParameterizedTest(name = "at {0}, observed at {2}, {1} is {3}")
    @CsvSource({
        "2026-11-22T10:00:00Z, today, +01:00, 2026-11-22",
        "2026-11-22T10:00:00Z, today, +14:00, 2026-11-23",
        "2026-11-22T10:00:00Z, today, -11:00, 2026-11-21",
        "2026-11-22T10:00:00Z, yesterday, -11:00, 2026-11-20",
        "2026-11-22T10:00:00Z, yesterday, Z, 2026-11-21",
        "2026-11-22T10:00:00Z, 2026-01-31, +14:00, 2026-01-31",
        "2026-11-22T10:00:00Z, 01/31/2026, -11:00, 2026-01-31",
    })
    void theNewestObservationOfAnySourceSaysWhichDayItIs(String now, String period, String offset, String expected) {
        sahha.answering(measured(SAHHA, DataStatus.CURRENT, "2026-11-20T00:00:00Z", ZoneOffset.ofHours(5)));
        whoop.answering(measured(WHOOP, DataStatus.STALE, "2026-11-22T09:00:00Z", ZoneOffset.of(offset)));

        UnifiedReport report = flow(now).read(ANNA, Period.parse(period), Set.of());

        LocalDate date = LocalDate.parse(expected);
        assertThat(report.days())
                .singleElement()
                .satisfies(day -> assertThat(day.date()).isEqualTo(date));
        assertThat(report.offset()).isEqualTo(ZoneOffset.of(offset));
        assertThat(sahha.asked)
                .singleElement()
                .satisfies(days -> assertThat(days.asked().contains(date)).isTrue());
        assertThat(whoop.asked).isEqualTo(sahha.asked);
    }

    @Test
    void withoutAnObservationTodayIsUtcs() {
        sahha.answering(new Unavailable(SAHHA, Duration.ofSeconds(3)));

        UnifiedReport report = flow("2026-11-22T23:30:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(report.offset()).isEqualTo(ZoneOffset.UTC);
        assertThat(report.days().get(0).date()).isEqualTo(DAY);
    }

    @Test
    void aDayIsReadWithTheDaysAroundItAndARelativeOneWithTheDatesItMayBe() {
        sahha.answering(measured(SAHHA));

        flow("2026-11-22T10:00:00Z").read(ANNA, Period.parse("yesterday"), Set.of());
        flow("2026-11-22T10:00:00Z").read(ANNA, Period.parse("2026-11-01"), Set.of());

        assertThat(sahha.asked)
                .containsExactly(
                        new DaysToRead(
                                new DayRange(LocalDate.parse("2026-11-20"), LocalDate.parse("2026-11-22")),
                                new DayRange(LocalDate.parse("2026-11-16"), LocalDate.parse("2026-11-26"))),
                        new DaysToRead(
                                DayRange.of(LocalDate.parse("2026-11-01")),
                                new DayRange(LocalDate.parse("2026-10-28"), LocalDate.parse("2026-11-05"))));
    }

    @Test
    void aRangeIsReadWithTheDaysAroundItAndAnsweredAsItIs() {
        sahha.answering(measured(SAHHA, day(DAY, value(Metric.STEPS, "100"))));
        DayRange days = new DayRange(DAY.minusDays(3), DAY);

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, days);

        assertThat(sahha.asked).containsExactly(new DaysToRead(days, days.with(4, 4)));
        assertThat(report.days()).extracting(MergedDay::date).isEqualTo(days.days());
    }

    @Test
    void aSourceThatThrowsIsUnavailableAndTheOthersStay() {
        sahha.answering(measured(SAHHA, day(DAY, value(Metric.STEPS, "100"))));
        whoop.throwing(new IllegalStateException("broken"));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(statuses(report)).containsExactly("ok", "unavailable");
        assertThat(report.days().get(0).metrics()).hasSize(1);
    }

    @Test
    void aDomainErrorKeepsWhenToAskAgain() {
        sahha.throwing(new SourceThrottled(SAHHA, Duration.ofMinutes(2)));
        whoop.answering(measured(WHOOP, day(DAY, value(Metric.SPO2_SLEEP, "97"))));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(report.answers().get(0).answer()).isEqualTo(new Unavailable(SAHHA, Duration.ofMinutes(2)));
        assertThat(report.days().get(0).sources()).containsExactly(WHOOP);
    }

    @Test
    void eachSourceHasItsShareOfTheDeadline() {
        sahha.answering(measured(SAHHA))
                .first(() -> nanos.addAndGet(Duration.ofMillis(3_500).toNanos()));
        whoop.answering(measured(WHOOP));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(sahha.given).containsExactly(Duration.ofSeconds(3));
        assertThat(whoop.given).containsExactly(Duration.ofMillis(1_250)); // a twentieth of 5 s is for merging
        assertThat(report.answers().get(0).took()).isEqualTo(Duration.ofMillis(3_500));
        assertThat(report.totalTime()).isEqualTo(Duration.ofMillis(3_500));
    }

    @Test
    void whenAllTimeIsSpentTheNextSourceIsNotAsked() {
        sahha.answering(measured(SAHHA))
                .first(() -> nanos.addAndGet(Duration.ofSeconds(6).toNanos()));
        whoop.answering(measured(WHOOP));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(whoop.asked).isEmpty();
        assertThat(statuses(report)).containsExactly("ok", "unavailable");
    }

    @Test
    void aSourceWithoutAShareMayUseWhatIsLeft() {
        FakeSource ring = new FakeSource("ring").answering(measured(SAHHA));

        flow("2026-11-22T10:00:00Z", List.of(ring)).read(ANNA, Period.TODAY, Set.of());

        assertThat(ring.given).containsExactly(Duration.ofMillis(4_750));
    }

    @Test
    void aSourceLeftOutIsNotRead() {
        sahha.answering(measured(SAHHA));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of(WHOOP));

        assertThat(whoop.asked).isEmpty();
        assertThat(statuses(report)).containsExactly("ok", "excluded");
    }

    @Test
    void aPersonWhomNobodyKnowsIsNotFound() {
        sahha.answering(new NotConnected(SAHHA));
        whoop.answering(new NotConnected(WHOOP)).acquainted(Acquaintance.KNOWN); // has said so already

        assertThatThrownBy(() -> flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of()))
                .isInstanceOf(MemberNotFound.class);
    }

    @ParameterizedTest
    @EnumSource(Acquaintance.class)
    void aSourceThatIsOffIsAskedWhetherItKnowsThePerson(Acquaintance acquaintance) {
        sahha.answering(new NotConnected(SAHHA));
        whoop.answering(new Disabled(WHOOP)).acquainted(acquaintance);
        UnifiedFlow flow = flow("2026-11-22T10:00:00Z");

        if (acquaintance == Acquaintance.UNKNOWN) {
            assertThatThrownBy(() -> flow.read(ANNA, Period.TODAY, Set.of())).isInstanceOf(MemberNotFound.class);
            assertThatThrownBy(() -> flow.read(ANNA, Period.TODAY, Set.of(WHOOP)))
                    .isInstanceOf(MemberNotFound.class);
        } else {
            assertThat(statuses(flow.read(ANNA, Period.TODAY, Set.of()))).containsExactly("not_connected", "disabled");
            assertThat(statuses(flow.read(ANNA, Period.TODAY, Set.of(WHOOP))))
                    .containsExactly("not_connected", "excluded");
        }
    }

    @Test
    void aSourceThatCannotSayWhetherItKnowsThePersonCountsAsKnowing() {
        sahha.answering(new NotConnected(SAHHA));
        whoop.throwing(new IllegalStateException("broken"));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of(WHOOP));

        assertThat(report.answers().get(1).answer()).isEqualTo(new Excluded(WHOOP));
    }

    @Test
    void aSilentSourceDoesNotMakeAPersonUnknown() {
        sahha.answering(new Unavailable(SAHHA, Duration.ofSeconds(3)));
        whoop.answering(new NotConnected(WHOOP));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, DayRange.of(DAY));

        assertThat(statuses(report)).containsExactly("unavailable", "not_connected");
        assertThat(report.days().get(0).sources()).isEmpty();
    }

    @Test
    void twoSourcesCannotShareAName() {
        assertThatThrownBy(() -> flow("2026-11-22T10:00:00Z", List.of(sahha, new FakeSource("sahha"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Timeout(60)
    void sourcesThatWaitForEachOtherAnswerOnlyWhenReadAtOnce() {
        CyclicBarrier bothHaveBegun = new CyclicBarrier(2);
        sahha.answering(measured(SAHHA)).first(() -> await(bothHaveBegun));
        whoop.answering(measured(WHOOP)).first(() -> await(bothHaveBegun));
        configuration.shares = Map.of("sahha", millis(200), "whoop", millis(200));

        List<String> oneAfterAnother = statuses(flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of()));
        bothHaveBegun.reset();
        configuration.shares = Map.of("sahha", millis(30_000), "whoop", millis(30_000));
        configuration.deadline = millis(60_000);
        inParallel.add(ANNA);
        List<String> together = statuses(flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of()));

        assertThat(oneAfterAnother).contains("unavailable");
        assertThat(together).containsExactly("ok", "ok");
    }

    @Test
    void whatIsReadAtOnceIsMergedToTheSame() {
        sahha.answering(measured(SAHHA, day(DAY, value(Metric.STEPS, "100"))));
        whoop.answering(measured(WHOOP, day(DAY, value(Metric.SPO2_SLEEP, "97"))));
        UnifiedFlow flow = flow("2026-11-22T10:00:00Z");

        UnifiedReport oneAfterAnother = flow.read(ANNA, Period.TODAY, Set.of());
        inParallel.add(ANNA);
        UnifiedReport together = flow.read(ANNA, Period.TODAY, Set.of());

        assertThat(together).isEqualTo(oneAfterAnother);
    }

    @ParameterizedTest(name = "read at once: {0}")
    @ValueSource(booleans = {false, true})
    @Timeout(60)
    void aSourceThatPaysNoHeedToItsDeadlineIsLeftBehind(boolean together) {
        CountDownLatch never = new CountDownLatch(1);
        sahha.answering(measured(SAHHA, day(DAY, value(Metric.STEPS, "100"))));
        whoop.answering(measured(WHOOP)).first(() -> awaitDeaf(never));
        configuration.shares = Map.of("whoop", millis(50));
        if (together) {
            inParallel.add(ANNA);
        }

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(statuses(report)).containsExactly("ok", "unavailable");
        assertThat(report.days().get(0).metrics()).hasSize(1);
        never.countDown();
    }

    @Test
    @Timeout(60)
    void aSourceThatIsStuckBeforeTheOthersDoesNotTakeTheirTime() {
        CountDownLatch never = new CountDownLatch(1);
        sahha.answering(measured(SAHHA)).first(() -> awaitDeaf(never));
        whoop.answering(measured(WHOOP));
        configuration.shares = Map.of("sahha", millis(50));

        UnifiedReport report = flow("2026-11-22T10:00:00Z").read(ANNA, Period.TODAY, Set.of());

        assertThat(statuses(report)).containsExactly("unavailable", "ok");
        never.countDown();
    }

    @Test
    @Timeout(60)
    void fiftyWhoAskTheSameAtTheSameTimeAreOneReading() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        sahha.answering(measured(SAHHA)).first(() -> awaitDeaf(open));
        whoop.answering(measured(WHOOP));
        configuration.shares = Map.of("sahha", millis(50_000));
        configuration.deadline = millis(60_000);
        UnifiedFlow flow = flow("2026-11-22T10:00:00Z");

        List<Asker> askers = Stream.generate(() -> new Asker(() -> flow.read(ANNA, Period.TODAY, Set.of())))
                .limit(50)
                .toList();
        waitingInFlights(askers, 50);
        open.countDown();

        for (Asker asker : askers) {
            assertThat(statuses(asker.report())).containsExactly("ok", "ok");
        }
        assertThat(sahha.asked).hasSize(1);
        assertThat(whoop.asked).hasSize(1);
        assertThat(shared.getCount()).isEqualTo(49);
        flow.read(ANNA, Period.TODAY, Set.of());
        assertThat(sahha.asked).as("what is over is not kept").hasSize(2);
    }

    @Test
    @Timeout(60)
    void otherPersonsDaysAndSourcesAreReadingsOfTheirOwn() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        whoop.answering(measured(WHOOP));
        sahha.answering(measured(SAHHA)).first(() -> awaitDeaf(open));
        configuration.shares = Map.of("sahha", millis(50_000));
        configuration.deadline = millis(60_000);
        UnifiedFlow flow = flow("2026-11-22T10:00:00Z");

        List<Asker> askers = List.of(
                new Asker(() -> flow.read(ANNA, Period.TODAY, Set.of())),
                new Asker(() -> flow.read(new UserId("demo-ben"), Period.TODAY, Set.of())),
                new Asker(() -> flow.read(ANNA, Period.parse("yesterday"), Set.of())),
                new Asker(() -> flow.read(ANNA, DayRange.of(DAY))),
                new Asker(() -> flow.read(ANNA, Period.TODAY, Set.of(WHOOP))));
        waitingInFlights(askers, 5);
        open.countDown();

        for (Asker asker : askers) {
            asker.report();
        }
        assertThat(sahha.asked).hasSize(5);
        assertThat(shared.getCount()).isZero();
    }

    @Test
    @Timeout(60)
    void whoWasFirstAndIsInterruptedTakesNobodyAlong() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        sahha.answering(measured(SAHHA)).first(() -> awaitDeaf(open));
        whoop.answering(measured(WHOOP));
        configuration.shares = Map.of("sahha", millis(50_000));
        configuration.deadline = millis(60_000);
        UnifiedFlow flow = flow("2026-11-22T10:00:00Z");
        Asker first = new Asker(() -> flow.read(ANNA, Period.TODAY, Set.of()));
        waitingInFlights(List.of(first), 1);
        while (sahha.asked.isEmpty()) { // the first waits as soon as its question is handed on
            Thread.onSpinWait();
        }
        Asker second = new Asker(() -> flow.read(ANNA, Period.TODAY, Set.of()));
        Asker third = new Asker(() -> flow.read(ANNA, Period.TODAY, Set.of()));
        waitingInFlights(List.of(second, third), 2);

        first.interrupt();
        first.report();
        waitingInFlights(List.of(second, third), 2);
        open.countDown();

        assertThat(statuses(second.report())).containsExactly("ok", "ok");
        assertThat(statuses(third.report())).containsExactly("ok", "ok");
        assertThat(sahha.asked).as("by the first, then for the others").hasSizeBetween(2, 3);
    }

    /** Somebody who asks on a thread of their own. */
    private static final class Asker {

        private final FutureTask<UnifiedReport> asking;
        private final Thread thread;

        Asker(Callable<UnifiedReport> question) {
            asking = new FutureTask<>(question);
            thread = new Thread(asking);
            thread.start();
        }

        UnifiedReport report() throws Exception {
            return asking.get();
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isWaiting() {
            return thread.getState() == Thread.State.TIMED_WAITING;
        }
    }

    /** Until so many of them stand still: for the source, or for whoever asks it. */
    private static void waitingInFlights(List<Asker> askers, int count) {
        while (askers.stream().filter(Asker::isWaiting).count() < count) {
            Thread.onSpinWait();
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Not even an interrupt ends this wait. */
    private static void awaitDeaf(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException deaf) {
                Thread.interrupted();
            }
        }
    }

    private static io.dropwizard.util.Duration millis(long millis) {
        return io.dropwizard.util.Duration.milliseconds(millis);
    }

    private UnifiedFlow flow(String now) {
        return flow(now, List.of(sahha, whoop));
    }

    private UnifiedFlow flow(String now, List<HealthSource> sources) {
        OfferedMetrics offers = new OfferedMetrics(Map.of(WHOOP, whoop.offers()));
        Clock clock = Clock.fixed(Instant.parse(now), ZoneOffset.UTC);
        return new UnifiedFlow(
                new UnifiedReader(
                        sources.stream()
                                .map(source -> new BoundedSource(source, threads, new SourceFailureLog()))
                                .toList(),
                        UnifiedFixture.merge(offers),
                        who -> new Wishes(wishes.get(), true),
                        configuration,
                        new UnifiedReader.Timing(inParallel::contains, clock, nanos::get)),
                new MemberCache<>(0),
                shared);
    }

    private static List<String> statuses(UnifiedReport report) {
        return report.answers().stream()
                .map(TimedAnswer::answer)
                .map(SourceAnswer::status)
                .toList();
    }

    /** Tells when the merge looks at it: the only thing the merge asks of a source that is not a value. */
    private static Set<Metric> noticing(Runnable looked) {
        return new AbstractSet<>() {
            @Override
            public boolean contains(Object metric) {
                looked.run();
                return false;
            }

            @Override
            public Iterator<Metric> iterator() {
                return Collections.emptyIterator();
            }

            @Override
            public int size() {
                return 0;
            }
        };
    }
}
