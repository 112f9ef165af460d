package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.quota.QuotaStore.Grant;
import io.holisticos.whoop.quota.QuotaStore.GrantCount;
import io.holisticos.whoop.quota.QuotaStore.WindowState;
import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A minute of 40 calls, of which 8, 20, 8 and 4 are guaranteed, and a day of 200. No call needs the database: what it holds is
 * put into the copy.
 */
class QuotaStateTest {

    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration MINUTE = Duration.ofSeconds(62);
    private static final Duration DAY = Duration.ofDays(1).plusSeconds(2);
    private static final Payer FIRST = new Payer(Lane.INTERACTIVE, 101);
    private static final Payer SECOND = new Payer(Lane.INTERACTIVE, 102);
    private static final Payer THIRD = new Payer(Lane.INTERACTIVE, 103);

    private final Limit minute = new Limit(QuotaWindow.MINUTE, 40, 2, MINUTE);
    private final Limit day = new Limit(QuotaWindow.DAY, 200, 20, DAY);
    private final QuotaState state =
            new QuotaState(new QuotaStore(), minute, day, new LaneRules(minute, new LaneShares()));

    @Nested
    class InALine {

        @Test
        void thereIsRoomAtOnceAtFirst() {
            assertThat(state.roomFor(FIRST, at(0))).isEqualTo(at(0));
        }

        @Test
        void eachIsToldATimeOfItsOwn() {
            grant(Lane.INTERACTIVE, 0, 40);

            assertThat(state.roomFor(FIRST, at(50))).isEqualTo(at(62));
            state.awaits(FIRST, at(62));
            assertThat(state.roomFor(SECOND, at(50))).isEqualTo(at(63));
            state.awaits(SECOND, at(63));
            assertThat(state.roomFor(THIRD, at(50))).isEqualTo(at(64));
            assertThat(state.roomFor(new Payer(Lane.WEBHOOK, 9), at(50)))
                    .as("another lane has a line of its own")
                    .isEqualTo(at(62));
        }

        @Test
        void itKeepsTheTimeItWasTold() {
            grant(Lane.INTERACTIVE, 0, 40);
            state.awaits(FIRST, at(62));
            state.awaits(SECOND, at(63));

            assertThat(state.roomFor(SECOND, at(51))).isEqualTo(at(63));
            assertThat(state.roomFor(FIRST, at(51))).isEqualTo(at(62));
        }

        @Test
        void whoComesAtItsTimeComesBeforeWhoJustAsks() {
            grant(Lane.INTERACTIVE, 0, 40);
            state.awaits(FIRST, at(62));

            assertThat(state.roomFor(FIRST, at(62))).isEqualTo(at(62));
            assertThat(state.roomFor(SECOND, at(62)))
                    .as("one is free, and it is the first one's")
                    .isEqualTo(at(63));
            assertThat(state.roomFor(SECOND, at(63))).as("a second one is free").isEqualTo(at(63));
        }

        @Test
        void whoseTimeHasComeDoesNotStandBehindAnotherWhoseTimeHasCome() {
            grant(Lane.INTERACTIVE, 0, 40);
            state.awaits(FIRST, at(62));
            state.awaits(SECOND, at(63));
            state.granted(state.next(new Payer(Lane.INTERACTIVE, QuotaGovernor.CONSENTS), at(62)));

            assertThat(state.roomFor(SECOND, at(63))).isEqualTo(at(63));
        }

        @Test
        void aPermitThatIsFreeIsNotKeptForWhoComesLater() {
            grant(Lane.INTERACTIVE, 0, 39);
            state.awaits(FIRST, at(62));

            assertThat(state.roomFor(SECOND, at(50))).isEqualTo(at(50));
        }

