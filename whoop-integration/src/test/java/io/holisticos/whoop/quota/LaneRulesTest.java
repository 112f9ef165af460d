package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A minute of ten: two for interactive, five for webhook, two for reconcile and one for backfill are guaranteed. */
class LaneRulesTest {

    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1).plusSeconds(2);
    private static final boolean[] NOBODY = {false, false, false, false};

    private final LaneRules rules = rulesFor(10);
    private final Grants grants = new Grants(2_000);

    @Test
    void eachLaneIsGuaranteedItsShareAndAtLeastOne() {
        assertThat(guaranteed(rules)).containsExactly(2, 5, 2, 1);
        assertThat(guaranteed(rulesFor(3))).containsExactly(1, 1, 1, 1);
    }

    @Test
    void aLaneMayUseItsOwnPart() {
        assertThat(rules.allows(Lane.BACKFILL, used(2, 5, 2, 0), waiting(Lane.INTERACTIVE, Lane.WEBHOOK)))
                .isTrue();
        assertThat(rules.allows(Lane.WEBHOOK, used(2, 4, 2, 1), NOBODY)).isTrue();
    }

    @Test
    void nobodyHasMoreThanTheMinute() {
        assertThat(rules.allows(Lane.INTERACTIVE, used(0, 10, 0, 0), NOBODY)).isFalse();
        assertThat(rules.allows(Lane.INTERACTIVE, used(0, 11, 0, 0), NOBODY)).isFalse();
    }

    @ParameterizedTest(name = "{0} alone borrows up to {1}")
    @CsvSource({"INTERACTIVE, 10", "WEBHOOK, 8", "RECONCILE, 3", "BACKFILL, 1"})
    void aLaneBorrowsAllButWhatLanesAboveItAreGuaranteed(Lane lane, int most) {
        int[] used = new int[Lane.COUNT];
        used[lane.number] = most - 1;
        assertThat(rules.allows(lane, used, NOBODY)).isTrue();

        used[lane.number] = most;
        assertThat(rules.allows(lane, used, NOBODY)).isFalse();
    }

    @Test
    void whatALaneAboveHasUsedIsNotKeptForItAgain() {
        assertThat(rules.allows(Lane.WEBHOOK, used(1, 7, 0, 0), NOBODY)).isTrue();
        assertThat(rules.allows(Lane.WEBHOOK, used(1, 8, 0, 0), NOBODY)).isFalse();
    }

    @Test
    void whatOneLaneBorrowedIsNotTakenFromAnothersGuarantee() {
        assertThat(rules.allows(Lane.RECONCILE, used(4, 3, 2, 0), NOBODY)).isFalse();
    }

    @Test
    void whatALaneBelowIsGuaranteedIsKeptWhileSomebodyWaitsInIt() {
        assertThat(rules.allows(Lane.INTERACTIVE, used(9, 0, 0, 0), NOBODY)).isTrue();
        assertThat(rules.allows(Lane.INTERACTIVE, used(9, 0, 0, 0), waiting(Lane.BACKFILL)))
                .isFalse();
        assertThat(rules.allows(Lane.INTERACTIVE, used(8, 0, 0, 0), waiting(Lane.BACKFILL)))
                .isTrue();
        assertThat(rules.allows(Lane.INTERACTIVE, used(9, 0, 0, 0), waiting(Lane.INTERACTIVE)))
                .as("it does not keep anything from itself")
                .isTrue();
    }

    @Test
    void aMinuteWithRoomIsOpenAtOnce() {
        assertThat(rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, 0, at(20)))
                .isEqualTo(at(20));
        assertThat(rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, 9, at(20)))
                .as("the last of ten")
                .isEqualTo(at(20));
        assertThat(rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, 10, at(20)))
                .as("one more waits for the first of them")
                .isEqualTo(at(82));
    }

    @ParameterizedTest(name = "{0} ahead: second {1}")
    @CsvSource({"0, 62", "1, 63", "9, 71", "10, 124", "11, 125", "20, 186"})
    void whoStandsInLineWaitsForWhatComesBackAfterThoseAhead(int ahead, int second) {
        grant(Lane.INTERACTIVE, 10);

        assertThat(rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, ahead, at(20)))
                .isEqualTo(at(second));
    }

    @Test
    void grantsThatAreOverAreNotWaitedFor() {
        grant(Lane.INTERACTIVE, 10);

        assertThat(rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, 0, at(62)))
                .isEqualTo(at(62));
        assertThat(rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, 1, at(62)))
                .isEqualTo(at(63));
    }

    @Test
    void aBorrowerWaitsUntilOthersHaveTheirGuaranteeBack() {
        grant(Lane.INTERACTIVE, 5);
        grant(Lane.WEBHOOK, 3);
        grant(Lane.RECONCILE, 2);

        assertThat(rules.minuteRoomAt(Lane.RECONCILE, grants, NOBODY, 0, at(20)))
                .isEqualTo(at(64));
        assertThat(rules.minuteRoomAt(Lane.WEBHOOK, grants, NOBODY, 0, at(20))).isEqualTo(at(62));
        assertThat(rules.minuteRoomAt(Lane.RECONCILE, grants, waiting(Lane.BACKFILL), 0, at(20)))
                .isEqualTo(at(70));
    }

    @Test
    void aLineIsCountedUpToAThousand() {
        grant(Lane.INTERACTIVE, 10);
        Instant thousandth = rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, 1_000, at(20));

        assertThat(thousandth).isEqualTo(at(62 * 101));
        assertThat(rules.minuteRoomAt(Lane.INTERACTIVE, grants, NOBODY, 5_000, at(20)))
                .isEqualTo(thousandth);
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERACTIVE", "WEBHOOK"})
    void foregroundHasTheWholeDay(Lane lane) {
        grant(Lane.WEBHOOK, 200);

        assertThat(rules.dayRoomAt(lane, grants, 7, at(300), day(200))).isEqualTo(at(300));
        assertThat(LaneRules.isForeground(lane)).isTrue();
    }

    @ParameterizedTest(name = "{0} after {1} calls of 200: {2} must come back")
    @CsvSource({"RECONCILE, 197, 0", "RECONCILE, 198, 1", "RECONCILE, 199, 2", "BACKFILL, 196, 0", "BACKFILL, 197, 1"})
    void backgroundLeavesALittleOfTheDay(Lane lane, int calls, int back) {
        grant(Lane.WEBHOOK, calls);
        Instant expected = back == 0 ? at(300) : at(back - 1).plus(DAY);

        assertThat(rules.dayRoomAt(lane, grants, 0, at(300), day(200))).isEqualTo(expected);
        assertThat(LaneRules.isForeground(lane)).isFalse();
    }

    @Test
    void theDayCountsThoseAhead() {
        grant(Lane.WEBHOOK, 197);

        assertThat(rules.dayRoomAt(Lane.RECONCILE, grants, 1, at(300), day(200)))
                .isEqualTo(at(0).plus(DAY));
        assertThat(rules.dayRoomAt(Lane.RECONCILE, grants, 3, at(300), day(200)))
                .isEqualTo(at(2).plus(DAY));
    }

    @Test
    void theDaysLineIsCountedUpToAThousand() {
        grant(Lane.WEBHOOK, 1_500);

        assertThat(rules.dayRoomAt(Lane.RECONCILE, grants, 5_000, at(2_000), day(1_600)))
                .isEqualTo(at(1_500 + 1_000 - (1_600 - 16)).plus(DAY));
    }

    @Test
    void aDayOfYesterdayIsOver() {
        grant(Lane.WEBHOOK, 200);

        assertThat(rules.dayRoomAt(Lane.BACKFILL, grants, 0, at(199).plus(DAY), day(200)))
                .isEqualTo(at(199).plus(DAY));
    }

    @Test
    void aDayBelowWhatIsAlwaysLeftIsLookedAtAgainInAMinute() {
        assertThat(rules.dayRoomAt(Lane.RECONCILE, grants, 0, at(300), day(1))).isEqualTo(at(360));

        grant(Lane.WEBHOOK, 2);
        assertThat(rules.dayRoomAt(Lane.RECONCILE, grants, 0, at(300), day(1)))
                .isEqualTo(at(1).plus(DAY).plusSeconds(60));
    }

    @Test
    void lanesAreAddedUp() {
        assertThat(LaneRules.sum(used(1, 20, 300, 4_000))).isEqualTo(4_321);
    }

    /** One a second, after those there are. */
    private void grant(Lane lane, int count) {
        for (int i = 0; i < count; i++) {
            grants.add(at((int) grants.last()), lane, 1);
        }
    }

    private static LaneRules rulesFor(int most) {
        return new LaneRules(new Limit(QuotaWindow.MINUTE, most, 0, Duration.ofSeconds(62)), new LaneShares());
    }

    private static int[] guaranteed(LaneRules rules) {
        int[] guaranteed = new int[Lane.COUNT];
        for (Lane lane : Lane.values()) {
            guaranteed[lane.number] = rules.guaranteed(lane);
        }
        return guaranteed;
    }

    private static Limit day(int most) {
        return new Limit(QuotaWindow.DAY, most, 0, DAY);
    }

    private static int[] used(int... byLane) {
        return byLane;
    }

    private static boolean[] waiting(Lane... lanes) {
        boolean[] waiting = new boolean[Lane.COUNT];
        for (Lane lane : lanes) {
            waiting[lane.number] = true;
        }
        return waiting;
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }
}
