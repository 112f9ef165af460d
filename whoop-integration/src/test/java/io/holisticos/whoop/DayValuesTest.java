package io.holisticos.whoop;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Absence;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.ScoreDefinition;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceDay;
import io.holisticos.whoop.MemberConnections.ConnectionStatus;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.MemberStatuses.MemberStatus;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.CycleScore;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.RecoveryScore;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.SleepScore;
import io.holisticos.whoop.api.SleepScore.SleepNeeded;
import io.holisticos.whoop.api.SleepScore.StageSummary;
import io.holisticos.whoop.data.CycleRecords;
import io.holisticos.whoop.data.RecordedTimes;
import io.holisticos.whoop.data.WhoopDay;
import io.holisticos.whoop.sync.SyncFreshness;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DayValuesTest {

    private static final Instant START = Instant.parse("2026-11-21T22:00:00Z");
    private static final Instant WOKEN = Instant.parse("2026-11-22T06:00:00Z");
    private static final Instant READ_UNTIL = Instant.parse("2026-11-22T09:00:00Z");
    private static final LocalDate DAY = LocalDate.parse("2026-11-22");
    private static final UUID NIGHT = UUID.fromString("ecfc6a15-4661-442f-a9a4-f160dd7afae8");

    @Test
    void aFullDayHasExactlyTheMetricsThatTheRegistrySaysWhoopProvides() {
        SourceDay day = day(cycle("SCORED", 8000), recovery("SCORED"), sleep("SCORED"));

        assertThat(day.measurements())
                .extracting(Measurement::metric)
                .containsExactlyInAnyOrderElementsOf(Metric.providedBy(WHOOP));
        assertThat(day.absent()).isEmpty();
    }

    @Test
    void itsScoresHaveTheNamesAndScalesOfTheRegistry() {
        SourceDay day = day(cycle("SCORED", 8000), recovery("SCORED"), sleep("SCORED"));

        assertThat(day.scores())
                .extracting(Score::name, Score::scale)
                .containsExactlyElementsOf(ScoreDefinition.of(WHOOP).stream()
                        .map(score -> org.assertj.core.groups.Tuple.tuple(score.name(), score.scale()))
                        .toList());
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"PENDING_SCORE, PENDING", "UNSCORABLE, UNSCORABLE", "SOMETHING_NEW,"})
    void aRecordWithoutAScoreSaysWhy(String state, @Nullable Absence reason) {
        SourceDay day = day(cycle(state, null), recovery(state), sleep(state));

        assertThat(day.measurements()).isEmpty();
        assertThat(Metric.providedBy(WHOOP))
                .allSatisfy(metric -> assertThat(day.absent().get(metric)).isEqualTo(reason));
    }

    @Test
    void stepsAreCountedWithoutAScore() {
        SourceDay day = day(cycle("PENDING_SCORE", 8000), recovery("SCORED"), sleep("SCORED"));

        assertThat(day.absent())
                .doesNotContainKey(Metric.STEPS)
                .containsEntry(Metric.HEART_RATE_MAX, Absence.PENDING)
                .doesNotContainKey(Metric.SLEEP_REM);
    }

    @Test
    void aRecoveryThatMayStillComeIsPending() {
        assertThat(day(cycle("SCORED", null), null, sleep("SCORED")).absent())
                .containsEntry(Metric.HEART_RATE_RESTING, Absence.PENDING)
                .doesNotContainKey(Metric.STEPS);
        assertThat(day(lasting(Duration.ofHours(23), "SCORED", null), null, sleep("SCORED"))
                        .absent())
                .isEmpty();
    }

    @Test
    void theRecoveryOfACycleThatWasLeftOpenDoesNotComeAnyMore() {
        assertThat(day(openFor(Duration.ofHours(40), "SCORED", null), null, sleep("SCORED"))
                        .absent())
                .doesNotContainKey(Metric.HEART_RATE_RESTING);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(booleans = {true, false})
    void whatACycleOfSeveralDaysCountedIsOfNoneOfThem(boolean isOpen) {
        Cycle cycle =
                isOpen ? openFor(Duration.ofDays(4), "SCORED", 31_000) : lasting(Duration.ofDays(4), "SCORED", 31_000);

        SourceDay day = day(cycle, recovery("SCORED"), sleep("SCORED"));

        assertThat(day.measurements())
                .extracting(Measurement::metric)
                .contains(Metric.HEART_RATE_RESTING, Metric.SLEEP_DURATION)
                .doesNotContainAnyElementsOf(Metric.providedBy(WHOOP, "cycle"));
        assertThat(day.ofSeveralDays())
                .extracting(Measurement::metric)
                .containsExactlyInAnyOrderElementsOf(Metric.providedBy(WHOOP, "cycle"));
        assertThat(day.ofSeveralDays().get(0).lineage().start()).isEqualTo(cycle.start());
        assertThat(day.absent())
                .containsOnlyKeys(Metric.providedBy(WHOOP, "cycle"))
                .containsValue(Absence.IMPLAUSIBLE);
        assertThat(day.scores()).extracting(Score::name).contains("whoop_strain");
    }

    @Test
    void aNightThatMayStillComeIsPending() {
        SourceDay day = DayValues.of(
                new WhoopDay(DAY, null, List.of(), List.of()), RecordedTimes.NONE, readUntil(WOKEN.plusSeconds(60)));

        assertThat(day.isEmpty()).isTrue();
        assertThat(day.absent()).containsOnlyKeys(Metric.providedBy(WHOOP)).containsValue(Absence.PENDING);
    }

    @Test
    void aNightInWhichNobodySleptIsNotPending() {
        assertThat(day(openFor(Duration.ofHours(12), "SCORED", 8000), null, null)
                        .absent())
                .isEmpty();
        assertThat(day(openFor(Duration.ofHours(11), "SCORED", 8000), null, null)
                        .absent())
                .containsEntry(Metric.SLEEP_DURATION, Absence.PENDING)
                .containsEntry(Metric.SPO2_SLEEP, Absence.PENDING)
                .doesNotContainKey(Metric.STEPS);
    }

    @Test
    void whatOneRecordLacksIsNoReasonForAnother() {
        assertThat(day(cycle("SCORED", 1), recovery("UNSCORABLE"), sleep("SCORED"))
                        .absent())
                .containsOnlyKeys(Metric.providedBy(WHOOP, "recovery"))
                .containsValue(Absence.UNSCORABLE);
        assertThat(day(cycle("SCORED", 1), recovery("SCORED"), sleep("PENDING_SCORE"))
                        .absent())
                .containsOnlyKeys(Metric.providedBy(WHOOP, "sleep"));
    }

    private static SourceDay day(@Nullable Cycle cycle, @Nullable Recovery recovery, @Nullable Sleep sleep) {
        CycleRecords records = new CycleRecords(1, cycle, recovery, sleep, List.of(), List.of());
        return DayValues.of(
                new WhoopDay(DAY, records, List.of(), List.of()), RecordedTimes.NONE, readUntil(READ_UNTIL));
    }

    /** Of somebody who is read all the time. */
    private static ReadDays readUntil(Instant moment) {
        MemberStatus member = new MemberStatus(
                DataStatus.CURRENT,
                new MemberConnection(1L, START, ConnectionStatus.USABLE),
                new SyncFreshness(START.minus(Duration.ofDays(30)), moment));
        return new ReadDays(member, ZoneOffset.UTC, moment);
    }

    private static Cycle cycle(String state, @Nullable Integer steps) {
        CycleScore score = state.equals("SCORED") ? new CycleScore(number("12.4"), number("9000"), 61, 171) : null;
        return new Cycle(1, 10, START, START, START, null, ZoneOffset.UTC, new ScoreState(state), score, steps);
    }

    private static Cycle openFor(Duration time, String state, @Nullable Integer steps) {
        return from(READ_UNTIL.minus(time), null, cycle(state, steps));
    }

    private static Cycle lasting(Duration time, String state, @Nullable Integer steps) {
        return from(START, START.plus(time), cycle(state, steps));
    }

    private static Cycle from(Instant start, @Nullable Instant end, Cycle like) {
        return new Cycle(
                1, 10, start, start, start, end, ZoneOffset.UTC, like.scoreState(), like.score(), like.stepCount());
    }

    private static Recovery recovery(String state) {
        RecoveryScore score = state.equals("SCORED")
                ? new RecoveryScore(false, number("66"), number("52"), number("48.2"), number("95.5"), number("33.1"))
                : null;
        return new Recovery(1, NIGHT, 10, WOKEN, WOKEN, new ScoreState(state), score);
    }

    private static Sleep sleep(String state) {
        SleepScore score = state.equals("SCORED")
                ? new SleepScore(
                        new StageSummary(28_800_000, 1_800_000, 0, 14_400_000, 6_000_000, 6_600_000, 5, 9),
                        new SleepNeeded(27_000_000, 600_000, 300_000, 0),
                        number("14.5"),
                        number("91"),
                        number("80"),
                        number("93.7"))
                : null;
        return new Sleep(
                NIGHT, 1, null, 10, WOKEN, WOKEN, START, WOKEN, ZoneOffset.UTC, false, new ScoreState(state), score);
    }

    private static BigDecimal number(String text) {
        return new BigDecimal(text);
    }
}