        @Test
        void whoIsServedStandsInLineNoLonger() {
            grant(Lane.INTERACTIVE, 0, 40);
            state.awaits(FIRST, at(62));
            state.awaits(SECOND, at(63));

            state.granted(state.next(FIRST, at(62)));

            assertThat(state.waiting.toldTo(FIRST, at(62))).isNull();
            assertThat(state.roomFor(THIRD, at(63)))
                    .as("the second one still has the next")
                    .isEqualTo(at(64));
        }

        @Test
        void consentsComeFirst() {
            Payer consent = new Payer(Lane.INTERACTIVE, QuotaGovernor.CONSENTS);
            grant(Lane.INTERACTIVE, 0, 40);
            state.awaits(FIRST, at(62));
            state.awaits(SECOND, at(63));

            assertThat(state.roomFor(consent, at(50))).isEqualTo(at(62));
            assertThat(state.roomFor(consent, at(62))).isEqualTo(at(62));
        }

        @Test
        void aBlockIsLaterThanTheTimeToldBefore() {
            grant(Lane.INTERACTIVE, 0, 40);
            state.awaits(FIRST, at(62));
            state.hold(blocked(QuotaWindow.MINUTE, at(100)));

            assertThat(state.roomFor(FIRST, at(51))).isEqualTo(at(100));
            assertThat(state.roomFor(FIRST, at(100))).isEqualTo(at(100));
        }

        @Test
        void whoIsTooEarlyWaitsForTheLastGrantsTime() {
            state.granted(new Grant(1, at(10), FIRST));

            assertThat(state.notBeforeTheLast(at(9))).isEqualTo(at(10));
            assertThat(state.notBeforeTheLast(at(11))).isEqualTo(at(11));
            assertThat(state.next(SECOND, at(11))).isEqualTo(new Grant(2, at(11), SECOND));
        }
    }

    @Nested
    class InALaneOfSeveral {

        private final Payer one = new Payer(Lane.WEBHOOK, 1);
        private final Payer other = new Payer(Lane.WEBHOOK, 2);

        @Test
        void aMemberAloneHasNoPart() {
            grant(Lane.WEBHOOK, 1, 25);

            assertThat(state.roomFor(one, at(30))).isEqualTo(at(30));
        }

        @ParameterizedTest(name = "after {0} calls the part is left at second {1}")
        @CsvSource({"9, 20", "10, 62", "12, 64"})
        void aMemberHasItsPartWhileAnotherWaits(int calls, int second) {
            grant(Lane.WEBHOOK, 1, calls);
            state.awaits(other, at(30));

            assertThat(state.roomFor(one, at(20))).isEqualTo(at(second));
        }

        @Test
        void whoHadCallsInTheMinuteHasAPartToo() {
            grant(Lane.WEBHOOK, 3, 1);
            grant(Lane.WEBHOOK, 1, 7);
            state.awaits(other, at(30));

            assertThat(state.roomFor(one, at(20))).as("20 for three are 7 each").isEqualTo(at(1 + 62));
        }

        @Test
        void whatTheLaneBorrowedIsSharedAsWell() {
            grant(Lane.WEBHOOK, 4, 13);
            grant(Lane.WEBHOOK, 1, 12);
            state.awaits(new Payer(Lane.WEBHOOK, 4), at(50));

            assertThat(state.roomFor(one, at(30))).as("13 of 25").isEqualTo(at(30));
            state.granted(state.next(one, at(30)));
            assertThat(state.roomFor(one, at(30))).isEqualTo(at(13 + 62));
        }

        @Test
        void aPartIsAtLeastWhatAJobNeedsAtOnce() {
            for (int member = 2; member < 12; member++) {
                state.awaits(new Payer(Lane.WEBHOOK, member), at(30));
            }
            grant(Lane.WEBHOOK, 1, 3);
            assertThat(state.roomFor(one, at(20))).isEqualTo(at(20));

            state.granted(state.next(one, at(20)));
            assertThat(state.roomFor(one, at(20))).isAfter(at(20));
        }

