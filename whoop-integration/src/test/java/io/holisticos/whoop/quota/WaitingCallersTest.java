package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members 1 and 2 were told to come with their webhooks after 10 and 30 seconds, and 3 with its backfill after an hour. */
class WaitingCallersTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final Payer ONE = new Payer(Lane.WEBHOOK, 1);
    private static final Payer TWO = new Payer(Lane.WEBHOOK, 2);
    private static final Payer HISTORY = new Payer(Lane.BACKFILL, 3);

    private final WaitingCallers waiting = new WaitingCallers();

    @BeforeEach
    void tell() {
        waiting.add(ONE, at(10));
        waiting.add(TWO, at(30));
        waiting.add(HISTORY, at(3_600));
    }

    @Test
    void aPermitIsKeptForAShortWhile() {
        assertThat(waiting.toldTo(ONE, at(15))).isEqualTo(at(10));
        assertThat(waiting.toldTo(ONE, at(15).plusMillis(1))).isNull();
        assertThat(waiting.toldTo(new Payer(Lane.RECONCILE, 1), NOW)).isNull();
    }

    @Test
    void whoComesIsNoLongerTold() {
        waiting.served(ONE, at(10));

        assertThat(waiting.toldTo(ONE, at(10))).isNull();
        assertThat(waiting.isContended(TWO, at(69)))
                .as("it waited a moment ago")
                .isTrue();
        assertThat(waiting.isContended(TWO, at(70))).isFalse();
    }

    @Test
    void whoDidNotWaitContendsWithNobody() {
        waiting.served(new Payer(Lane.INTERACTIVE, 9), NOW);

        assertThat(waiting.isContended(new Payer(Lane.INTERACTIVE, 8), NOW)).isFalse();
    }

    @Test
    void aLaneWantsTheMinuteUnlessItWaitsForTheDay() {
        assertThat(waiting.lanes(NOW)).containsExactly(false, true, false, false);
        assertThat(waiting.lanes(at(3_541))).containsExactly(false, false, false, true);
        assertThat(waiting.lanes(at(3_540))).containsExactly(false, false, false, false);
    }

    @Test
    void othersOfALaneAreCountedWithoutTheCallerItself() {
        assertThat(waiting.isContended(ONE, NOW)).isTrue();
        assertThat(waiting.othersOf(ONE, NOW)).isEqualTo(1);
        assertThat(waiting.othersOf(new Payer(Lane.WEBHOOK, 9), NOW)).isEqualTo(2);
        assertThat(waiting.othersOf(new Payer(Lane.WEBHOOK, 9), at(16))).isEqualTo(1);
        assertThat(waiting.dueBeside(TWO, at(9))).isZero();
        assertThat(waiting.dueBeside(TWO, at(10))).isEqualTo(1);
        assertThat(waiting.dueBeside(TWO, at(16))).isZero();
        assertThat(waiting.isContended(HISTORY, at(3_590))).isFalse();
    }

    @Test
    void membersAreCountedByLane() {
        assertThat(waiting.membersOf(Lane.WEBHOOK, NOW)).containsExactlyInAnyOrder(1L, 2L);
        assertThat(waiting.membersOf(Lane.WEBHOOK, at(16))).containsExactly(2L);
        assertThat(waiting.countByLane(NOW)).containsExactly(0, 2, 0, 1);
    }

    @Test
    void timesThatAreTooLateAreForgotten() {
        waiting.bringBack(at(10));

        assertThat(waiting.countByLane(NOW)).containsExactly(0, 1, 0, 0);
    }

    @Test
    void allAreForgotten() {
        waiting.served(ONE, NOW);
        waiting.clear();

        assertThat(waiting.countByLane(NOW)).containsExactly(0, 0, 0, 0);
        assertThat(waiting.lanes(NOW)).containsExactly(false, false, false, false);
    }

    private static Instant at(int second) {
        return NOW.plusSeconds(second);
    }
}
