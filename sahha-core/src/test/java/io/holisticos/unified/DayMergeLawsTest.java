package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.PRECEDENCE;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Absence;
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
import io.holisticos.health.SourceAnswer.Excluded;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.MergedDay.MergedWorkout;
import io.holisticos.unified.MergedDay.NamedScore;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

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
    void theShownValueIsThatOfTheFirstSourceThatHasAWholeOneElseOfTheFirst(
            @ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            for (MergedMetric metric : day.metrics()) {
                Comparator<SourceName> wholeFirst =
                        Comparator.comparing(source -> isInPart(metric.metric(), source, day.date(), answers));
                Comparator<SourceName> bestFirst = wholeFirst.thenComparing(PRECEDENCE.of(metric.metric()));
                SourceName best = givenOf(day.date(), answers).entrySet().stream()
                        .filter(entry -> entry.getValue().measurements().stream()
                                .anyMatch(measurement -> measurement.metric() == metric.metric()))
                        .map(Map.Entry::getKey)
                        .min(bestFirst)
                        .orElseThrow();

                assertThat(metric.shown().source()).isEqualTo(best);
                assertThat(metric.others())
                        .extracting(Candidate::source)
                        .isSortedAccordingTo(bestFirst)
                        .doesNotContain(best);
            }
        }
    }

    @Property(tries = 100)
    void mergingTwiceIsMergingOnce(@ForAll("answers") List<SourceAnswer> answers) {
        List<MergedDay> once = MERGE.apply(DAYS, answers, Preferences.NONE);
        List<SourceAnswer> again = new ArrayList<>();
        for (SourceAnswer answer : answers) {
            again.add(answer instanceof Measured measured ? withMerged(measured, once) : answer);
        }

        assertThat(withoutReasons(MERGE.apply(DAYS, again, Preferences.NONE))).isEqualTo(withoutReasons(once));
    }

    private static boolean isInPart(Metric metric, SourceName source, LocalDate date, List<SourceAnswer> answers) {
        return metric.definition().sumOfDay()
                && answers.stream()
                        .filter(answer -> answer.from().equals(source))
                        .map(Measured.class::cast)
                        .anyMatch(answer -> answer.partlyRead() != null
                                && answer.partlyRead().contains(date));
    }

    @Property(tries = 200)
    void whatASourceSaysItHasNoScoreOfIsMissingForThatReason(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            Map<String, String> missing = new HashMap<>();
            day.completeness().missing().forEach(one -> missing.put(one.metric(), one.reason()));
            for (SourceAnswer answer : answers) {
                if (answer instanceof Measured measured) {
                    measured.days().stream()
                            .filter(told -> told.date().equals(day.date()))
                            .flatMap(told -> told.absent().keySet().stream())
                            .map(metric -> missing.get(metric.key()))
                            .forEach(reason -> assertThat(reason).isIn(null, "implausible", "pending", "unscorable"));
                }
            }
        }
    }

    @Property(tries = 200)
    void whatWasNotReadIsSaidToBeSoAndNeverThatNobodySlept(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            boolean allInPart = answers.stream()
                    .allMatch(answer -> answer instanceof Excluded
                            || answer instanceof Measured measured
                                    && "partial".equals(measured.coverageOn(day.date())));
            if (allInPart) {
                assertThat(day.completeness().missing())
                        .extracting(Completeness.Missing::reason)
                        .isSubsetOf("implausible", "pending", "unscorable", "not_fetched");
            }
        }
    }

    @Property(tries = 100)
    void theOffsetIsThatOfTheFirstSourceWithDataThatSaysIt(@ForAll("answers") List<SourceAnswer> answers) {
        for (MergedDay day : MERGE.apply(DAYS, answers, Preferences.NONE)) {
            Map<SourceName, ZoneOffset> said = new HashMap<>();
            for (SourceAnswer answer : answers) {
                if (answer instanceof Measured measured) {
                    measured.days().stream()
                            .filter(told -> told.date().equals(day.date()) && told.offset() != null)
                            .forEach(told -> said.put(answer.from(), told.offset()));
                }
            }

            assertThat(day.offset())
                    .isEqualTo(day.sources().stream()
                            .map(said::get)
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElse(null));
        }
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

        assertThat(MERGE.apply(DAYS, more, Preferences.NONE)).isEqualTo(MERGE.apply(DAYS, answers, Preferences.NONE));
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

    @Property(tries = 200)
    void aHigherPlaceLosesNoMetricThatItsSourceHasAValidValueOf(
            @ForAll("relaying") List<SourceAnswer> answers,
            @ForAll("wishes") Preferences member,
            @ForAll("wishes") Preferences deployment) {
        Precedence deployed = new Precedence(Preferences.NONE, deployment, PRECEDENCE.byDefault());
        DayMerge merge = new DayMerge(deployed, new OfferedMetrics(Map.of()), UnifiedFixture.ECHOES);
        List<MergedDay> before = MERGE.apply(LONG, answers, Preferences.NONE);
        List<MergedDay> after = merge.apply(LONG, answers, member);

        for (int i = 0; i < before.size(); i++) {
            MergedDay day = after.get(i);
            assertThat(day.metrics())
                    .extracting(MergedMetric::metric)
                    .isEqualTo(before.get(i).metrics().stream()
                            .map(MergedMetric::metric)
                            .toList());
            for (MergedMetric metric : day.metrics()) {
                SourceName first = Stream.concat(wished(member, metric.metric()), wished(deployment, metric.metric()))
                        .findFirst()
                        .orElse(null);
                boolean valid = validSources(metric, day.date(), answers).contains(first);
                assertThat(metric.shown().source().equals(first)).isEqualTo(valid);
            }
        }
    }

    /** As the documents have it: what is said of the metric, then of its family, then of everything. */
    private static Stream<SourceName> wished(Preferences wishes, Metric metric) {
        return Stream.of(
                        wishes.byMetric().getOrDefault(metric, List.of()),
                        wishes.byFamily().getOrDefault(metric.family(), List.of()),
                        wishes.order())
                .flatMap(List::stream);
    }

    /** Whose value may be shown: own values, those of days read in part only where there are no others. */
    private static Set<SourceName> validSources(MergedMetric metric, LocalDate date, List<SourceAnswer> answers) {
        Set<SourceName> own = Stream.concat(Stream.of(metric.shown()), metric.others().stream())
                .filter(candidate -> !candidate.isEcho())
                .map(Candidate::source)
                .collect(Collectors.toSet());
        Set<SourceName> whole = own.stream()
                .filter(source -> !isInPart(metric.metric(), source, date, answers))
                .collect(Collectors.toSet());
        return whole.isEmpty() ? own : whole;
    }

    @Property(tries = 200)
    void aCopyOfADayOfTheBandWithThePhoneChangesNothingButWhatStandsBesideIt(
            @ForAll("relaying") List<SourceAnswer> answers,
            @ForAll("wishes") Preferences wishes,
            @ForAll @IntRange(max = 3) int decimals,
            @ForAll boolean byLogs,
            @ForAll boolean nextDay) {
        Measured band = (Measured) answers.get(1);
        SourceDay original = PlausibleDay.of(band.days().get(4)).day();
        List<SourceAnswer> without = new ArrayList<>(answers);
        without.set(
                0,
                without(
                        (Measured) answers.get(0),
                        original.date(),
                        original.date().plusDays(1)));
        List<SourceAnswer> with = new ArrayList<>(without);
        boolean shifted = nextDay && !byLogs;
        with.set(0, with((Measured) without.get(0), copyOf(original, decimals, byLogs, shifted)));

        for (LocalDate date : List.of(original.date(), original.date().plusDays(1))) {
            MergedDay copied = MERGE.apply(DayRange.of(date), with, wishes).get(0);
            MergedDay alone = MERGE.apply(DayRange.of(date), without, wishes).get(0);

            assertThat(withoutCopies(copied)).isEqualTo(withoutCopies(alone));
        }
    }

    /** With what a relay loses: digits, scores, what it has no word for. The night may lie on its next day. */
    private static SourceDay copyOf(SourceDay original, int decimals, boolean byLogs, boolean nextDay) {
        List<Measurement> measurements = original.measurements().stream()
                .filter(measurement -> !measurement.metric().equals(Metric.HRV_RMSSD))
                .filter(measurement ->
                        !nextDay || measurement.metric().definition().isOfNight(WHOOP))
                .map(measurement -> new Measurement(
                        measurement.metric(),
                        measurement
                                .value()
                                .setScale(Math.min(decimals, measurement.value().scale()), RoundingMode.HALF_UP)))
                .toList();
        Map<Metric, SourceName> logged = new HashMap<>();
        measurements.forEach(measurement -> logged.put(measurement.metric(), WHOOP));
        return new SourceDay(
                nextDay ? original.date().plusDays(1) : original.date(),
                List.of(),
                measurements,
                nextDay
                        ? List.of()
                        : original.workouts().stream()
                                .map(DayMergeLawsTest::copyOf)
                                .toList(),
                null,
                nextDay ? null : original.offset(),
                byLogs ? null : original.mainSleep(),
                byLogs ? logged : Map.of());
    }

    private static Workout copyOf(Workout original) {
        return new Workout(
                "copy-" + original.id(),
                new SourceName("sahha"),
                original.sport(),
                original.start(),
                original.end(),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static Measured without(Measured answer, LocalDate... dates) {
        return withDays(
                answer,
                answer.days().stream()
                        .filter(day -> !List.of(dates).contains(day.date()))
                        .toList());
    }

    private static Measured with(Measured answer, SourceDay day) {
        return withDays(
                answer, Stream.concat(answer.days().stream(), Stream.of(day)).toList());
    }

    /** Without the names of sources, what stands beside a value, and who else saw an activity. */
    private static MergedDay withoutCopies(MergedDay day) {
        return new MergedDay(
                day.date(),
                day.offset(),
                List.of(),
                day.scores(),
                day.metrics().stream()
                        .map(metric -> new MergedMetric(
                                metric.metric(),
                                metric.shown(),
                                metric.others().stream()
                                        .filter(other -> !other.isEcho())
                                        .toList(),
                                metric.verdict()))
                        .toList(),
                day.workouts().stream()
                        .map(workout -> new MergedWorkout(workout.representative(), List.of()))
                        .toList(),
                day.details(),
                day.completeness());
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
                            day.relayed(),
                            day.absent());
                })
                .toList();
        return withDays(measured, days);
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
                        .forEach(day -> given.put(answer.from(), valuesOf(day)));
            }
        }
        return given;
    }

    private static SourceDay valuesOf(SourceDay day) {
        return new SourceDay(day.date(), day.scores(), day.measurements(), day.workouts(), day.details());
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

    /** The days with the values that came out of them. */
    private static Measured withMerged(Measured answer, List<MergedDay> merged) {
        Map<LocalDate, SourceDay> came = new HashMap<>();
        for (MergedDay day : merged) {
            SourceDay values = backToSources(day).get(answer.from());
            if (values != null) {
                came.put(day.date(), values);
            }
        }
        return withDays(
                answer,
                answer.days().stream()
                        .map(day -> withValues(day, came.getOrDefault(day.date(), UnifiedFixture.day(day.date()))))
                        .toList());
    }

    private static SourceDay withValues(SourceDay day, SourceDay values) {
        return new SourceDay(
                day.date(),
                values.scores(),
                values.measurements(),
                values.workouts(),
                values.details(),
                day.offset(),
                day.mainSleep(),
                day.relayed(),
                day.absent());
    }

    private static Measured withDays(Measured answer, List<SourceDay> days) {
        return new Measured(
                answer.from(),
                answer.dataStatus(),
                answer.asOf(),
                answer.since(),
                answer.coverage(),
                answer.newest(),
                days,
                answer.partlyRead(),
                answer.revision());
    }

    /** One answer of each source, of any kind. */
    @Provide
    Arbitrary<List<SourceAnswer>> answers() {
        List<Arbitrary<SourceAnswer>> each =
                NAMES.stream().map(name -> answerOf(new SourceName(name))).toList();
        return Combinators.combine(each).as(list -> list);
    }

    private static Arbitrary<SourceAnswer> answerOf(SourceName source) {
        Arbitrary<SourceAnswer> measured = Combinators.combine(
                        Arbitraries.of(DataStatus.class),
                        daysOf(source),
                        partlyRead(DAYS),
                        readAt(),
                        Arbitraries.of("complete", "partial").injectNull(0.3))
                .as((standing, days, inPart, asOf, coverage) ->
                        new Measured(source, standing, asOf, null, coverage, null, days, inPart, 0));
        Arbitrary<SourceAnswer> silent = Arbitraries.of(
                new NotConnected(source),
                new Disabled(source),
                new Excluded(source),
                new Unavailable(source, Duration.ofSeconds(30)));
        return Arbitraries.frequencyOf(Tuple.of(4, measured), Tuple.of(1, silent));
    }

    /** Null when the source does not say it day by day. */
    private static Arbitrary<Set<LocalDate>> partlyRead(DayRange days) {
        return Arbitraries.of(days.days()).set().ofMaxSize(2).injectNull(0.3);
    }

    /** In the morning or at noon of the last day, or when it was over; null when it is not known. */
    private static Arbitrary<Instant> readAt() {
        return Arbitraries.of(8, 12, 30)
                .map(hour -> DAY.atStartOfDay(ZoneOffset.UTC).plusHours(hour).toInstant())
                .injectNull(0.2);
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
        Arbitrary<Map<Metric, Absence>> absent = Arbitraries.maps(
                        Arbitraries.of(Metric.all()), Arbitraries.of(Absence.PENDING, Absence.UNSCORABLE))
                .ofMaxSize(3);
        return Combinators.combine(scores, measurements, workouts, Arbitraries.of(true, false), offsets(), absent)
                .as((s, m, w, detailed, offset, a) -> new SourceDay(
                        date, s, m, w, detailed ? new UnifiedFixture.Details("c") : null, offset, null, Map.of(), a));
    }

    /** At home, far in the east and far in the west; null when the source does not say it. */
    private static Arbitrary<ZoneOffset> offsets() {
        return Arbitraries.of(1, 14, -10).map(ZoneOffset::ofHours).injectNull(0.3);
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

    @Provide
    Arbitrary<Preferences> wishes() {
        Arbitrary<List<SourceName>> some = orders().map(order -> order.subList(0, 2));
        return Combinators.combine(
                        Arbitraries.oneOf(Arbitraries.just(List.<SourceName>of()), some),
                        Arbitraries.maps(Arbitraries.of(Metric.Family.class), some)
                                .ofMaxSize(2),
                        Arbitraries.maps(Arbitraries.of(RELAYED), some).ofMaxSize(2))
                .as(Preferences::new);
    }

    private static Arbitrary<SourceAnswer> alike(String name) {
        SourceName source = new SourceName(name);
        List<Arbitrary<SourceDay>> days =
                LONG.days().stream().map(date -> alike(source, date)).toList();
        return Combinators.combine(Combinators.combine(days).as(list -> list), partlyRead(LONG), readAt())
                .as((list, inPart, asOf) -> new Measured(
                        source,
                        DataStatus.CURRENT,
                        asOf,
                        null,
                        inPart == null || inPart.isEmpty() ? "complete" : "partial",
                        null,
                        list,
                        inPart,
                        0));
    }

    private static Arbitrary<SourceDay> alike(SourceName source, LocalDate date) {
        Arbitrary<Boolean> often = Arbitraries.of(true, true, true, false);
        return Combinators.combine(
                        often.list().ofSize(RELAYED.size()),
                        source.equals(WHOOP) ? Arbitraries.of(0, 0, 0, 1) : Arbitraries.of(0, 0, 0, 1, 2),
                        often,
                        offsets(),
                        Arbitraries.of(true, false),
                        workouts(source, date))
                .as((same, night, logged, offset, pending, workouts) -> new SourceDay(
                        date,
                        source.equals(WHOOP)
                                ? List.of(new Score("whoop_recovery", BigDecimal.TEN, Score.Scale.PERCENT, null))
                                : List.of(),
                        alike(same),
                        workouts,
                        null,
                        offset,
                        night(date, night),
                        logged ? Map.of(Metric.STEPS, WHOOP) : Map.of(),
                        pending ? Map.of(Metric.SPO2_SLEEP, Absence.PENDING) : Map.of()));
    }

    private static List<Measurement> alike(List<Boolean> same) {
        return IntStream.range(0, RELAYED.size())
                .mapToObj(i -> new Measurement(
                        RELAYED.get(i), same.get(i) ? new BigDecimal("50.25") : BigDecimal.valueOf(57 + i)))
                .toList();
    }

    /** The night that most have, one that only some have, or that of the band's day before. */
    private static SleepInterval night(LocalDate date, int which) {
        Instant woken =
                date.minusDays(which == 2 ? 1 : 0).atTime(6, which == 1 ? 9 : 0).toInstant(ZoneOffset.UTC);
        return new SleepInterval(woken.minus(Duration.ofHours(8)), woken);
    }

    /** Those of a phone are only copies, and made where they are wanted. */
    private static Arbitrary<List<Workout>> workouts(SourceName source, LocalDate date) {
        OffsetDateTime morning = date.atTime(8, 0).atOffset(ZoneOffset.ofHours(1));
        return Arbitraries.of(0, 1, 2, 25, 90)
                .set()
                .ofMaxSize(source.value().equals("sahha") ? 0 : 2)
                .map(minutes -> minutes.stream()
                        .sorted()
                        .map(minute -> UnifiedFixture.workout(
                                source,
                                source + "-" + date + "-" + minute,
                                morning.plusMinutes(minute).toString()))
                        .toList());
    }
}