        @Test
        void theApplicationItselfHasNoPart() {
            grant(Lane.WEBHOOK, QuotaGovernor.APPLICATION, 15);
            state.awaits(other, at(30));

            assertThat(state.roomFor(new Payer(Lane.WEBHOOK, QuotaGovernor.APPLICATION), at(20)))
                    .isEqualTo(at(20));
        }
    }

    @Nested
    class InADay {

        private static final int LATER = 6_000;

        @Test
        void foregroundHasAllOfIt() {
            grantEachHalfMinute(199);
            assertThat(state.roomFor(FIRST, at(LATER))).isEqualTo(at(LATER));

            state.granted(state.next(FIRST, at(LATER)));
            assertThat(state.roomFor(FIRST, at(LATER))).isEqualTo(at(0).plus(DAY));
            assertThat(state.roomAt(at(LATER))).isEqualTo(at(0).plus(DAY));
        }

        @Test
        void historyLeavesSomeOfIt() {
            Payer history = new Payer(Lane.BACKFILL, 1);
            grantEachHalfMinute(196);
            assertThat(state.roomFor(history, at(LATER))).isEqualTo(at(LATER));

            state.granted(state.next(FIRST, at(LATER)));
            assertThat(state.roomFor(history, at(LATER))).isEqualTo(at(0).plus(DAY));
            state.awaits(history, at(0).plus(DAY));
            assertThat(state.roomFor(new Payer(Lane.BACKFILL, 2), at(LATER)))
                    .as("the next in line")
                    .isEqualTo(at(30).plus(DAY));
        }

        @Test
        void whatOthersUseIsNotOurs() {
            grantEachHalfMinute(150);
            state.foreign.add(new OtherCallers.Calls(QuotaWindow.DAY, at(0), 50));

            assertThat(state.day(at(LATER)).most()).isEqualTo(150);
            assertThat(state.roomFor(FIRST, at(LATER))).isEqualTo(at(0).plus(DAY));
        }

        private void grantEachHalfMinute(int count) {
            for (int i = 0; i < count; i++) {
                state.granted(new Grant(i + 1, at(30 * i), new Payer(Lane.WEBHOOK, 0)));
            }
        }
    }

    @Nested
    class WhileWhoopSaysStop {

        @Test
        void nothingIsBlockedAtFirst() {
            state.hold(new WindowState(QuotaWindow.MINUTE, null, null, null));

            assertThat(state.blocks(at(0))).isEmpty();
            assertThat(state.blockedUntil(at(0))).isNull();
            assertThat(state.roomAt(at(0))).isEqualTo(at(0));
        }

        @Test
        void aBlockEndsAtItsTime() {
            state.hold(blocked(QuotaWindow.MINUTE, at(30)));
            state.hold(blocked(QuotaWindow.DAY, at(90)));

            assertThat(state.blocks(at(0))).isEqualTo(Map.of(QuotaWindow.MINUTE, at(30), QuotaWindow.DAY, at(90)));
            assertThat(state.blocks(at(30))).isEqualTo(Map.of(QuotaWindow.DAY, at(90)));
            assertThat(state.blockedUntil(at(0))).isEqualTo(at(90));
            assertThat(state.blockedUntil(at(90))).isNull();
            assertThat(state.roomAt(at(0))).isEqualTo(at(90));
        }

        @Test
        void aCapStopsCallsOnceItIsReached() {
            state.hold(new WindowState(QuotaWindow.MINUTE, null, 2L, at(40)));
            grant(Lane.WEBHOOK, 1, 1);
            assertThat(state.blocks(at(5))).isEmpty();
            assertThat(state.roomAt(at(5))).isEqualTo(at(5));

            grant(Lane.WEBHOOK, 1, 1);
            assertThat(state.blocks(at(5))).isEqualTo(Map.of(QuotaWindow.MINUTE, at(40)));
            assertThat(state.roomAt(at(5))).isEqualTo(at(40));
            assertThat(state.roomFor(FIRST, at(5))).isEqualTo(at(40));
            assertThat(state.blockedUntil(at(5))).as("it is no block").isNull();
        }
    }

