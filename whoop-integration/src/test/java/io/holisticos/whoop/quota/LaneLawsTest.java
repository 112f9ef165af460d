package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.quota.QuotaStore.Grant;
import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** What holds of lanes whoever asks, when and how often; decided as by one process, without the database. */
class LaneLawsTest {

    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration MINUTE = Duration.ofSeconds(62);

    /** Somebody asks after a pause. */
    record Asking(Lane lane, int member, int pauseMillis) {}

    private record Granted(Instant at, Lane lane, long member) {}

    @Tag("law")
    @Property(tries = 150)
    void noInterleavingOverrunsTheMinute(@ForAll("askings") List<Asking> askings) {
        Desk desk = new Desk(98, 9_800);

        for (int round = 0; round < 3; round++) {
            askings.forEach(desk::ask);
        }

        for (int i = 98; i < desk.granted.size(); i++) {
            assertThat(Duration.between(
                            desk.granted.get(i - 98).at(), desk.granted.get(i).at()))
                    .isGreaterThanOrEqualTo(MINUTE);
        }
    }

    /** A refusal says the earliest time at which the same question is answered yes, should nobody else ask. */
    @Tag("law")
    @Property(tries = 150)
    void theTimeToComeBackIsExact(@ForAll("askings") List<Asking> askings) {
        Desk desk = new Desk(98, 9_800);
        askings.forEach(desk::ask);
        for (int i = 0; i < 98; i++) {
            desk.ask(new Asking(Lane.INTERACTIVE, 999, 0));
        }
        desk.now = desk.now.plus(WaitingCallers.HELD_FOR).plusSeconds(1); // whoever was told to come has come or not
        desk.state.waiting.clear();
        Payer who = new Payer(Lane.INTERACTIVE, 0);

        Instant told = desk.state.roomFor(who, desk.now);

        if (told.isAfter(desk.now)) {
            assertThat(desk.state.roomFor(who, told.minusNanos(1_000))).isEqualTo(told);
        }
        assertThat(desk.state.roomFor(who, told)).isEqualTo(told);
    }

    @Tag("law")
    @Property(tries = 40)
    void whileAllAskWithoutEndEachLaneHasItsGuarantee(@ForAll("lanesFirst") List<Lane> order) {
        Desk desk = new Desk(98, 9_800);
        Duration run = MINUTE.multipliedBy(4);

        while (desk.now.isBefore(START.plus(run))) {
            order.forEach(lane -> desk.ask(new Asking(lane, lane.number + 1, 0)));
            desk.now = desk.now.plusMillis(250);
        }

        for (Lane lane : Lane.values()) {
            int guaranteed = desk.rules.guaranteed(lane);
            for (Instant from = START.plus(MINUTE.multipliedBy(2));
                    from.isBefore(START.plus(run).minus(MINUTE));
                    from = from.plusSeconds(5)) {
                assertThat(desk.count(lane, from, from.plus(MINUTE)))
                        .as(lane + " from " + from)
                        .isGreaterThanOrEqualTo(guaranteed - 1); // a minute seen between two beats
            }
        }
    }

    @Example
    void aLaneAloneBorrowsAllButWhatLanesAboveItAreGuaranteed() {
        assertThat(List.of(alone(Lane.INTERACTIVE), alone(Lane.WEBHOOK), alone(Lane.RECONCILE), alone(Lane.BACKFILL)))
                .containsExactly(98, 98 - 19, 98 - 19 - 49, 98 - 19 - 49 - 19);
    }

    @Example
    void whatWasBorrowedComesBackToWhoWaits() {
        Desk desk = new Desk(98, 9_800);
        for (int i = 0; i < 98; i++) {
            desk.ask(new Asking(Lane.INTERACTIVE, 1, 10));
        }
        assertThat(desk.ask(new Asking(Lane.BACKFILL, 2, 0))).isFalse();

        while (desk.now.isBefore(START.plusSeconds(130))) {
            desk.ask(new Asking(Lane.INTERACTIVE, 1, 100));
            desk.ask(new Asking(Lane.BACKFILL, 2, 0));
        }

        assertThat(desk.count(Lane.BACKFILL, START, START.plusSeconds(130))).isGreaterThanOrEqualTo(9);
    }

