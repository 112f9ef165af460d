package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Grants at seconds 10, 20, 30 and 40: three of webhooks for members 1, 2 and 1, and one of a backfill for member 1. */
class GrantsTest {

    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

    private final Grants grants = new Grants(4);

    @BeforeEach
    void grant() {
        grants.add(at(10), Lane.WEBHOOK, 1);
        grants.add(at(20), Lane.WEBHOOK, 2);
        grants.add(at(30), Lane.BACKFILL, 1);
        grants.add(at(40), Lane.WEBHOOK, 1);
    }

    @Test
    void countsThoseAfterAMoment() {
        assertThat(grants.countAfter(at(9))).isEqualTo(4);
        assertThat(grants.countAfter(at(20)))
                .as("one made at the moment is not after it")
                .isEqualTo(2);
        assertThat(grants.countAfter(at(40))).isZero();
        assertThat(grants.countByLaneAfter(at(10))).containsExactly(0, 2, 0, 1);
        assertThat(grants.countOf(Lane.WEBHOOK, 1, at(0))).isEqualTo(2);
        assertThat(grants.countOf(Lane.WEBHOOK, 1, at(10))).isEqualTo(1);
        assertThat(grants.countOf(Lane.BACKFILL, 2, at(0))).isZero();
    }

    @Test
    void knowsEachByItsSequence() {
        assertThat(grants.last()).isEqualTo(4);
        assertThat(grants.firstAfter(at(15))).isEqualTo(2);
        assertThat(grants.firstAfter(at(40))).isEqualTo(5);
        assertThat(grants.at(3)).isEqualTo(at(30));
        assertThat(grants.laneOf(3)).isEqualTo(Lane.BACKFILL.number);
    }

    @Test
    void keepsNoMoreThanCanCount() {
        grants.add(at(50), Lane.RECONCILE, 3);

        assertThat(grants.firstAfter(at(0))).isEqualTo(2);
        assertThat(grants.countAfter(at(0))).isEqualTo(4);
        assertThat(grants.countByLaneAfter(at(0))).containsExactly(0, 2, 1, 1);
    }

    @Test
    void forgetsAllAndGoesOnAfterASequence() {
        grants.clear(100);
        assertThat(grants.countAfter(at(0))).isZero();
        assertThat(grants.last()).isEqualTo(100);

        grants.add(at(50), Lane.WEBHOOK, 1);
        assertThat(grants.firstAfter(at(0))).isEqualTo(101);
        assertThat(grants.at(101)).isEqualTo(at(50));
    }

    @Test
    void whatWasMadeLaterThanNowCountsAsMadeNow() {
        grants.bringBack(at(25));

        assertThat(grants.at(2)).isEqualTo(at(20));
        assertThat(grants.at(3)).isEqualTo(at(25));
        assertThat(grants.at(4)).isEqualTo(at(25));
    }

    @Test
    void tellsMembersApart() {
        grants.add(at(50), Lane.WEBHOOK, 0);
        grants.add(at(60), Lane.INTERACTIVE, QuotaGovernor.CONSENTS);

        assertThat(grants.membersAfter(at(0)))
                .as("no member, and a consent, are none")
                .isEqualTo(1);
        assertThat(grants.membersOf(Lane.WEBHOOK, at(0))).containsExactlyInAnyOrder(1L, 0L);
        assertThat(grants.membersOf(Lane.INTERACTIVE, at(0))).containsExactly(QuotaGovernor.CONSENTS);
        assertThat(grants.membersOf(Lane.BACKFILL, at(30))).isEmpty();
    }

    @Test
    void knowsWhenAMembersGrantsComeBack() {
        Payer who = new Payer(Lane.WEBHOOK, 1);

        assertThat(grants.backAt(who, at(0), 0)).isEqualTo(at(10));
        assertThat(grants.backAt(who, at(0), 1)).isEqualTo(at(40));
        assertThat(grants.backAt(who, at(0), 2)).as("there is no third").isEqualTo(at(0));
    }

    @Test
    void thereIsRoomWhenTheOldestThatCountsIsOver() {
        assertThat(grants.roomAt(limit(4))).isEqualTo(at(10).plusSeconds(62));
        assertThat(grants.roomAt(limit(1))).isEqualTo(at(40).plusSeconds(62));
        assertThat(grants.roomAt(limit(5))).isEqualTo(Instant.EPOCH);
    }

    private static Limit limit(int most) {
        return new Limit(QuotaWindow.MINUTE, most, 0, Duration.ofSeconds(62));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second).plusNanos(123_000);
    }
}
