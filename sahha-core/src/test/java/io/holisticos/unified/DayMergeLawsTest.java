package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.PRECEDENCE;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.PlausibleDay;
import io.holisticos.health.Preferences;
import io.holisticos.health.Score;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.MergedDay.NamedScore;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What holds of every merge, whatever the sources say. */
class DayMergeLawsTest {

    private static final DayRange DAYS = new DayRange(DAY.minusDays(2), DAY);
    private static final DayMerge MERGE = UnifiedFixture.merge(new OfferedMetrics(Map.of()));
    private static final DayRange LONG = new DayRange(DAY.minusDays(7), DAY);
    private static final List<Metric> RELAYED = List.of(
            Metric.HEART_RATE_RESTING, Metric.HRV_RMSSD, Metric.HRV_RMSSD_SLEEP, Metric.SLEEP_REM, Metric.STEPS);
    private static final List<String> NAMES = List.of("sahha", "whoop", "aband", "zring");

    @Property(tries = 100)
    void theOrderInWhichAnswersComeDoesNotMatter(@ForAll("answers") List<SourceAnswer> answers, @ForAll Random random) {
        List<SourceAnswer> shuffled = new ArrayList<>(answers);
        Collections.shuffle(shuffled, random);

        assertThat(MERGE.apply(DAYS, shuffled, Preferences.NONE))
                .isEqualTo(MERGE.apply(DAYS, answers, Preferences.NONE));
    }

