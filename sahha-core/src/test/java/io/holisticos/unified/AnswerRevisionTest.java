package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.PRECEDENCE;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Absence;
import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.Observation;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.TimedAnswer;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever changes an answer changes the revision, and nothing else does. */
class AnswerRevisionTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private UserId who = new UserId("somebody");
    private Instant generatedAt = NOW;
    private Instant asOf = NOW;
    private Duration took = Duration.ofMillis(3);
    private DataStatus status = DataStatus.CURRENT;
    private long revision = 7;
    private @Nullable Set<LocalDate> partlyRead = Set.of();
    private LocalDate day = DAY;
    private ZoneOffset offset = ZoneOffset.UTC;
    private Preferences wishes = Preferences.NONE;
    private Precedence precedence = PRECEDENCE;
    private List<RelayRule> relays = List.of();
    private Map<SourceName, Integer> sourceRules = Map.of(SAHHA, 1, WHOOP, 1);
    private @Nullable SourceAnswer whoop;

    @Test
    void whenAndHowFastAnAnswerWasGivenIsNoPartOfIt() {
        String before = revision();

        generatedAt = NOW.plusSeconds(60);
        asOf = NOW.plusSeconds(50);
        took = Duration.ofMillis(900);

        assertThat(revision()).isEqualTo(before);
    }

    @Test
    void everythingThatDecidesTheAnswerIsPartOfIt() {
        Set<String> all = new TreeSet<>();
        int expected = 0;
        List<Runnable> changes = List.of(
                () -> {},
                () -> revision = 8,
                () -> status = DataStatus.STALE,
                () -> status = DataStatus.ACCOUNT_UNCONFIRMED,
                () -> status = DataStatus.REAUTHORIZATION_REQUIRED,
                () -> partlyRead = Set.of(DAY, DAY.plusDays(1)),
                () -> day = DAY.plusDays(1),
                () -> offset = ZoneOffset.ofHours(1),
                () -> who = new UserId("somebody-else"),
                () -> wishes = new Preferences(List.of(SAHHA, WHOOP), Map.of(), Map.of()),
                () -> precedence = new Precedence(
                        Preferences.NONE, new Preferences(List.of(SAHHA), Map.of(), Map.of()), PRECEDENCE.byDefault()),
                () -> relays = List.of(new RelayRule(SAHHA, WHOOP, Map.of(), Set.of())),
                () -> relays = List.of(new RelayRule(SAHHA, WHOOP, Map.of(), Set.of("com.example.synthetic"))),
                () -> sourceRules = Map.of(SAHHA, 1, WHOOP, 2),
                () -> sourceRules = Map.of(SAHHA, 2, WHOOP, 2),
                () -> whoop = new SourceAnswer.Disabled(WHOOP),
                () -> whoop = new SourceAnswer.Excluded(WHOOP),
                () -> whoop = new SourceAnswer.NotConnected(WHOOP),
                () -> whoop = new SourceAnswer.Unavailable(WHOOP, Duration.ofSeconds(1)));
        for (Runnable change : changes) {
            change.run();
            all.add(revision());
            expected++;
            assertThat(all).hasSize(expected);
        }
        assertThat(all).allMatch(one -> one.matches("[A-Za-z0-9_-]{16}"));
    }

    /** Nobody knows whether anything changed. */
    @Test
    void noTwoAnswersOfASourceThatDoesNotCountAreTheSame() {
        revision = Measured.NOT_COUNTED;

        assertThat(revision()).isNotEqualTo(revision());
    }

    @Test
    void thatAValueIsNotAwaitedAnyMoreIsPartOfItThoughOnlyTimeWentBy() {
        whoop = partlyRead(Map.of(Metric.SPO2_SLEEP, Absence.PENDING));
        String awaited = revision();

        whoop = partlyRead(Map.of());

        assertThat(revision()).isNotEqualTo(awaited);
    }

    private SourceAnswer partlyRead(Map<Metric, Absence> absent) {
        SourceDay today =
                new SourceDay(DAY, List.of(), List.of(), List.of(), null, null, null, Map.of(), absent, List.of());
        return new Measured(
                WHOOP, status, asOf, null, "partial", new Observation(NOW, offset), List.of(today), Set.of(DAY), 7);
    }

    @Test
    void theOrderInWhichMapsOfWishesAreHeldDoesNotMatter() {
        assertThat(MergeBasis.of("rules", wishesInOrder(true))).isEqualTo(MergeBasis.of("rules", wishesInOrder(false)));
    }

    private static Preferences wishesInOrder(boolean forwards) {
        Map<io.holisticos.health.Metric, List<io.holisticos.health.SourceName>> byMetric =
                new java.util.LinkedHashMap<>();
        var metrics = new java.util.ArrayList<>(io.holisticos.health.Metric.all());
        if (!forwards) {
            java.util.Collections.reverse(metrics);
        }
        metrics.forEach(metric -> byMetric.put(metric, List.of(WHOOP)));
        return new Preferences(List.of(), Map.of(), byMetric);
    }

    private String revision() {
        SourceAnswer sahha = new Measured(
                SAHHA, status, asOf, null, "partial", new Observation(NOW, offset), List.of(), partlyRead, revision);
        SourceAnswer other = whoop;
        List<SourceAnswer> answers = other == null ? List.of(sahha) : List.of(sahha, other);
        DayMerge merge = new DayMerge(precedence, new OfferedMetrics(Map.of()), new EchoRule(relays), sourceRules);
        MergedDay merged =
                merge.apply(DayRange.of(day), answers, Preferences.NONE).get(0);
        return AnswerRevision.of(
                new UnifiedReport(
                        who,
                        generatedAt,
                        offset,
                        wishes,
                        answers.stream()
                                .map(answer -> new TimedAnswer(answer, took))
                                .toList(),
                        List.of(merged),
                        took,
                        took,
                        merge.basis(wishes)),
                merged);
    }
}
