package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.command.CommandKey;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.data.Samples;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lanes of two processes on one database. */
class QuotaLanesTest {

    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration MINUTE = Duration.ofSeconds(62);
    private static final Jdbi JDBI = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));

    private final HandClock clock = new HandClock(START);
    private final QuotaGovernor one = new QuotaGovernor(JDBI, clock, new QuotaConfiguration());
    private final QuotaGovernor other = new QuotaGovernor(JDBI, clock, new QuotaConfiguration());

    @BeforeEach
    void forgetOtherTests() {
        one.reset();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void anyInterleavingOfLanesAndProcessesKeepsTheMinute(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<Instant> granted = new ArrayList<>();

        for (int i = 0; i < 600; i++) {
            QuotaGovernor governor = random.nextBoolean() ? one : other;
            Lane lane = Lane.values()[random.nextInt(4)];
            if (tryTake(governor, lane, "member-" + random.nextInt(20))) {
                granted.add(clock.instant());
            }
            clock.advance(Duration.ofMillis(random.nextInt(500)));
        }

        assertThat(granted).hasSizeGreaterThan(98);
        for (int i = 98; i < granted.size(); i++) {
            assertThat(Duration.between(granted.get(i - 98), granted.get(i))).isGreaterThanOrEqualTo(MINUTE);
        }
        assertThat(one.report().minute()).isEqualTo(other.report().minute());
    }

    @Test
    void whoWaitsAtOneProcessIsKnownToTheOther() {
        for (int i = 0; i < 98; i++) {
            assertThat(tryTake(one, Lane.INTERACTIVE, "greedy-" + i)).isTrue();
        }
        assertThat(tryTake(one, Lane.WEBHOOK, "patient")).isFalse();
        clock.advance(MINUTE);

        int borrowed = 0;
        while (tryTake(other, Lane.INTERACTIVE, "greedy-" + borrowed)) {
            borrowed++;
        }

        assertThat(borrowed).isEqualTo(98 - 49);
        assertThat(other.report().lanes().get("webhook").waiting()).isOne();
        assertThat(tryTake(one, Lane.WEBHOOK, "patient")).isTrue();
        assertThat(one.report().lanes().get("webhook").waiting()).isZero();
    }

    @Test
    void aResetOfOneProcessIsSeenByTheOther() {
        for (int i = 0; i < 98; i++) {
            tryTake(i % 2 == 0 ? one : other, Lane.INTERACTIVE, "greedy-" + i);
        }

        one.reset();
        for (int i = 0; i < 97; i++) {
            assertThat(tryTake(one, Lane.INTERACTIVE, "again-" + i)).isTrue();
        }

        assertThat(tryTake(other, Lane.INTERACTIVE, "late")).isTrue();
        assertThat(tryTake(other, Lane.INTERACTIVE, "too-late")).isFalse();
    }

    @Test
    void theReportTellsLanesApart() {
        for (int i = 0; i < 15; i++) {
            tryTake(one, Lane.BACKFILL, "anna");
        }
        tryTake(one, Lane.WEBHOOK, "ben");

        QuotaReport report = other.report();

        assertThat(report.minute()).isEqualTo(new QuotaReport.Used(12, 98));
        assertThat(report.lanes().keySet()).containsExactly("interactive", "webhook", "reconcile", "backfill");
        assertThat(report.lanes().get("backfill")).isEqualTo(new QuotaReport.LaneUse(11, 9, 2, 11, 1));
        assertThat(report.lanes().get("webhook")).isEqualTo(new QuotaReport.LaneUse(1, 49, 0, 1, 0));
        assertThat(report.members()).isEqualTo(2);
        assertThat(report.forecast()).isEqualTo("at this rate the day's quota lasts");
        assertThat(report.membersThatFit()).isEqualTo(2023);
        assertThat(report.admitsNewMembers()).isTrue();
    }

    @Test
    void aConsentComesBeforeFirstSyncsThatWait() {
        tryTake(one, Lane.INTERACTIVE, "first");
        clock.advance(Duration.ofSeconds(5));
        for (int i = 1; i < 98; i++) {
            assertThat(tryTake(one, Lane.INTERACTIVE, "sync-" + i)).isTrue();
        }
        assertThat(tryTake(one, Lane.INTERACTIVE, "waits")).isFalse();
        assertThat(tryTake(other, "consenting")).isFalse();
        clock.advance(MINUTE.minusSeconds(5)); // one permit is back, and somebody was told to come for it

        assertThat(tryTake(other, Lane.INTERACTIVE, "newcomer")).isFalse();
        assertThat(tryTake(other, "consenting")).isTrue();
        assertThat(tryTake(one, Lane.INTERACTIVE, "waits")).isFalse();

        clock.advance(Duration.ofSeconds(5));
        assertThat(tryTake(one, Lane.INTERACTIVE, "waits")).isTrue();
        assertThat(one.report().members()).as("a consent is no member yet").isEqualTo(99);
    }

    @Test
    void howLongNobodyCanBeGrantedAnythingIsKnown() {
        assertThat(one.untilNextPermit()).isZero();
        for (int i = 0; i < 98; i++) {
            tryTake(one, Lane.INTERACTIVE, "greedy-" + i);
        }

        assertThat(other.untilNextPermit()).isEqualTo(MINUTE);
    }

    @Test
    void whoTheMemberIsDoesNotLieInTheQuota() {
        tryTake(one, Lane.WEBHOOK, "demo-anna");

        String row = JDBI.withHandle(handle -> handle.createQuery("select g::text from whoop_quota_grant g")
                .mapTo(String.class)
                .one());

        assertThat(row).doesNotContain("anna");
    }

    private static boolean tryTake(QuotaGovernor governor, Lane lane, String who) {
        return tryTake(governor.lane(lane), who);
    }

    /** By a consent. */
    private static boolean tryTake(QuotaGovernor governor, String who) {
        return tryTake(governor.consents(), who);
    }

    private static boolean tryTake(Budget budget, String who) {
        try {
            budget.take(
                    Call.get(new CommandKey("WHOOP_SLEEP"), new UserId(who), URI.create("https://api.example/v2/x")));
            return true;
        } catch (SourceThrottled refused) {
            return false;
        }
    }
}
