package io.holisticos.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.whoop.MemberConnections.ConnectionStatus;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.MemberStatuses.MemberStatus;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.sync.SyncFreshness;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadDaysTest {

    private static final ZoneOffset HOME = ZoneOffset.ofHours(1);
    private static final Instant COVERED_FROM = Instant.parse("2026-10-20T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");

    @Test
    void todayIsWholeOnceItWasReadToday() {
        ReadDays read = read("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z");

        assertThat(read.isPartly(TODAY)).isFalse();
        assertThat(read.isPartly(TODAY.minusDays(1))).isFalse();
    }

    @Test
    void theDayOfTheLastReadingIsReadInPartWhenItIsOver() {
        ReadDays read = read("2026-11-21T09:00:00Z", "2026-11-23T10:00:00Z");

        assertThat(read.isPartly(LocalDate.parse("2026-11-20"))).isFalse();
        assertThat(read.isPartly(LocalDate.parse("2026-11-21"))).isTrue();
        assertThat(read.isPartly(LocalDate.parse("2026-11-22"))).isTrue();
        assertThat(read.isPartly(LocalDate.parse("2026-11-23"))).isTrue();
    }

    @Test
    void whatDayTheLastReadingWasIsSaidByWhereTheMemberIs() {
        ReadDays read = read("2026-11-21T23:30:00Z", "2026-11-22T10:00:00Z");

        assertThat(read.isPartly(TODAY)).as("it was half past midnight").isFalse();
    }

    @Test
    void theDayOfTheLastReadingIsReadInPartWhenConsentEnded() {
        ReadDays read = new ReadDays(
                member("2026-11-22T09:00:00Z", DataStatus.REAUTHORIZATION_REQUIRED),
                HOME,
                Instant.parse("2026-11-22T10:00:00Z"));

        assertThat(read.isPartly(TODAY)).isTrue();
        assertThat(read.isAwaited(TODAY)).isFalse();
        assertThat(read.isPartly(TODAY.minusDays(1))).isFalse();
    }

    @Test
    void aDayToComeIsNeverWhole() {
        ReadDays read = read("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z");

        assertThat(read.isPartly(TODAY.plusDays(1))).isTrue();
        assertThat(read.isPartly(TODAY.plusYears(1))).isTrue();
        assertThat(read.isAwaited(TODAY.plusDays(1))).isFalse();
    }

    @Test
    void theDayAfterTheBeginningIsTheFirstWholeOne() {
        ReadDays read = read("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z");

        assertThat(read.isPartly(LocalDate.parse("2026-10-20"))).isTrue();
        assertThat(read.isPartly(LocalDate.parse("2026-10-21"))).isFalse();
    }

    @Test
    void beforeTheFirstReadingIsDoneNothingIsWholeAndNothingIsAwaited() {
        ReadDays read = new ReadDays(member(null, DataStatus.STALE), HOME, Instant.parse("2026-11-22T10:00:00Z"));

        assertThat(read.isPartly(TODAY)).isTrue();
        assertThat(read.isAwaited(TODAY)).isFalse();
        assertThat(read.isOfSeveralDays(cycle("2022-01-01T00:00:00Z", null))).isFalse();
    }

    @ParameterizedTest(name = "read at {0}, {1}: {2}")
    @CsvSource({
        "2026-11-22T03:00:00Z, CURRENT, true",
        "2026-11-22T03:00:00Z, STALE, true",
        "2026-11-21T22:30:00Z, CURRENT, true",
        "2026-11-21T22:30:00Z, STALE, false"
    })
    void whatTodayLacksIsOnItsWayWhileTheMemberIsRead(String readAt, DataStatus status, boolean isAwaited) {
        ReadDays read = new ReadDays(member(readAt, status), HOME, Instant.parse("2026-11-22T04:00:00Z"));

        assertThat(read.isAwaited(TODAY)).isEqualTo(isAwaited);
        assertThat(read.isAwaited(TODAY.minusDays(1))).isFalse();
    }

    @Test
    void theNightOfACycleIsAwaitedUntilTheMiddleOfItsDay() {
        ReadDays read = read("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z");

        assertThat(read.isNightAwaited(TODAY, null)).isTrue();
        assertThat(read.isNightAwaited(TODAY, cycle("2026-11-21T21:00:01Z", null)))
                .isTrue();
        assertThat(read.isNightAwaited(TODAY, cycle("2026-11-21T21:00:00Z", null)))
                .isFalse();
        assertThat(read.isNightAwaited(TODAY, cycle("2026-11-22T01:00:00Z", "2026-11-22T08:00:00Z")))
                .isFalse();
        assertThat(read.isNightAwaited(TODAY.minusDays(1), null)).isFalse();
    }

    @Test
    void aCycleIsOfSeveralDaysWhenItIsLongerThanADayAwakeAndTheNightBefore() {
        ReadDays read = read("2026-11-22T09:00:00Z", "2026-11-29T10:00:00Z");

        assertThat(read.isOfSeveralDays(cycle("2026-11-20T21:00:00Z", "2026-11-22T09:00:00Z")))
                .as("36 hours")
                .isFalse();
        assertThat(read.isOfSeveralDays(cycle("2026-11-20T21:00:00Z", "2026-11-22T09:00:01Z")))
                .isTrue();
        assertThat(read.isOfSeveralDays(cycle("2026-11-20T21:00:00Z", null)))
                .as("open when it was read, 36 hours after its start")
                .isFalse();
        assertThat(read.isOfSeveralDays(cycle("2026-11-20T20:59:59Z", null))).isTrue();
        assertThat(read.isOfSeveralDays(cycle("2026-11-21T21:00:00Z", null)))
                .as("nobody knows whether it is still open a week later")
                .isFalse();
    }

    @Test
    void aRecoveryIsAwaitedWhileItsCycleIsYoung() {
        ReadDays read = read("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z");
        LocalDate yesterday = TODAY.minusDays(1);

        assertThat(read.isRecoveryAwaited(TODAY, cycle("2026-11-21T22:00:00Z", null)))
                .isTrue();
        assertThat(read.isRecoveryAwaited(yesterday, cycle("2026-11-20T22:00:00Z", null)))
                .isTrue();
        assertThat(read.isRecoveryAwaited(yesterday, cycle("2026-11-20T20:00:00Z", null)))
                .as("left open")
                .isFalse();
        assertThat(read.isRecoveryAwaited(yesterday, cycle("2026-11-20T22:00:00Z", "2026-11-21T22:00:00Z")))
                .isFalse();
        assertThat(read.isRecoveryAwaited(TODAY, null)).isTrue();
        assertThat(read.isRecoveryAwaited(yesterday, null)).isFalse();
    }

    @Test
    void noRecoveryIsAwaitedOfADayThatIsNotReadAnyMore() {
        ReadDays read = read("2026-11-20T09:00:00Z", "2026-11-22T10:00:00Z");

        assertThat(read.isRecoveryAwaited(LocalDate.parse("2026-11-20"), cycle("2026-11-19T22:00:00Z", null)))
                .isFalse();
    }

    private static ReadDays read(String readAt, String now) {
        Instant moment = Instant.parse(now);
        boolean isCurrent = Duration.between(Instant.parse(readAt), moment).compareTo(Duration.ofHours(6)) < 0;
        return new ReadDays(member(readAt, isCurrent ? DataStatus.CURRENT : DataStatus.STALE), HOME, moment);
    }

    private static MemberStatus member(@Nullable String readAt, DataStatus status) {
        return new MemberStatus(
                status,
                new MemberConnection(1L, COVERED_FROM, ConnectionStatus.USABLE),
                readAt == null ? null : new SyncFreshness(COVERED_FROM, Instant.parse(readAt)));
    }

    private static Cycle cycle(String start, @Nullable String end) {
        Instant begun = Instant.parse(start);
        return new Cycle(
                1,
                10,
                begun,
                begun,
                begun,
                end == null ? null : Instant.parse(end),
                HOME,
                new ScoreState("SCORED"),
                null,
                null);
    }
}
