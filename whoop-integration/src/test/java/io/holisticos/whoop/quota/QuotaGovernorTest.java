package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.command.CommandKey;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Reply;
import io.holisticos.testing.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaGovernorTest {

    private static final TestDatabase DATABASE = TestDatabase.migratedBy("whoop-db/changelog.yaml");
    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration MINUTE = Duration.ofSeconds(62);
    private static final Duration DAY = Duration.ofSeconds(86_402);
    private static final Call CALL =
            Call.get(new CommandKey("WHOOP_SLEEP"), new UserId("anna"), URI.create("http://127.0.0.1/v2"));

    /** What two processes have: a pool each. */
    private static final Jdbi ONE_PROCESS = Jdbi.create(pool());

    private static final Jdbi OTHER_PROCESS = Jdbi.create(pool());

    private final HandClock clock = new HandClock(START);

    @BeforeEach
    void forgetOtherTests() {
        governor(100, 10_000).reset();
    }

    @Test
    void grantsAllButTheReserveAtOnceAndTheNextOneExactlyAWindowLater() {
        QuotaGovernor governor = governor(100, 10_000);

        for (int i = 0; i < 98; i++) {
            governor.take(CALL);
            clock.advance(Duration.ofMillis(10));
        }

        assertThat(refusal(governor)).isEqualTo(MINUTE.minusMillis(980));
        clock.advance(MINUTE.minusMillis(981));
        assertThat(refusal(governor)).isEqualTo(Duration.ofMillis(1));
        clock.advance(Duration.ofMillis(1));
        governor.take(CALL);
        assertThat(refusal(governor)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void twoBurstsAroundAMinuteBoundaryShareOneAllowance() {
        QuotaGovernor governor = governor(100, 10_000);
        clock.advance(Duration.ofSeconds(59));

        int granted = burst(governor);
        clock.advance(Duration.ofSeconds(2));
        granted += burst(governor);

        assertThat(granted).isEqualTo(98);
    }

    @Test
    void aDayHoldsNoMoreThanItsLimit() {
        QuotaGovernor governor = governor(10, 20);

        int granted = 0;
        for (int minute = 0; minute < 24 * 60; minute += 2) {
            granted += burst(governor);
            clock.advance(Duration.ofMinutes(2));
        }

        assertThat(granted).isEqualTo(19);
        assertThat(refusal(governor)).isEqualTo(Duration.ofSeconds(2));
        clock.advance(Duration.ofSeconds(2));
        assertThat(burst(governor)).isEqualTo(9);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverTheArrivalsTheOracleAgrees(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int perMinute = 10 + random.nextInt(10);
        int perDay = perMinute + random.nextInt(60);
        List<QuotaGovernor> processes = processes(configuration(perMinute, perDay));
        int mostInMinute = perMinute - 1;
        int mostInDay = perDay - (perDay * 2 + 99) / 100;
        List<Instant> granted = new ArrayList<>();

        for (int arrival = 0; arrival < 250; arrival++) {
            QuotaGovernor governor = processes.get(random.nextInt(2));
            Instant roomAt = later(roomAt(granted, mostInMinute, MINUTE), roomAt(granted, mostInDay, DAY));

            if (roomAt.isAfter(clock.instant())) {
                assertThat(refusal(governor)).isEqualTo(Duration.between(clock.instant(), roomAt));
            } else {
                governor.take(CALL);
                granted.add(clock.instant());
            }
            clock.advance(pause(random));
        }

        assertNoSpanHoldsMoreThan(mostInMinute, MINUTE, granted);
        assertNoSpanHoldsMoreThan(mostInDay, DAY, granted);
    }

    @Test
    void racingThreadsOfTwoProcessesNeverExceedAndNeverWaste() throws Exception {
        List<QuotaGovernor> processes = processes(configuration(100, 10_000));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Integer>> running = new ArrayList<>();

        for (int i = 0; i < 8; i++) {
            QuotaGovernor governor = processes.get(i % 2);
            running.add(threads.submit(() -> {
                int taken = 0;
                for (int attempt = 0; attempt < 60; attempt++) {
                    taken += tryTake(governor) ? 1 : 0;
                    clock.advance(Duration.ofMillis(300));
                }
                return taken;
            }));
        }
        int taken = 0;
        for (Future<Integer> thread : running) {
            taken += thread.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();

        List<Instant> granted = grantedAt();
        assertThat(granted).hasSize(taken).isSorted();
        assertNoSpanHoldsMoreThan(98, MINUTE, granted);
        assertThat(taken).isBetween(2 * 98, 3 * 98); // 144 s of their clock hold two full windows and a part
    }

    @Test
    void aHostWhoseClockIsBehindKeepsTheOrder() {
        HandClock behind = new HandClock(START.minusSeconds(5));
        QuotaGovernor slow = new QuotaGovernor(OTHER_PROCESS, behind, configuration(10, 100));
        QuotaGovernor right = governor(10, 100);

        right.take(CALL);
        slow.take(CALL);

        assertThat(grantedAt()).containsExactly(START, START);
        assertThat(burst(right)).isEqualTo(7);
        assertThat(refusal(slow)).isEqualTo(MINUTE.plusSeconds(5));
    }

    @Test
    void aLimitThatIsRaisedOrLoweredCountsTheGrantsOfBefore() {
        burst(governor(20, 200));

        assertThat(burst(governor(10, 100))).isZero();
        assertThat(burst(governor(30, 300))).isEqualTo(29 - 19);
        clock.advance(MINUTE);
        assertThat(burst(governor(10, 100))).isEqualTo(9);
    }

    @Test
    void keepsNoMoreGrantsThanADayMayHold() {
        QuotaGovernor governor = governor(10, 20);

        for (int day = 0; day < 5; day++) {
            for (int minute = 0; minute < 5; minute++) {
                burst(governor);
                clock.advance(Duration.ofMinutes(2));
            }
            clock.advance(DAY);
        }

        assertThat(grantedAt()).hasSize(19);
    }

    @Test
    void a429OfTheMinuteBlocksEveryProcessUntilItsReset() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.learn(CALL, reply(429, "100, 100;window=60, 10000;window=86400", "0", "17"));

        QuotaGovernor other = new QuotaGovernor(OTHER_PROCESS, clock, configuration(100, 10_000));
        assertThat(refusal(other)).isEqualTo(Duration.ofSeconds(19));
        assertThat(other.status().blockedUntil()).isEqualTo(START.plusSeconds(19));
        clock.advance(Duration.ofSeconds(19));
        other.take(CALL);
        assertThat(other.status().blockedUntil()).isNull();
    }

    @Test
    void a429OfTheDayBlocksUntilTheDayIsReset() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.learn(CALL, reply(429, "10000, 100;window=60, 10000;window=86400", "0", "30412"));
        governor.learn(CALL, reply(429, "100, 100;window=60, 10000;window=86400", "0", "5"));
        governor.learn(CALL, reply(429, "10000, 100;window=60, 10000;window=86400", "0", "3"));

        assertThat(refusal(governor)).isEqualTo(Duration.ofSeconds(30_414));
    }

    @Test
    void a429WithoutHeadersBlocksForAMinute() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.learn(CALL, new Reply(new SourceName("whoop"), 429, Map.of(), new byte[0]));

        assertThat(refusal(governor)).isEqualTo(Duration.ofSeconds(62));
    }

    @Test
    void a429ThatAsksForYearsBlocksForADay() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.learn(
                CALL,
                new Reply(new SourceName("whoop"), 429, Map.of("Retry-After", List.of("999999999")), new byte[0]));

        assertThat(refusal(governor)).isEqualTo(DAY);
    }

    @ParameterizedTest(name = "reset {0}, Retry-After {1}: blocked {2} s")
    @CsvSource({
        "1795860000, '', 62", // an epoch: ignored, and a 429 that does not say means a minute
        "3600, '', 62", // longer than the minute it is about
        "-5, '', 62",
        "soon, '', 62",
        "'17, 30', '', 62",
        "17, '', 19",
        "17, 5, 7",
        "17, 86400, 62", // Retry-After reaches no further than the window either
        "17, 1795860000, 19",
        "17, 'Sun, 22 Nov 2026 12:00:00 GMT', 19"
    })
    void a429OfTheMinuteBlocksForNoMoreThanAMinute(String reset, String retryAfter, long seconds) {
        QuotaGovernor governor = governor(100, 10_000);
        Map<String, List<String>> headers = new HashMap<>(Map.of(
                "X-RateLimit-Limit", List.of("100, 100;window=60, 10000;window=86400"),
                "X-RateLimit-Remaining", List.of("0"),
                "X-RateLimit-Reset", List.of(reset)));
        if (!retryAfter.isEmpty()) {
            headers.put("Retry-After", List.of(retryAfter));
        }
        Reply refused = new Reply(new SourceName("whoop"), 429, headers, new byte[0]);

        governor.learn(CALL, refused);

        assertThat(refusal(governor)).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(governor.retryAfter(refused).orElse(Duration.ZERO)).isLessThanOrEqualTo(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @CsvSource({"503, 86400, 3600", "503, 30, 30", "502, 1795860000, 0", "429, 86400, 86400"})
    void aServerThatIsOutIsBelievedForAnHour(int status, String retryAfter, long seconds) {
        Map<String, List<String>> headers = Map.of("Retry-After", List.of(retryAfter));

        assertThat(governor(100, 10_000)
                        .retryAfter(new Reply(new SourceName("whoop"), status, headers, new byte[0]))
                        .orElse(Duration.ZERO))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void headersThatMakeNoSenseAreCounted() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.learn(CALL, reply(200, "many", "-3", "1795860000"));
        governor.learn(CALL, reply(200, "100, 100;window=60", "400", "61"));

        assertThat(governor.report().headersIgnored()).isEqualTo(5);
        assertThat(burst(governor)).isEqualTo(98);
    }

    @Test
    void grantsOfAClockThatWasAheadCountAsMadeNow() {
        HandClock ahead = new HandClock(START.plus(Duration.ofHours(6)));
        QuotaGovernor wrong = new QuotaGovernor(OTHER_PROCESS, ahead, configuration(100, 1_000));
        QuotaGovernor right = governor(100, 1_000);
        assertThat(burst(right)).isEqualTo(98);
        wrong.take(CALL);
        wrong.take(CALL);

        assertThat(refusal(right)).isEqualTo(MINUTE);
        assertThat(grantedAt()).hasSize(100).allMatch(at -> !at.isAfter(START));
        clock.advance(MINUTE);
        assertThat(burst(right)).isEqualTo(98);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverIsLookedAtFromWhateverClockNoMinuteHoldsMore(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<QuotaGovernor> processes = processes(configuration(100, 10_000));
        List<Instant> granted = new ArrayList<>();

        for (int round = 0; round < 25; round++) {
            QuotaGovernor governor = processes.get(random.nextInt(2));
            for (int wanted = random.nextInt(100); wanted > 0 && tryTake(governor); wanted--) {
                granted.add(clock.instant());
            }
            HandClock wrong = new HandClock(clock.instant().plusSeconds(random.nextInt(400) - 200L));
            String before = rows();
            lookAtAll(new QuotaGovernor(OTHER_PROCESS, wrong, configuration(100, 10_000)));
            lookAtAll(governor);
            assertThat(rows()).isEqualTo(before);
            clock.advance(Duration.ofMillis(random.nextInt(40_000)));
        }

        assertThat(granted).hasSizeGreaterThan(300);
        assertNoSpanHoldsMoreThan(98, MINUTE, granted);
    }

    @Test
    void aLookByAClockThatIsBehindGivesNothingAway() {
        QuotaGovernor governor = governor(100, 10_000);
        assertThat(burst(governor)).isEqualTo(98);

        HandClock behind = new HandClock(START.minusSeconds(90));
        Duration seen = new QuotaGovernor(OTHER_PROCESS, behind, configuration(100, 10_000)).untilNextPermit();

        assertThat(seen).as("as if it were granted at its own now").isEqualTo(MINUTE);
        assertThat(burst(governor)).isZero();
    }

    @Test
    void aLookShowsWhatAClockThatWasAheadLeftAsItWillBeBroughtBack() {
        HandClock ahead = new HandClock(START.plus(Duration.ofHours(6)));
        QuotaGovernor wrong = new QuotaGovernor(OTHER_PROCESS, ahead, configuration(100, 10_000));
        wrong.take(CALL);
        wrong.learn(CALL, reply(429, "10000, 100;window=60, 10000;window=86400", "0", "86400"));
        QuotaGovernor right = governor(100, 10_000);

        assertThat(right.status().usedInMinute()).isEqualTo(1);
        assertThat(right.untilNextPermit()).isEqualTo(DAY);
        assertThat(refusal(right)).isEqualTo(DAY);
    }

    @Test
    void aLookWaitsForNobodyWhoIsGranting() {
        QuotaGovernor governor = governor(100, 10_000);
        governor.take(CALL);

        OTHER_PROCESS.useTransaction(handle -> {
            handle.execute("select from whoop_quota for update");
            lookAtAll(governor);
            assertThat(governor.status().usedInMinute()).isEqualTo(1);
        });
    }

    @Test
    void aLookThroughAnotherPoolIsDatedByTheSameClock() {
        QuotaGovernor governor = governor(100, 10_000);
        QuotaGovernor glance = governor.through(OTHER_PROCESS);
        burst(governor);
        clock.advance(Duration.ofSeconds(20));

        assertThat(glance.untilNextPermit()).isEqualTo(MINUTE.minusSeconds(20));
    }

    @Test
    void aMemberToldATimeByAClockThatWasAheadIsToldAnother() {
        HandClock ahead = new HandClock(START.plus(Duration.ofHours(6)));
        QuotaGovernor wrong = new QuotaGovernor(OTHER_PROCESS, ahead, configuration(10, 1_000));
        burst(wrong);

        assertThat(refusal(governor(10, 1_000))).isEqualTo(MINUTE);
    }

    @Test
    void blocksOfAClockThatWasAheadReachNoFurtherThanTheirWindow() {
        HandClock ahead = new HandClock(START.plus(Duration.ofHours(6)));
        QuotaGovernor wrong = new QuotaGovernor(OTHER_PROCESS, ahead, configuration(100, 10_000));
        wrong.learn(CALL, reply(429, "100, 100;window=60, 10000;window=86400", "0", "17"));
        QuotaGovernor right = governor(100, 10_000);

        assertThat(refusal(right)).isEqualTo(MINUTE);
        clock.advance(MINUTE);
        right.take(CALL);

        wrong.learn(CALL, reply(429, "10000, 100;window=60, 10000;window=86400", "0", "86400"));
        assertThat(refusal(right)).isEqualTo(DAY);
        clock.advance(DAY);
        right.take(CALL);
    }

    @Test
    void whatOthersWithOurClientIdUsedIsRespectedUntilTheReset() {
        QuotaGovernor governor = governor(100, 10_000);
        governor.take(CALL);

        governor.learn(CALL, reply(200, "100, 100;window=60, 10000;window=86400", "12", "40"));

        assertThat(burst(governor)).isEqualTo(10); // two of the twelve are the reserve
        assertThat(refusal(governor)).isEqualTo(Duration.ofSeconds(40));
        clock.advance(Duration.ofSeconds(40));
        assertThat(burst(governor)).isEqualTo(98 - 11);
    }

    @Test
    void whatOthersUseIsShownAndSubtractedFromTheDay() {
        QuotaGovernor governor = governor(100, 1_000);
        for (int minute = 0; minute < 3; minute++) {
            governor.take(CALL);
            governor.learn(CALL, reply(200, "100, 100;window=60, 1000;window=86400", "79", "60")); // 20 are not ours
            governor.learn(CALL, reply(200, "100, 100;window=60, 1000;window=86400", "69", "59")); // 10 more
            assertThat(governor.report().usedByOthers().minute()).isEqualTo(30);
            clock.advance(MINUTE);
        }

        QuotaReport report = new QuotaGovernor(OTHER_PROCESS, clock, configuration(100, 1_000)).report();

        assertThat(report.usedByOthers()).isEqualTo(new QuotaReport.UsedByOthers(0, 90));
        int granted = 0;
        for (int minute = 0; minute < 20; minute++) {
            granted += burst(governor);
            clock.advance(MINUTE);
        }
        assertThat(granted).isEqualTo(980 - 3 - 90);
    }

    @Test
    void howeverMuchOthersUseSomethingIsLeft() {
        QuotaGovernor governor = governor(100, 1_000);

        governor.learn(CALL, reply(200, "1000, 100;window=60, 1000;window=86400", "0", "86400"));
        assertThat(governor.report().usedByOthers().day()).isEqualTo(1_000);
        assertThat(tryTake(governor)).as("WHOOP said that nothing is left").isFalse();
        governor.unblock(List.of("day"));

        assertThat(governor.report().usedByOthers().day()).isZero();
        governor.take(CALL);
    }

    @Test
    void ourOwnCallsAreNobodyElses() {
        List<QuotaGovernor> processes = processes(configuration(100, 10_000));
        int sent = 0;
        for (int second = 0; second < 180; second++) {
            QuotaGovernor governor = processes.get(second % 2);
            if (second % 60 == 0) {
                sent = 0;
            }
            governor.take(CALL);
            sent++;
            String left = "" + (100 - sent);
            governor.learn(CALL, reply(200, "100, 100;window=60, 10000;window=86400", left, "" + (60 - second % 60)));
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(processes.get(0).report().usedByOthers()).isEqualTo(new QuotaReport.UsedByOthers(0, 0));
    }

    @Test
    void anOperatorLiftsABlockForEveryProcess() {
        QuotaGovernor governor = governor(100, 10_000);
        QuotaGovernor other = new QuotaGovernor(OTHER_PROCESS, clock, configuration(100, 10_000));
        governor.learn(CALL, reply(429, "10000, 100;window=60, 10000;window=86400", "0", "30412"));
        assertThat(tryTake(other)).isFalse();
        assertThat(other.report().blocks()).containsOnlyKeys("day");

        assertThat(governor.unblock(QuotaGovernor.windows())).containsOnlyKeys("day");

        other.take(CALL);
        assertThat(other.report().blocks()).isEmpty();
        assertThat(governor.unblock(QuotaGovernor.windows())).isEmpty();
    }

    @Test
    void anOperatorBlocksForNoLongerThanAWindow() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.block("minute", Duration.ofSeconds(30));

        assertThat(refusal(new QuotaGovernor(OTHER_PROCESS, clock, configuration(100, 10_000))))
                .isEqualTo(Duration.ofSeconds(30));
        assertThatThrownBy(() -> governor.block("minute", Duration.ofSeconds(61)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("a block of window minute lasts 1 to 60 seconds, was 61");
        assertThatThrownBy(() -> governor.block("hour", Duration.ofSeconds(61)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("window must be one of [minute, day], was hour");
    }

    @Test
    void aCountLikeOursCapsNothing() {
        QuotaGovernor governor = governor(100, 10_000);

        int granted = 0;
        while (tryTake(governor)) {
            granted++;
            governor.learn(CALL, reply(200, "100, 100;window=60, 10000;window=86400", "" + (100 - granted), "60"));
        }

        assertThat(granted).isEqualTo(98);
    }

    @Test
    void onlyACountThatShowsOtherCallersIsWrittenDown() {
        QuotaGovernor governor = governor(100, 10_000);
        governor.take(CALL);
        clock.advance(Duration.ofSeconds(5));
        governor.take(CALL);
        long version = version();

        governor.learn(CALL, reply(200, "100, 100;window=60, 10000;window=86400", "98", "55"));
        assertThat(version()).as("two calls, both ours").isEqualTo(version);

        governor.learn(CALL, reply(200, "100, 100;window=60, 10000;window=86400", "97", "55"));
        assertThat(version()).as("a third that is not").isGreaterThan(version);
    }

    @Test
    void aLaterLooserCountDoesNotLoosenTheCap() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.learn(CALL, reply(200, "100, 100;window=60, 10000;window=86400", "5", "40"));
        governor.learn(CALL, reply(200, "100, 100;window=60, 10000;window=86400", "50", "40"));

        assertThat(burst(governor)).isEqualTo(3);
    }

    @Test
    void headersThatMakeNoSenseChangeNothing() {
        QuotaGovernor governor = governor(100, 10_000);

        governor.learn(CALL, reply(200, "many", "few", "soon"));
        governor.learn(CALL, reply(200, "100;window=60", "0", "86000"));
        governor.learn(CALL, new Reply(new SourceName("whoop"), 200, Map.of(), new byte[0]));

        assertThat(burst(governor)).isEqualTo(98);
    }

    @Test
    void statusTellsWhatIsUsedAndWhenThereIsRoom() {
        QuotaGovernor governor = governor(10, 20);
        burst(governor);
        clock.advance(MINUTE);
        burst(governor);

        QuotaGovernor.Status status = governor.status();

        assertThat(status)
                .isEqualTo(new QuotaGovernor.Status(
                        9, 9, 18, 19, START.plus(MINUTE).plus(MINUTE), null));
    }

    @Test
    void resetForgetsGrantsBlocksAndCaps() {
        QuotaGovernor governor = governor(10, 20);
        burst(governor);
        governor.learn(CALL, reply(429, "100, 100;window=60", "0", "17"));
        governor.learn(CALL, reply(200, "100, 100;window=60", "0", "17"));

        governor.reset();

        assertThat(burst(governor)).isEqualTo(9);
    }

    @Test
    void withoutItsDatabaseNothingIsGrantedAndALearnedReplyIsNotLost() {
        Jdbi nowhere = Jdbi.create("jdbc:postgresql://127.0.0.1:1/none?user=nobody&connectTimeout=2");
        QuotaGovernor governor = new QuotaGovernor(nowhere, clock, configuration(10, 100));

        governor.learn(CALL, reply(429, "100, 100;window=60", "0", "17"));

        assertThatThrownBy(() -> governor.take(CALL)).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(governor::status).isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void countsToTheMicrosecond() {
        clock.advance(Duration.ofNanos(123_456_789));
        QuotaGovernor governor = governor(10, 100);
        burst(governor);

        clock.advance(MINUTE.minusNanos(1_000));

        assertThat(refusal(governor)).isEqualTo(Duration.ofNanos(1_000));
    }

    private QuotaGovernor governor(int perMinute, int perDay) {
        return new QuotaGovernor(ONE_PROCESS, clock, configuration(perMinute, perDay));
    }

    private List<QuotaGovernor> processes(QuotaConfiguration configuration) {
        return List.of(
                new QuotaGovernor(ONE_PROCESS, clock, configuration),
                new QuotaGovernor(OTHER_PROCESS, clock, configuration));
    }

    private static void lookAtAll(QuotaGovernor governor) {
        governor.status();
        governor.report();
        governor.untilNextPermit();
    }

    /** All that grants rest on. */
    private static String rows() {
        return ONE_PROCESS.withHandle(
                handle -> handle.createQuery("""
                        select concat(
                            (select string_agg(q::text, ' ') from whoop_quota q),
                            (select string_agg(g::text, ' ' order by sequence) from whoop_quota_grant g),
                            (select string_agg(w::text, ' ' order by window_name) from whoop_quota_window w),
                            (select string_agg(t::text, ' ' order by lane, member) from whoop_quota_waiting t))""").mapTo(String.class).one());
    }

    private static DataSource pool() {
        PoolProperties properties = new PoolProperties();
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setUrl(DATABASE.url());
        properties.setUsername("postgres");
        properties.setInitialSize(0);
        properties.setMaxActive(4);
        return new org.apache.tomcat.jdbc.pool.DataSource(properties);
    }

    private static QuotaConfiguration configuration(int perMinute, int perDay) {
        QuotaConfiguration configuration = new QuotaConfiguration();
        configuration.perMinute = perMinute;
        configuration.perDay = perDay;
        return configuration;
    }

    private static boolean tryTake(QuotaGovernor governor) {
        try {
            governor.take(CALL);
            return true;
        } catch (SourceThrottled e) {
            return false;
        }
    }

    /** Takes until refused. */
    private static int burst(QuotaGovernor governor) {
        int granted = 0;
        while (granted < 1_000 && tryTake(governor)) {
            granted++;
        }
        return granted;
    }

    private static Duration refusal(QuotaGovernor governor) {
        try {
            governor.take(CALL);
        } catch (SourceThrottled e) {
            return e.retryAfter().orElseThrow();
        }
        throw new AssertionError("was granted");
    }

    private static long version() {
        return ONE_PROCESS.withHandle(handle -> handle.createQuery("select version from whoop_quota")
                .mapTo(Long.class)
                .one());
    }

    private static Reply reply(int status, String limit, String remaining, String reset) {
        return new Reply(
                new SourceName("whoop"),
                status,
                Map.of(
                        "X-RateLimit-Limit", List.of(limit),
                        "X-RateLimit-Remaining", List.of(remaining),
                        "X-RateLimit-Reset", List.of(reset)),
                new byte[0]);
    }

    /** Bursts, steady work, and nights. */
    private static Duration pause(RandomGenerator random) {
        return switch (random.nextInt(20)) {
            case 0 -> Duration.ofHours(random.nextInt(30));
            case 1, 2, 3 -> Duration.ofSeconds(random.nextInt(90));
            case 4, 5, 6, 7 -> Duration.ofMillis(random.nextInt(8_000));
            default -> Duration.ZERO;
        };
    }

    private static Instant roomAt(List<Instant> granted, int most, Duration length) {
        return granted.size() < most
                ? Instant.MIN
                : granted.get(granted.size() - most).plus(length);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static void assertNoSpanHoldsMoreThan(int most, Duration length, List<Instant> granted) {
        for (int i = most; i < granted.size(); i++) {
            assertThat(Duration.between(granted.get(i - most), granted.get(i))).isGreaterThanOrEqualTo(length);
        }
    }

    private static List<Instant> grantedAt() {
        return ONE_PROCESS.withHandle(handle -> handle.createQuery(
                        "select granted_at from whoop_quota_grant order by sequence")
                .map((row, context) -> row.getObject(1, OffsetDateTime.class).toInstant())
                .list());
    }
}
