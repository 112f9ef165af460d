package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.quota.QuotaReport.LaneUse;
import io.holisticos.whoop.quota.QuotaReport.Used;
import io.holisticos.whoop.quota.QuotaReport.UsedByOthers;
import io.holisticos.whoop.quota.QuotaStore.Grant;
import io.holisticos.whoop.quota.QuotaStore.WindowState;
import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Three webhooks of two hours ago, and seven of this minute, with a backfill that waits. */
class QuotaReportTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private final Limit minute = new Limit(QuotaWindow.MINUTE, 10, 2, Duration.ofSeconds(62));
    private final Limit day =
            new Limit(QuotaWindow.DAY, 100, 20, Duration.ofDays(1).plusSeconds(2));
    private final LaneRules rules = new LaneRules(minute, new LaneShares());
    private final QuotaState state = new QuotaState(new QuotaStore(), minute, day, rules);

    @Test
    void saysHowTheQuotaStandsLaneByLane() {
        grant(3, NOW.minus(Duration.ofHours(2)));
        grant(7, NOW.minusSeconds(10));
        state.awaits(new Payer(Lane.BACKFILL, 2), NOW.plusSeconds(5));
        state.hold(new WindowState(QuotaWindow.MINUTE, NOW.plusSeconds(30), null, null));
        state.foreign.add(new OtherCallers.Calls(QuotaWindow.MINUTE, NOW.minusSeconds(20), 4));
        state.foreign.add(new OtherCallers.Calls(QuotaWindow.MINUTE, NOW.minusSeconds(200), 3));

        QuotaReport report = QuotaReport.of(state, rules, minute, day, 6, NOW);

        assertThat(report.minute()).isEqualTo(new Used(7, 10));
        assertThat(report.day()).isEqualTo(new Used(10, 100));
        assertThat(report.usedByOthers()).isEqualTo(new UsedByOthers(4, 7));
        assertThat(report.lanes())
                .containsExactly(
                        Map.entry("interactive", new LaneUse(0, 2, 0, 0, 0)),
                        Map.entry("webhook", new LaneUse(7, 5, 2, 10, 0)),
                        Map.entry("reconcile", new LaneUse(0, 2, 0, 0, 0)),
                        Map.entry("backfill", new LaneUse(0, 1, 0, 0, 1)));
        assertThat(report.lane(Lane.WEBHOOK)).isEqualTo(new LaneUse(7, 5, 2, 10, 0));
        assertThat(report.nextPermitAt()).isEqualTo(NOW.plusSeconds(30));
        assertThat(report.blockedUntil()).isEqualTo(NOW.plusSeconds(30));
        assertThat(report.blocks()).containsExactly(Map.entry("minute", NOW.plusSeconds(30)));
        assertThat(report.headersIgnored()).isEqualTo(6);
    }

    @Test
    void saysHowLongTheDayLasts() {
        grant(7, NOW.minusSeconds(10));

        QuotaReport report = QuotaReport.of(state, rules, minute, day, 0, NOW);

        assertThat(report.dayEndsAt()).as("7 and 7 more an hour").isEqualTo(NOW.plus(Duration.ofMinutes(800)));
        assertThat(report.forecast()).isEqualTo("at this rate the day ends 23:20 UTC");
        assertThat(report.members()).isEqualTo(1);
        assertThat(report.callsPerMemberAndDay()).isNull();
        assertThat(report.membersThatFit()).isEqualTo(20);
        assertThat(report.admitsNewMembers()).isFalse();
    }

    private void grant(int count, Instant at) {
        for (int i = 0; i < count; i++) {
            state.granted(new Grant(state.grants.last() + 1, at, new Payer(Lane.WEBHOOK, 1)));
        }
    }
}