    @Example
    void inALaneNoMemberTakesTheMinuteWhileOthersWait() {
        Desk desk = new Desk(98, 9_800);
        for (int i = 0; i < 100; i++) {
            desk.ask(new Asking(Lane.INTERACTIVE, 1, 0));
        }

        while (desk.now.isBefore(START.plusSeconds(180))) {
            for (int member = 1; member <= 10; member++) {
                for (int greed = 0; greed < (member == 1 ? 20 : 1); greed++) {
                    desk.ask(new Asking(Lane.INTERACTIVE, member, 0));
                }
            }
            desk.now = desk.now.plusMillis(200);
        }

        for (int member = 2; member <= 10; member++) {
            assertThat(desk.countOf(member, START.plusSeconds(100), START.plusSeconds(162)))
                    .as("member " + member)
                    .isBetween(4L, 25L);
        }
        assertThat(desk.countOf(1, START.plusSeconds(100), START.plusSeconds(162)))
                .isLessThanOrEqualTo(25);
    }

    @Example
    void aLineIsToldDifferentTimes() {
        Desk desk = new Desk(98, 9_800);
        for (int i = 0; i < 98; i++) {
            desk.ask(new Asking(Lane.INTERACTIVE, 0, 500));
        }

        List<Instant> told = new ArrayList<>();
        for (int member = 1; member <= 30; member++) {
            desk.ask(new Asking(Lane.WEBHOOK, member, 0));
            told.add(desk.state.waiting.toldTo(new Payer(Lane.WEBHOOK, member), desk.now));
        }

        assertThat(told).doesNotContainNull().isSorted().doesNotHaveDuplicates();
    }

    @Example
    void aLineForTheDayIsToldDifferentTimesAndComesOnce() {
        Desk desk = afterSomeEvents(1_000);
        desk.askUntilRefused(Lane.RECONCILE, 4_000);

        List<Instant> told = new ArrayList<>();
        for (int member = 1; member <= 30; member++) {
            desk.ask(new Asking(Lane.RECONCILE, member, 0));
            told.add(desk.state.waiting.toldTo(new Payer(Lane.RECONCILE, member), desk.now));
        }
        assertThat(told).doesNotContainNull().isSorted().doesNotHaveDuplicates();
        for (int member = 1; member <= 30; member++) {
            desk.now = told.get(member - 1);
            assertThat(desk.ask(new Asking(Lane.RECONCILE, member, 0)))
                    .as("member " + member)
                    .isTrue();
        }
    }

    @Example
    void whoWaitsForTheDayKeepsNobodyFromTheMinute() {
        Desk desk = afterSomeEvents(6_000);
        desk.askUntilRefused(Lane.BACKFILL, 10_000);
        desk.ask(new Asking(Lane.BACKFILL, 1, 70_000));

        int webhooks = 0;
        while (desk.ask(new Asking(Lane.WEBHOOK, 0, 0))) {
            webhooks++;
        }

        assertThat(webhooks)
                .as("all but what interactive callers are guaranteed")
                .isEqualTo(98 - 19);
    }

    @Example
    void historyLeavesTheDayWhatOthersUsedYesterday() {
        Desk desk = afterSomeEvents(1_000);

        assertThat(desk.askUntilRefused(Lane.BACKFILL, 10_000)).isEqualTo(1_000 - 500 - 15);
        desk.now = START.plus(Duration.ofDays(1)).plusSeconds(100); // some of yesterday has rolled off
        assertThat(desk.ask(new Asking(Lane.WEBHOOK, 0, 0))).isTrue();
        assertThat(desk.ask(new Asking(Lane.BACKFILL, 0, 0))).isTrue();
    }

    @Example
    void whatNoEventToldComesBeforeHistory() {
        Desk desk = afterSomeEvents(1_000);

        assertThat(desk.askUntilRefused(Lane.RECONCILE, 4_000)).isEqualTo(1_000 - 500 - 10);
        assertThat(desk.ask(new Asking(Lane.BACKFILL, 0, 4_000))).isFalse();
        assertThat(desk.ask(new Asking(Lane.WEBHOOK, 0, 4_000))).isTrue();
    }