    @Property(tries = 100)
    void nothingIsInventedAndNothingThatCanBeIsLost(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            Map<SourceName, SourceDay> given = givenOf(day.date(), answers);

            assertThat(backToSources(day)).isEqualTo(given);
        }
    }

    @Property(tries = 100)
    void nothingThatCannotBeEverComesOut(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            for (MergedMetric metric : day.metrics()) {
                assertThat(Stream.concat(Stream.of(metric.shown()), metric.others().stream()))
                        .allMatch(candidate -> metric.metric().isPlausible(candidate.value()));
            }
            assertThat(day.scores())
                    .allMatch(named ->
                            named.score().scale().contains(named.score().value()));
        }
    }

    @Property(tries = 100)
    void aHeadlineMetricOfWhichOnlyWhatCannotBeWasSaidIsMissingWithAReason(
            @ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            List<String> said = said(day.date(), answers);

            assertThat(day.completeness().missing())
                    .filteredOn(missing -> missing.reason().equals("implausible"))
                    .extracting(Completeness.Missing::metric)
                    .allMatch(said::contains);
            assertThat(day.completeness().missing())
                    .filteredOn(missing -> missing.reason().equals("not_provided"))
                    .extracting(Completeness.Missing::metric)
                    .noneMatch(said::contains);
        }
    }

    @Property(tries = 100)
    void theShownValueIsThatOfTheFirstSourceThatHasOne(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            for (MergedMetric metric : day.metrics()) {
                SourceName best = givenOf(day.date(), answers).entrySet().stream()
                        .filter(entry -> entry.getValue().measurements().stream()
                                .anyMatch(measurement -> measurement.metric() == metric.metric()))
                        .map(Map.Entry::getKey)
                        .min(PRECEDENCE.of(metric.metric()))
                        .orElseThrow();

                assertThat(metric.shown().source()).isEqualTo(best);
                assertThat(metric.others())
                        .extracting(Candidate::source)
                        .isSortedAccordingTo(PRECEDENCE.of(metric.metric()))
                        .doesNotContain(best);
            }
        }
    }

    @Property(tries = 100)
    void mergingTwiceIsMergingOnce(@ForAll("answers") List<SourceAnswer> answers) {
        List<MergedDay> once = MERGE.apply(DAYS, answers, Preferences.NONE);
        List<SourceAnswer> again = new ArrayList<>();
        for (SourceAnswer answer : answers) {
            again.add(answer instanceof Measured measured ? withDays(measured, once) : answer);
        }

        assertThat(withoutReasons(MERGE.apply(DAYS, again, Preferences.NONE))).isEqualTo(withoutReasons(once));
    }

    /** What cannot be did not come out, so the second merge does not know that it was ever said. */
    private static List<MergedDay> withoutReasons(List<MergedDay> days) {
        return days.stream()
                .map(day -> new MergedDay(
                        day.date(),
                        day.offset(),
                        day.sources(),
                        day.scores(),
                        day.metrics(),
                        day.workouts(),
                        day.details(),
                        new Completeness(
                                day.completeness().present(), day.completeness().present(), List.of())))
                .toList();
    }

    @Property(tries = 100)
    void whoeverIsPreferredTheVerdictIsTheSame(@ForAll("answers") List<SourceAnswer> answers) {
        Preferences other = new Preferences(List.of(WHOOP), Map.of(), Map.of());

        assertThat(verdicts(MERGE.apply(DAYS, answers, other)))
                .isEqualTo(verdicts(MERGE.apply(DAYS, answers, Preferences.NONE)));
    }

    @Property(tries = 100)
    void presentAndMissingMakeWhatIsExpected(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            Completeness completeness = day.completeness();
            List<String> present =
                    day.metrics().stream().map(metric -> metric.metric().key()).toList();

            assertThat(completeness.present() + completeness.missing().size()).isEqualTo(completeness.expected());
            assertThat(completeness.missing())
                    .extracting(Completeness.Missing::metric)
                    .allMatch(missing -> !present.contains(missing));
        }
    }

    @Property(tries = 100)
    void aScoreIsTherePlausiblyOrMissingWithAReason(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            List<String> there = Stream.concat(
                            day.scores().stream().map(MergedDay.NamedScore::name),
                            day.completeness().missing().stream()
                                    .filter(missing -> missing.reason().equals("implausible"))
                                    .map(Completeness.Missing::metric))
                    .toList();

            assertThat(there).doesNotHaveDuplicates();
            answers.stream()
                    .filter(Measured.class::isInstance)
                    .flatMap(answer -> ((Measured) answer).days().stream())
                    .filter(told -> told.date().equals(day.date()))
                    .flatMap(told -> told.scores().stream())
                    .forEach(score -> assertThat(there).contains(score.name()));
        }
    }

    @Property(tries = 100)
    void theSameAnswerTwiceIsTheSameAsOnce(@ForAll("answers") List<SourceAnswer> answers) {
        List<SourceAnswer> twice = new ArrayList<>(answers);
        twice.addAll(answers);

        assertThat(MERGE.apply(DAYS, twice, Preferences.NONE)).isEqualTo(MERGE.apply(DAYS, answers, Preferences.NONE));
    }

    @Property(tries = 100)
    void aSourceWithNothingChangesNothing(@ForAll("answers") List<SourceAnswer> answers) {
        List<SourceAnswer> more = new ArrayList<>(answers);
        more.add(new Measured(new SourceName("nothing"), DataStatus.CURRENT, null, null, "complete", null, List.of()));

        assertThat(withoutReasons(MERGE.apply(DAYS, more, Preferences.NONE)))
                .isEqualTo(withoutReasons(MERGE.apply(DAYS, answers, Preferences.NONE)));
    }

    @Property(tries = 100)
    void daysAskedForOneByOneAreThoseOfTheRange(@ForAll("relaying") List<SourceAnswer> answers) {
        List<MergedDay> oneByOne = LONG.days().stream()
                .map(date -> MERGE.apply(DayRange.of(date), answers, Preferences.NONE)
                        .get(0))
                .toList();

        assertThat(oneByOne).isEqualTo(MERGE.apply(LONG, answers, Preferences.NONE));
    }

    @Property(tries = 100)
    void anEchoChangesNoValueNoSumAndNoVerdict(
            @ForAll("relaying") List<SourceAnswer> answers, @ForAll("orders") List<SourceName> order) {
        Preferences wishes = new Preferences(order, Map.of(), Map.of());
        List<MergedDay> with = MERGE.apply(LONG, answers, wishes);
        List<SourceAnswer> silenced =
                answers.stream().map(answer -> withoutEchoes(answer, with)).toList();

        assertThat(withoutOthers(MERGE.apply(LONG, silenced, wishes))).isEqualTo(withoutOthers(with));
    }

    @Property(tries = 100)
    void aHigherPlaceLosesNoMetricThatItsSourceHasAValidValueOf(
            @ForAll("relaying") List<SourceAnswer> answers, @ForAll("orders") List<SourceName> order) {
        List<MergedDay> before = MERGE.apply(LONG, answers, Preferences.NONE);
        List<MergedDay> after = MERGE.apply(LONG, answers, new Preferences(order, Map.of(), Map.of()));

        for (int i = 0; i < before.size(); i++) {
            List<MergedMetric> wished = after.get(i).metrics();
            assertThat(wished)
                    .extracting(MergedMetric::metric)
                    .isEqualTo(before.get(i).metrics().stream()
                            .map(MergedMetric::metric)
                            .toList());
            for (MergedMetric metric : wished) {
                boolean valid = Stream.concat(Stream.of(metric.shown()), metric.others().stream())
                        .anyMatch(candidate -> candidate.source().equals(order.get(0)) && !candidate.isEcho());
                assertThat(metric.shown().source().equals(order.get(0))).isEqualTo(valid);
            }
        }
    }

    /** The same without the values that came out as echoes. */
    private static SourceAnswer withoutEchoes(SourceAnswer answer, List<MergedDay> merged) {
        if (!(answer instanceof Measured measured)) {
            return answer;
        }
        List<SourceDay> days = measured.days().stream()
                .map(day -> {
                    List<Measurement> echoes = merged.stream()
                            .filter(one -> one.date().equals(day.date()))
                            .flatMap(one -> one.metrics().stream())
                            .flatMap(metric -> metric.others().stream())
                            .filter(other -> other.isEcho() && other.source().equals(measured.from()))
                            .map(Candidate::measurement)
                            .toList();
                    return new SourceDay(
                            day.date(),
                            day.scores(),
                            day.measurements().stream()
                                    .filter(measurement -> !echoes.contains(measurement))
                                    .toList(),
                            day.workouts(),
                            day.details(),
                            day.offset(),
                            day.mainSleep(),
                            day.relayed());
                })
                .toList();
        return new Measured(measured.from(), measured.dataStatus(), null, null, measured.coverage(), null, days);
    }

    private static List<List<String>> withoutOthers(List<MergedDay> days) {
        return days.stream()
                .map(day -> day.metrics().stream()
                        .map(metric -> metric.metric() + " " + metric.shown().value() + " of "
                                + metric.shown().source() + " " + metric.verdict())
                        .toList())
                .toList();
    }

    private static List<List<Verdict>> verdicts(List<MergedDay> days) {
        return days.stream()
                .map(day -> day.metrics().stream().map(MergedMetric::verdict).toList())
                .toList();
    }

    private static List<String> said(LocalDate date, List<SourceAnswer> answers) {
        return answers.stream()
                .filter(Measured.class::isInstance)
                .flatMap(answer -> ((Measured) answer).days().stream())
                .filter(day -> day.date().equals(date))
                .flatMap(day -> Stream.concat(
                        day.measurements().stream()
                                .map(measurement -> measurement.metric().key()),
                        day.scores().stream().map(Score::name)))
                .toList();
    }

    /** What went in, as far as it can be and holds anything; measurements in the order of the metrics. */
    private static Map<SourceName, SourceDay> givenOf(LocalDate date, List<SourceAnswer> answers) {
        Map<SourceName, SourceDay> given = new LinkedHashMap<>();
        for (SourceAnswer answer : answers) {
            if (answer instanceof Measured measured) {
                measured.days().stream()
                        .map(day -> PlausibleDay.of(day).day())
                        .filter(day -> day.date().equals(date) && !day.isEmpty())
                        .forEach(day -> given.put(answer.from(), day));
            }
        }
        return given;
    }

    /** Undoes the merge: what came out, by the source it is said to be from. */
    private static Map<SourceName, SourceDay> backToSources(MergedDay day) {
        Map<SourceName, SourceDay> sources = new LinkedHashMap<>();
        for (SourceName source : day.sources()) {
            List<Measurement> measurements = day.metrics().stream()
                    .flatMap(metric -> Stream.concat(Stream.of(metric.shown()), metric.others().stream())
                            .filter(candidate -> candidate.source().equals(source))
                            .map(Candidate::measurement))
                    .toList();
            List<Score> scores = day.scores().stream()
                    .filter(score -> score.source().equals(source))
                    .map(NamedScore::score)
                    .toList();
            List<Workout> workouts = day.workouts().stream()
                    .flatMap(merged -> merged.members().stream())
                    .filter(workout -> workout.source().equals(source))
                    .toList();
            sources.put(
                    source,
                    new SourceDay(
                            day.date(),
                            scores,
                            measurements,
                            workouts,
                            day.details().get(source)));
        }
        return sources;
    }

    private static Measured withDays(Measured answer, List<MergedDay> merged) {
        List<SourceDay> days = merged.stream()
                .flatMap(day -> Stream.ofNullable(backToSources(day).get(answer.from())))
                .toList();
        return new Measured(
                answer.from(),
                answer.dataStatus(),
                answer.asOf(),
                answer.since(),
                answer.coverage(),
                answer.newest(),
                days);
    }

    /** One answer of each source, of any kind. */
    @Provide
    Arbitrary<List<SourceAnswer>> answers() {
        List<Arbitrary<SourceAnswer>> each =
                NAMES.stream().map(name -> answerOf(new SourceName(name))).toList();
        return Combinators.combine(each).as(list -> list);
    }

    private static Arbitrary<SourceAnswer> answerOf(SourceName source) {
        Arbitrary<SourceAnswer> measured = Combinators.combine(Arbitraries.of(DataStatus.class), daysOf(source))
                .as((standing, days) -> new Measured(source, standing, null, null, null, null, days));
        Arbitrary<SourceAnswer> silent = Arbitraries.of(
                new NotConnected(source), new Disabled(source), new Unavailable(source, Duration.ofSeconds(30)));
        return Arbitraries.frequencyOf(Tuple.of(4, measured), Tuple.of(1, silent));
    }

    private static Arbitrary<List<SourceDay>> daysOf(SourceName source) {
        List<Arbitrary<SourceDay>> days =
                DAYS.days().stream().map(date -> dayOf(source, date)).toList();
        return Combinators.combine(days).as(list -> list);
    }

    private static Arbitrary<SourceDay> dayOf(SourceName source, LocalDate date) {
        Arbitrary<BigDecimal> values = Arbitraries.bigDecimals()
                .between(BigDecimal.valueOf(-5), BigDecimal.valueOf(200))
                .ofScale(2);
        Arbitrary<List<Measurement>> measurements = Arbitraries.maps(Arbitraries.of(Metric.all()), values)
                .ofMaxSize(8)
                .map(map -> map.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> new Measurement(entry.getKey(), entry.getValue()))
                        .toList());
        Arbitrary<List<Score>> scores = Arbitraries.maps(Arbitraries.of("readiness", "sleep", "activity"), values)
                .ofMaxSize(3)
                .map(map -> map.entrySet().stream()
                        .map(entry -> new Score(entry.getKey(), entry.getValue(), Score.Scale.PERCENT, null))
                        .toList());
        OffsetDateTime morning = date.atTime(8, 0).atOffset(ZoneOffset.ofHours(1));
        Arbitrary<List<Workout>> workouts = Arbitraries.integers()
                .between(0, 3)
                .map(count -> IntStream.range(0, count)
                        .mapToObj(i -> UnifiedFixture.workout(
                                source, "w" + i, morning.plusHours(i).toString()))
                        .toList());
        return Combinators.combine(scores, measurements, workouts, Arbitraries.of(true, false))
                .as((s, m, w, detailed) ->
                        new SourceDay(date, s, m, w, detailed ? new UnifiedFixture.Details("c") : null));
    }

    /** A band, a phone that often has the same few values and nights, and a ring. */
    @Provide
    Arbitrary<List<SourceAnswer>> relaying() {
        List<Arbitrary<SourceAnswer>> each =
                Stream.of("sahha", "whoop", "ring").map(DayMergeLawsTest::alike).toList();
        return Combinators.combine(each).as(list -> list);
    }

    @Provide
    Arbitrary<List<SourceName>> orders() {
        return Arbitraries.shuffle(List.of(new SourceName("sahha"), new SourceName("whoop"), new SourceName("ring")));
    }

    private static Arbitrary<SourceAnswer> alike(String name) {
        SourceName source = new SourceName(name);
        Arbitrary<Boolean> often = Arbitraries.of(true, true, true, false);
        List<Arbitrary<SourceDay>> days = LONG.days().stream()
                .map(date -> Combinators.combine(often.list().ofSize(RELAYED.size()), often, often)
                        .as((same, night, logged) -> alike(date, same, night, logged)))
                .toList();
        return Combinators.combine(days)
                .as(list -> new Measured(source, DataStatus.CURRENT, null, null, "complete", null, list));
    }

    private static SourceDay alike(LocalDate date, List<Boolean> same, boolean night, boolean logged) {
        List<Measurement> measurements = IntStream.range(0, RELAYED.size())
                .mapToObj(i -> new Measurement(RELAYED.get(i), BigDecimal.valueOf(same.get(i) ? 50 : 57 + i)))
                .toList();
        Instant woken = date.atTime(6, night ? 0 : 9).toInstant(ZoneOffset.UTC);
        return new SourceDay(
                date,
                List.of(),
                measurements,
                List.of(),
                null,
                null,
                new SleepInterval(woken.minus(Duration.ofHours(8)), woken),
                logged ? Map.of(Metric.STEPS, WHOOP) : Map.of());
    }
}
