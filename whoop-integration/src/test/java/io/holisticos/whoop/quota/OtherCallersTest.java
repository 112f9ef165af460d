package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.quota.OtherCallers.Calls;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OtherCallersTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private final OtherCallers others = new OtherCallers();

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(others.inMinute(NOW)).isZero();
        assertThat(others.inDay(NOW)).isZero();
        assertThat(others.find(QuotaWindow.MINUTE, NOW)).isEmpty();
    }

    @Test
    void theMinuteThatGoesOnIsTheOneThatBeganInTheLastSixtySeconds() {
        others.add(minute(ago(59), 7));
        assertThat(others.inMinute(NOW)).isEqualTo(7);
        assertThat(others.inMinute(NOW.plusSeconds(1))).isZero();
    }

    @Test
    void ofTwoCountsTheHigherHolds() {
        others.add(minute(ago(20), 3));
        others.add(minute(ago(10), 5));
        others.add(minute(ago(5), 4));

        assertThat(others.inMinute(NOW)).isEqualTo(5);
    }

    @Test
    void theDayIsTheSumOfItsMinutes() {
        others.add(minute(NOW.minus(Duration.ofDays(1)), 100));
        others.add(minute(NOW.minus(Duration.ofDays(1)).plusSeconds(1), 3));
        others.add(minute(ago(600), 4));

        assertThat(others.inDay(NOW)).isEqualTo(7);
    }

    @Test
    void theDaysOwnCountHoldsWhereItIsHigher() {
        others.add(minute(ago(600), 4));
        others.add(day(NOW.minus(Duration.ofHours(5)), 9));
        assertThat(others.inDay(NOW)).isEqualTo(9);
        assertThat(others.inMinute(NOW)).isZero();

        others.add(minute(ago(300), 6));
        assertThat(others.inDay(NOW)).isEqualTo(10);
    }

    @Test
    void aWindowIsFoundByAboutWhenItBegan() {
        Calls seen = minute(NOW, 4);
        others.add(seen);

        assertThat(others.find(QuotaWindow.MINUTE, NOW.plusSeconds(29))).contains(seen);
        assertThat(others.find(QuotaWindow.MINUTE, NOW.minusSeconds(29))).contains(seen);
        assertThat(others.find(QuotaWindow.MINUTE, NOW.plusSeconds(30))).isEmpty();
        assertThat(others.find(QuotaWindow.MINUTE, NOW.minusSeconds(30))).isEmpty();
        assertThat(others.find(QuotaWindow.DAY, NOW)).isEmpty();
    }

    @Test
    void allAreForgotten() {
        others.add(minute(NOW, 4));
        others.clear();

        assertThat(others.inDay(NOW)).isZero();
    }

    private static Calls minute(Instant begunAt, int calls) {
        return new Calls(QuotaWindow.MINUTE, begunAt, calls);
    }

    private static Calls day(Instant begunAt, int calls) {
        return new Calls(QuotaWindow.DAY, begunAt, calls);
    }

    private static Instant ago(int seconds) {
        return NOW.minusSeconds(seconds);
    }
}