    @Example
    void theForecastSaysWhenTheDayEnds() {
        Desk desk = new Desk(98, 1_000);
        for (int i = 0; i < 100; i++) {
            desk.ask(new Asking(Lane.INTERACTIVE, 1 + i % 5, 36_000));
        }

        Forecast forecast = Forecast.of(desk.state.grants, desk.day, desk.now);
        assertThat(forecast.text()).isEqualTo("at this rate the day ends 20:00 UTC");
        assertThat(forecast.admitsOneMore()).isFalse();

        Forecast later = Forecast.of(desk.state.grants, desk.day, desk.now.plus(Duration.ofHours(2)));
        assertThat(later.text()).isEqualTo("at this rate the day's quota lasts");
        assertThat(later.admitsOneMore()).isTrue();
        assertThat(later.members()).isEqualTo(5);
    }

    @Example
    void historyDoesNotDarkenTheForecast() {
        Desk desk = afterSomeEvents(1_000);
        desk.now = desk.now.plus(Duration.ofHours(2));
        desk.askUntilRefused(Lane.BACKFILL, 10_000);

        assertThat(Forecast.of(desk.state.grants, desk.day, desk.now).endsAt()).isNull();
    }

    @Provide
    Arbitrary<List<Asking>> askings() {
        return Combinators.combine(
                        Arbitraries.of(Lane.class),
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(0, 1_500))
                .as(Asking::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(250);
    }

    @Provide
    Arbitrary<List<Lane>> lanesFirst() {
        return Arbitraries.shuffle(Lane.values());
    }

    /** 500 of them. */
    private static Desk afterSomeEvents(int mostInDay) {
        Desk desk = new Desk(98, mostInDay);
        for (int i = 0; i < 500; i++) {
            desk.ask(new Asking(Lane.WEBHOOK, 0, 1_000));
        }
        desk.now = desk.now.plus(MINUTE);
        return desk;
    }

    private static int alone(Lane lane) {
        Desk desk = new Desk(98, 9_800);
        for (int i = 0; i < 120; i++) {
            desk.ask(new Asking(lane, 0, 10));
        }
        return desk.granted.size();
    }

    /** Where one asks. */
    private static final class Desk {

        final Limit day;
        final LaneRules rules;
        final QuotaState state;
        final List<Granted> granted = new ArrayList<>();
        Instant now = START;

        Desk(int mostInMinute, int mostInDay) {
            Limit minute = new Limit(QuotaWindow.MINUTE, mostInMinute, 2, MINUTE);
            day = new Limit(QuotaWindow.DAY, mostInDay, 200, Duration.ofDays(1).plusSeconds(2));
            rules = new LaneRules(minute, new LaneShares());
            state = new QuotaState(new QuotaStore(), minute, day, rules);
        }

        boolean ask(Asking asking) {
            now = now.plusMillis(asking.pauseMillis());
            Payer who = new Payer(asking.lane(), asking.member());
            Instant roomAt = state.roomFor(who, now);
            if (roomAt.isAfter(now)) {
                if (asking.member() != 0) {
                    state.awaits(who, roomAt);
                }
                return false;
            }
            Grant grant = state.next(who, now);
            state.granted(grant);
            granted.add(new Granted(now, asking.lane(), asking.member()));
            return true;
        }

        /** Returns how often the answer was yes. */
        int askUntilRefused(Lane lane, int pauseMillis) {
            int granted = 0;
            while (ask(new Asking(lane, 0, pauseMillis))) {
                granted++;
            }
            return granted;
        }

        long count(Lane lane, Instant from, Instant to) {
            return granted.stream()
                    .filter(one -> one.lane() == lane
                            && one.at().isAfter(from)
                            && !one.at().isAfter(to))
                    .count();
        }

        long countOf(int member, Instant from, Instant to) {
            return granted.stream()
                    .filter(one -> one.member() == member
                            && one.at().isAfter(from)
                            && !one.at().isAfter(to))
                    .count();
        }
    }
}