    @Nested
    class WhatWhoopCounts {

        private static final Duration RESET = Duration.ofSeconds(30);

        @Test
        void isNotKnownBeforeTheDatabaseWasRead() {
            state.hold(new WindowState(QuotaWindow.MINUTE, null, null, null));
            assertThat(state.isKnown(minute, 40, RESET, at(60))).isFalse();

            state.caughtUp(new GrantCount(0, Instant.EPOCH, 1));
            assertThat(state.isKnown(minute, 40, RESET, at(60))).isTrue();
            assertThat(state.isKnown(day, 200, RESET, at(60)))
                    .as("the day was not read")
                    .isFalse();
        }

        @Test
        void isKnownWhenAllItsCallsAreOurs() {
            state.hold(new WindowState(QuotaWindow.MINUTE, null, null, null));
            grant(Lane.WEBHOOK, 1, 40); // seconds 0 to 39, and WHOOP's window began at second 29 at the earliest
            state.caughtUp(new GrantCount(40, at(39), 1));

            assertThat(state.isKnown(minute, 30, RESET, at(60))).isTrue();
            assertThat(state.isKnown(minute, 29, RESET, at(60))).isFalse();
        }

        @ParameterizedTest(name = "capped at {0} until second {1}, {2} remain: {3}")
        @CsvSource({"15, 61, 15, true", "16, 61, 15, false", "15, 60, 15, false", "14, 61, 15, true"})
        void isKnownWhenACapSaysAsMuch(long cappedAt, int until, int remaining, boolean known) {
            state.hold(new WindowState(QuotaWindow.MINUTE, null, cappedAt, at(until)));
            state.caughtUp(new GrantCount(0, Instant.EPOCH, 1));

            assertThat(state.isKnown(minute, remaining, RESET, at(60))).isEqualTo(known);
        }

        @Test
        void isOfOthersWhereItIsMoreThanOurs() {
            grant(Lane.WEBHOOK, 1, 10); // seconds 0 to 9

            assertThat(state.notOurs(minute, told(50, 30), at(7)))
                    .as("20, of which 5 may be ours: those after second 4")
                    .isEqualTo(15);
            assertThat(state.notOurs(minute, told(null, 30), at(7)))
                    .as("allowed are 42")
                    .isEqualTo(7);
        }

        private static RateLimitHeaders told(@Nullable Integer allowed, int remaining) {
            return new RateLimitHeaders(
                    QuotaWindow.MINUTE,
                    Optional.ofNullable(allowed),
                    Optional.of(remaining),
                    Optional.of(RESET),
                    Optional.empty(),
                    0);
        }
    }

    @Test
    void aCopyIsGoodUntilItIsDoubted() {
        assertThat(state.isLoaded()).isFalse();
        state.caughtUp(new GrantCount(0, Instant.EPOCH, 1));
        assertThat(state.isLoaded()).isTrue();
        state.doubt();
        assertThat(state.isLoaded()).isFalse();
    }

    @Test
    void aGrantFurtherInTheFutureThanClocksDifferIsAhead() {
        state.caughtUp(new GrantCount(1, at(10), 1));

        assertThat(state.isAheadOf(at(0))).isFalse();
        assertThat(state.isAheadOf(at(0).minusMillis(1))).isTrue();
    }

    /** One a second, after those there are. */
    private void grant(Lane lane, long member, int count) {
        for (int i = 0; i < count; i++) {
            long sequence = state.grants.last() + 1;
            state.granted(new Grant(sequence, at((int) sequence - 1), new Payer(lane, member)));
        }
    }

    private static WindowState blocked(QuotaWindow window, Instant until) {
        return new WindowState(window, until, null, null);
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }
}
