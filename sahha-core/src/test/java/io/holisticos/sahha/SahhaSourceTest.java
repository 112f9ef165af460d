package io.holisticos.sahha;

import static io.holisticos.sahha.SahhaStub.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer.Listed;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaStub.Answer;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.SahhaDataLog;
import io.holisticos.sahha.data.SahhaEvent;
import io.holisticos.sahha.data.SahhaInboxStore;
import io.holisticos.sahha.data.SahhaRow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FreshnessRule, quirks of Sahha's answers, and what the unified flow gets. */
class SahhaSourceTest {

    private static final UserId ANNA = new UserId("anna");
    private static final DayRange ELEVENTH = DayRange.of(LocalDate.of(2025, 7, 11));
    private static final String SCORES = "/api/v1/profile/score/anna";
    private static final String BIOMARKERS = "/api/v1/profile/biomarker/anna";

    private SahhaBed bed;

    @BeforeEach
    void open() {
        bed = new SahhaBed();
        bed.sahha.member("anna", sample("golden-scores.json"), sample("golden-biomarkers.json"), null);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void readsScoresAndMetricsOfADay() {
        Measured answer = measured(ELEVENTH);

        assertThat(answer.status()).isEqualTo("ok");
        assertThat(answer.asOf()).isEqualTo(bed.now.get());
        assertThat(answer.coverage()).isEqualTo("complete");
        assertThat(answer.newest().offset()).hasToString("+12:00");
        assertThat(answer.newest().at()).isEqualTo("2025-07-11T17:02:26Z");
        SourceDay day = answer.days().get(0);
        assertThat(day.scores())
                .extracting(Score::name, Score::value, Score::state)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("sleep", new java.math.BigDecimal("0.96"), "high"));
        assertThat(metrics(day))
                .containsEntry("steps", "3000")
                .containsEntry("sleep.debt", "0.438")
                .containsEntry("sleep.regularity", "95")
                .containsEntry("hrv.sdnn", "48.6")
                .containsEntry("hrv.rmssd", "51.3")
                .containsEntry("heart_rate.resting", "57");
    }

    @Test
    void aDayTellsItsNightAndItsValuesWhereTheyComeFrom() {
        SourceDay day = measured(ELEVENTH).days().get(0);

        assertThat(day.mainSleep())
                .isEqualTo(new SleepInterval(
                        Instant.parse("2025-07-10T10:00:00Z"), Instant.parse("2025-07-10T18:00:00Z")));
        assertThat(day.relayed()).isEmpty();
        assertThat(day.measurements()).allSatisfy(measurement -> {
            assertThat(measurement.lineage().record()).isNotBlank();
            assertThat(measurement.lineage().start())
                    .isBefore(measurement.lineage().end());
            assertThat(measurement.lineage().offset()).hasToString("+12:00");
            assertThat(measurement.lineage().recordedAt()).isEqualTo(bed.now.get());
        });
    }

    @Test
    void whatALogSaysThatAnotherSourceOfOursRecordedIsRelayedOnItsDay() {
        DayRange tenthAndEleventh = new DayRange(ELEVENTH.from().minusDays(1), ELEVENTH.to());
        measured(ELEVENTH);
        SahhaDataLog sleep = new SahhaDataLog(
                "sleep",
                "sleep_stage_rem",
                "COM.WHOOP.iphone",
                ELEVENTH.from(),
                ELEVENTH.from(),
                Instant.parse("2025-07-10T10:00:00Z"),
                Instant.parse("2025-07-10T10:40:00Z"));
        SahhaDataLog steps = new SahhaDataLog(
                "activity", "steps", "com.apple.health", ELEVENTH.from(), ELEVENTH.from(), sleep.start(), sleep.end());
        SahhaDataLog ofTheNight = new SahhaDataLog(
                "oxygen",
                "oxygen_saturation",
                "com.whoop.iphone",
                ELEVENTH.from().minusDays(1),
                ELEVENTH.from(),
                Instant.parse("2025-07-10T11:10:00Z"),
                Instant.parse("2025-07-10T18:00:00Z"));
        bed.stores()
                .inbox()
                .save(
                        new byte[] {1},
                        List.of(new SahhaEvent(
                                "DataLogReceivedIntegrationEvent", ANNA, null, List.of(sleep, steps, ofTheNight))),
                        new SahhaInboxStore.Delivery(
                                bed.now.get(),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(10),
                                Set.of("com.whoop.iphone")));

        List<SourceDay> days = measured(tenthAndEleventh).days();

        assertThat(days).extracting(SourceDay::date).containsExactlyElementsOf(tenthAndEleventh.days());
        assertThat(days.get(0).relayed()).containsOnlyKeys(Metric.SPO2);
        assertThat(days.get(1).relayed())
                .containsEntry(Metric.SLEEP_REM, new SourceName("whoop"))
                .containsEntry(Metric.SPO2_SLEEP, new SourceName("whoop"))
                .doesNotContainKeys(Metric.STEPS, Metric.HEART_RATE_RESTING, Metric.SPO2);
        assertThat(measured(ELEVENTH).days().get(0).relayed())
                .as("the range does not matter")
                .isEqualTo(days.get(1).relayed());
    }

    @Test
    void exerciseThatSaysWhenItWasIsAWorkoutAndThatOfADayIsNot() {
        String ofTheDay = exercise("00000003-0000-5000-8000-0000000000e1", "T00:00:00", "T23:59:59");
        bed.sahha.member(
                "anna",
                "[]",
                "[" + ofTheDay + "," + exercise("00000003-0000-5000-8000-0000000000e2", "T08:00:00", "T08:45:00") + "]",
                null);

        SourceDay day = measured(ELEVENTH).days().get(0);

        assertThat(day.workouts()).singleElement().satisfies(workout -> {
            assertThat(workout.id()).isNotBlank();
            assertThat(workout.sport()).isEqualTo("exercise");
            assertThat(workout.start()).isEqualTo("2025-07-11T08:00:00+12:00");
            assertThat(workout.end()).isEqualTo("2025-07-11T08:45:00+12:00");
        });
    }

    @Test
    void anExerciseThatALogTellsOfIsAWorkoutOfItsSport() {
        measured(ELEVENTH);
        SahhaDataLog log = new SahhaDataLog(
                "exercise",
                "exercise_session_running",
                "com.apple.health",
                ELEVENTH.from(),
                ELEVENTH.from(),
                Instant.parse("2025-07-10T20:00:00Z"),
                Instant.parse("2025-07-10T20:45:00Z"));
        bed.stores()
                .inbox()
                .save(
                        new byte[] {2},
                        List.of(new SahhaEvent("DataLogReceivedIntegrationEvent", ANNA, null, List.of(log))),
                        new SahhaInboxStore.Delivery(
                                bed.now.get(), Duration.ofSeconds(10), Duration.ofMinutes(10), Set.of()));

        SourceDay day = measured(ELEVENTH).days().get(0);

        assertThat(day.workouts()).singleElement().satisfies(workout -> {
            assertThat(workout.sport()).isEqualTo("exercise_session_running");
            assertThat(workout.start()).isEqualTo("2025-07-11T08:00:00+12:00");
            assertThat(workout.end()).isEqualTo("2025-07-11T08:45:00+12:00");
        });
        assertThat(metrics(day)).as("rows are as before").containsEntry("steps", "3000");
    }

    private static String exercise(String id, String start, String end) {
        return """
                {"id":"%s","category":"exercise","type":"exercise_duration","periodicity":"daily","aggregation":"total",
                "value":"45","unit":"minute","valueType":"integer","startDateTime":"2025-07-11%s+12:00",
                "endDateTime":"2025-07-11%s+12:00"}""".formatted(id, start, end);
    }

    @Test
    void anAnswerBearsTheRevisionThatItsChangesLeadTo() {
        long revision = measured(ELEVENTH).revision();

        Listed listed = (Listed) bed.module.source().changes(ANNA, Change.OLDEST_KEPT, 1_000, deadline());

        assertThat(revision).isPositive().isEqualTo(listed.revision());
        assertThat(listed.changes()).anySatisfy(change -> {
            assertThat(change.days()).contains(ELEVENTH.from());
            assertThat(change.metrics()).contains(Metric.STEPS);
        });
        assertThat(measured(ELEVENTH).revision()).isEqualTo(revision);
    }

    @Test
    void asksSahhaAsItWantsToBeAsked() {
        measured(ELEVENTH);

        assertThat(bed.sahha.seen(SCORES)).hasSize(1);
        assertThat(bed.sahha.seen(SCORES).get(0).query())
                .startsWith(
                        "types=sleep&types=activity&types=readiness&types=mental_wellbeing&types=wellbeing&startDateTime=2025-06-1")
                .endsWith("&endDateTime=2025-07-13");
        assertThat(bed.sahha.seen(BIOMARKERS).get(0).query()).startsWith("categories=activity&categories=");
        assertThat(bed.sahha.seen(SCORES).get(0).authorization()).isEqualTo("account synthetic.account.token");
        assertThat(bed.sahha.seen(SahhaStub.TOKEN)).hasSize(1);
        assertThat(bed.sahha.seen(SahhaStub.TOKEN).get(0).authorization()).isEqualTo("null");
        assertThat(bed.sahha.seen(SahhaStub.TOKEN).get(0).body())
                .isEqualTo("{\"clientId\":\"synthetic-client-id\",\"clientSecret\":\"synthetic-client-secret\"}");
    }

    @Test
    void whatIsFreshIsNotAskedForAgain() {
        measured(ELEVENTH);
        bed.passes(Duration.ofSeconds(299));
        measured(ELEVENTH);
        assertThat(bed.sahha.seen(SCORES)).hasSize(1);

        bed.passes(Duration.ofSeconds(2));
        assertThat(measured(ELEVENTH).status()).isEqualTo("ok");
        assertThat(bed.sahha.seen(SCORES)).hasSize(2);
        assertThat(bed.sahha.seen(BIOMARKERS)).as("metrics keep longer").hasSize(1);

        bed.passes(Duration.ofSeconds(300));
        measured(ELEVENTH);
        assertThat(bed.sahha.seen(BIOMARKERS)).hasSize(2);
        assertThat(bed.sahha.seen("/account/profile/"))
                .as("asked only while nothing was held")
                .hasSize(1);
    }

    @Test
    void pastItsFreshnessAReaderWaitsShortlyWhileOneRefreshGoesOnForAll() throws Exception {
        SahhaBed patient = bed;
        measured(ELEVENTH);
        patient.passes(Duration.ofMinutes(11));
        CountDownLatch release = new CountDownLatch(1);
        patient.sahha.on(SCORES, request -> {
            release.await(20, TimeUnit.SECONDS);
            return Answer.json(sample("golden-scores.json").replace("0.96", "0.41"));
        });

        List<CompletableFuture<Measured>> readers = IntStream.range(0, 5)
                .mapToObj(reader -> CompletableFuture.supplyAsync(() -> measured(ELEVENTH)))
                .toList();
        for (CompletableFuture<Measured> reader : readers) {
            Measured stale = reader.get(10, TimeUnit.SECONDS);
            assertThat(stale.status()).isEqualTo("stale");
            assertThat(stale.days().get(0).scores().get(0).value()).hasToString("0.96");
        }
        assertThat(patient.sahha.seen(SCORES)).hasSize(2);
        release.countDown();

        Deadline bound = Deadline.after(Duration.ofSeconds(10));
        while (!measured(ELEVENTH)
                .days()
                .get(0)
                .scores()
                .get(0)
                .value()
                .toString()
                .equals("0.41")) {
            assertThat(bound.isExpired()).isFalse();
        }
        assertThat(patient.sahha.seen(SCORES)).hasSize(2);
    }

    @Test
    void sahhaDownIsStaleWithRowsAndUnavailableWithout() {
        measured(ELEVENTH);
        bed.passes(Duration.ofDays(3));
        bed.sahha.on(SCORES, Answer.status(500)).on(BIOMARKERS, Answer.status(500));
        bed.sahha
                .on("/api/v1/account/profile/ben", Answer.status(500))
                .on("/api/v1/profile/score/ben", Answer.status(500))
                .on("/api/v1/profile/biomarker/ben", Answer.status(500));

        assertThat(measured(ELEVENTH).status()).isEqualTo("stale");
        assertThat(measured(DayRange.of(ELEVENTH.from().plusDays(3))).coverage())
                .isEqualTo("partial");
        assertThat(read("ben", ELEVENTH).status()).isEqualTo("unavailable");
        assertThat(bed.module.source().acquaintance(new UserId("ben"), deadline()))
                .isEqualTo(Acquaintance.UNSURE);
        assertThat(bed.module.healthCheck().execute().isHealthy()).isFalse();
    }

    /** At the member's offset it is the 12th, and the 11th is over. */
    @Test
    void aDayThatWasLastReadBeforeItsEndWasReadInPartOnceItIsOver() {
        LocalDate today = ELEVENTH.to().plusDays(1);
        DayRange week = new DayRange(today.minusDays(3), today.plusDays(3));
        measured(week);

        assertThat(inPart(week))
                .as("today as far as it goes")
                .containsExactlyElementsOf(week.days().subList(4, 7));

        bed.passes(Duration.ofDays(2));
        bed.sahha.on(SCORES, Answer.status(500));
        assertThat(inPart(week))
                .as("of scores")
                .containsExactlyElementsOf(week.days().subList(3, 7));

        bed.sahha.on(SCORES, Answer.json("[]"));
        assertThat(inPart(week)).containsExactly(today.plusDays(3));
    }

    private List<LocalDate> inPart(DayRange days) {
        Measured range = measured(days);
        List<LocalDate> inPart = days.days().stream()
                .filter(day -> "partial".equals(range.coverageOn(day)))
                .toList();
        assertThat(range.coverage()).isEqualTo(inPart.isEmpty() ? "complete" : "partial");
        return inPart;
    }

    @Test
    void statusAndCoverageOfADayAreThoseOfEveryRangeThatItIsIn() {
        LocalDate inMay = LocalDate.of(2025, 5, 10);
        LocalDate inJune = LocalDate.of(2025, 6, 26);
        DayRange recent = new DayRange(LocalDate.of(2025, 6, 29), ELEVENTH.to());
        measured(recent);
        measured(DayRange.of(inJune));
        bed.passes(Duration.ofMinutes(2));
        bed.sahha.on(SCORES, Answer.status(500));

        Measured range = measured(new DayRange(inMay, ELEVENTH.to()));

        assertThat(range.status()).isEqualTo("stale");
        assertThat(List.of(inMay, inJune, recent.from(), recent.to())).allSatisfy(day -> {
            Measured alone = measured(DayRange.of(day));
            assertThat(range.statusOn(day).word())
                    .isEqualTo(alone.status())
                    .isEqualTo(day.equals(inMay) ? "stale" : "ok");
            assertThat(range.coverageOn(day))
                    .isEqualTo(alone.coverage())
                    .isEqualTo(day.equals(inMay) ? "partial" : "complete");
        });
    }

    @Test
    void nothingOfSomebodyWhoseRecentDaysWereReadIsUnavailableBecauseAnotherMonthIs() {
        bed.sahha.member("ben", null, null, null);
        read("ben", ELEVENTH);
        bed.sahha.on("/api/v1/profile/score/ben", Answer.status(500));

        Measured range = (Measured) read("ben", new DayRange(LocalDate.of(2025, 5, 31), ELEVENTH.to()));

        assertThat(range.coverageOn(ELEVENTH.to())).isEqualTo("complete");
        assertThat(range.statusOn(ELEVENTH.to())).isEqualTo(SourceAnswer.DataStatus.CURRENT);
        assertThat(range.coverageOn(LocalDate.of(2025, 5, 31))).isEqualTo("partial");
    }

    @Test
    void aMonthThatIsReadForTheFirstTimeIsAChangeOfItsDaysThoughItHoldsNothing() {
        measured(ELEVENTH);
        bed.sahha.on(SCORES, Answer.json("[]")).on(BIOMARKERS, Answer.json("[]"));
        long before = measured(ELEVENTH).revision();
        DayRange may = new DayRange(LocalDate.of(2025, 5, 1), LocalDate.of(2025, 5, 31));

        long after = measured(DayRange.of(LocalDate.of(2025, 5, 10))).revision();

        assertThat(after).isGreaterThan(before);
        assertThat(changesSince(before)).isNotEmpty().allSatisfy(change -> {
            assertThat(change.reason()).isEqualTo("coverage");
            assertThat(change.days()).containsExactlyElementsOf(may.days());
        });
        bed.passes(Duration.ofDays(2));
        measured(DayRange.of(LocalDate.of(2025, 5, 10)));
        assertThat(measured(DayRange.of(LocalDate.of(2025, 5, 10))).revision()).isEqualTo(after);
    }

    @Test
    void aDayThatIsReadAgainAfterItsEndIsAChangeAndOneReadAgainBeforeIsNone() {
        measured(ELEVENTH);
        long before = measured(ELEVENTH).revision();
        bed.passes(Duration.ofHours(3)); // 11:00 of the same day
        measured(ELEVENTH);
        assertThat(measured(ELEVENTH).revision()).isEqualTo(before);

        bed.passes(Duration.ofHours(14)); // 01:00 of the next one
        measured(ELEVENTH);

        assertThat(changesSince(before)).isNotEmpty().allSatisfy(change -> {
            assertThat(change.reason()).isEqualTo("coverage");
            assertThat(change.days()).containsExactly(LocalDate.of(2025, 7, 12), LocalDate.of(2025, 7, 13));
        });
    }

    private List<Change> changesSince(long revision) {
        return ((Listed) bed.module.source().changes(ANNA, revision, 1_000, deadline())).changes();
    }

    @Test
    void aStrangerIsNotConnectedAndAskedForOnceADay() {
        assertThat(read("stranger", ELEVENTH).status()).isEqualTo("not_connected");
        assertThat(read("stranger", ELEVENTH).status()).isEqualTo("not_connected");
        assertThat(bed.module.source().acquaintance(new UserId("stranger"), deadline()))
                .isEqualTo(Acquaintance.UNKNOWN);
        assertThat(bed.sahha.seen("/account/profile/stranger")).hasSize(1);

        bed.passes(Duration.ofHours(25));
        bed.sahha.member("stranger", sample("golden-scores.json"), null, null);
        assertThat(read("stranger", ELEVENTH).status()).isEqualTo("ok");
        assertThat(bed.module.source().acquaintance(ANNA, deadline())).isEqualTo(Acquaintance.KNOWN);
    }

    @Test
    void anOldMonthIsFetchedOnceItIsSettled() {
        DayRange may = new DayRange(LocalDate.of(2025, 5, 10), LocalDate.of(2025, 5, 12));
        measured(may);
        bed.passes(Duration.ofDays(2));
        measured(may);

        assertThat(bed.sahha.seen(SCORES)).hasSize(1);
        assertThat(bed.sahha.seen(SCORES).get(0).query()).endsWith("startDateTime=2025-04-30&endDateTime=2025-06-01");
    }

    @Test
    void nothingIsFetchedForTheDaysAroundThoseAskedFor() {
        DayRange elevenDaysBack = DayRange.of(LocalDate.of(2025, 6, 30));
        measured(ELEVENTH);
        bed.sahha.on(SCORES, Answer.status(500)).on(BIOMARKERS, Answer.status(500));

        Measured answer = measured(new DaysToRead(elevenDaysBack, elevenDaysBack.with(4, 4)));

        assertThat(answer.status()).isEqualTo("ok");
        assertThat(answer.coverage()).isEqualTo("complete");
        assertThat(bed.sahha.seen(SCORES)).as("of June neither").hasSize(1);
        assertThat(bed.sahha.seen(BIOMARKERS)).hasSize(1);
    }

    @Test
    void whatIsStoredOfTheDaysAroundIsRead() {
        DayRange tenth = DayRange.of(ELEVENTH.from().minusDays(1));

        assertThat(measured(new DaysToRead(tenth, tenth.with(0, 1))).days())
                .extracting(SourceDay::date)
                .containsExactly(tenth.from(), ELEVENTH.from());
    }

    @Test
    void everyShapeOfNothingIsTheSame() {
        for (Answer nothing : List.of(Answer.status(204), Answer.json("[]"), Answer.json(""), Answer.status(404))) {
            String id = "nothing-" + nothing.status() + "-" + nothing.body().length()
                    + nothing.headers().size();
            bed.sahha.member(id, null, null, null);
            bed.sahha.on("/api/v1/profile/score/" + id, nothing).on("/api/v1/profile/biomarker/" + id, nothing);

            Measured answer = (Measured) read(id, ELEVENTH);

            assertThat(answer.status()).isEqualTo("ok");
            assertThat(answer.days()).isEmpty();
            assertThat(answer.newest()).isNull();
        }
    }

    @Test
    void awkwardRowsAreReadAndBadOnesSkippedByThemselves() {
        bed.now.set(Instant.parse("2024-06-07T12:00:00Z"));
        String formats = sample("biomarkers.format-variants.json");
        bed.sahha.member(
                "anna",
                sample("scores.awkward-but-observed.json"),
                formats.substring(0, formats.lastIndexOf(']')) + """
                        , {"id":"no-window","category":"activity","type":"steps","value":"1"}
                        , {"id":"bad-time","category":"activity","type":"steps","value":"1","startDateTime":"soon","endDateTime":"later"}
                        , {"id":"absurd","category":"activity","type":"steps","value":1e999999,"startDateTime":"2024-06-06T00:00:00+08:00","endDateTime":"2024-06-06T23:59:59+08:00"}
                        , {"id":"nul","category":"activity","type":"steps","value":"\\u0000","startDateTime":"2024-06-06T00:00:00+08:00","endDateTime":"2024-06-06T23:59:59+08:00"}
                        , 17, null
                        , {"id":"new-words","category":"mood","type":"glee","value":"high","unit":null,"aura":{"hue":1},"valueType":"chart","periodicity":"daily","aggregation":"none","startDateTime":"2024-06-06T00:00:00","endDateTime":"2024-06-06T23:59:59"}
                        ]""",
                null);

        Measured answer = measured(new DayRange(LocalDate.of(2024, 6, 1), LocalDate.of(2024, 6, 7)));

        Map<LocalDate, SourceDay> days = answer.days().stream().collect(Collectors.toMap(SourceDay::date, day -> day));
        assertThat(days.get(LocalDate.of(2024, 6, 1)).scores())
                .as("without an offset")
                .hasSize(1);
        assertThat(days.get(LocalDate.of(2024, 6, 3)).scores().get(0).value()).hasToString("0.75");
        assertThat(metrics(days.get(LocalDate.of(2024, 6, 6))))
                .containsEntry("steps", "8140")
                .containsEntry("sleep.efficiency", "93")
                .containsEntry("sleep.regularity", "91");
        assertThat(bed.metrics.meter("sahha.rows.skipped.biomarkers").getCount())
                .isEqualTo(6);
        assertThat(bed.stores()
                        .rows()
                        .startingIn(SahhaKind.BIOMARKERS, ANNA, null, null, 100, bed.now.get())
                        .biomarkers())
                .extracting(SahhaRow::name)
                .contains("glee");
    }

    @Test
    void aTokenIsRenewedOnceAfterA401AndSharedByAll() {
        AtomicInteger tokens = new AtomicInteger();
        bed.sahha.on(
                SahhaStub.TOKEN,
                request -> Answer.json(
                        "{\"accountToken\":\"t" + tokens.incrementAndGet() + "\",\"expiresIn\":\"86400\"}"));
        Answer scores = Answer.json(sample("golden-scores.json"));
        bed.sahha.on(SCORES, request -> request.authorization().equals("account t1") ? Answer.status(401) : scores);

        assertThat(measured(ELEVENTH).status()).isEqualTo("ok");
        assertThat(tokens).hasValue(2);

        bed.passes(Duration.ofSeconds(86_400 - 61));
        measured(ELEVENTH);
        assertThat(tokens).hasValue(2);
        bed.passes(Duration.ofSeconds(2));
        bed.passes(Duration.ofMinutes(10));
        measured(ELEVENTH);
        assertThat(tokens).hasValue(3);
    }

    @Test
    void aRefusedTokenCallIsUnavailableNotUnknown() {
        bed.sahha.on(SahhaStub.TOKEN, Answer.status(401));

        assertThat(read("anna", ELEVENTH).status()).isEqualTo("unavailable");
    }

    @Test
    void throttledFetchesComeBack() {
        AtomicInteger calls = new AtomicInteger();
        bed.sahha.on(
                SCORES,
                request -> calls.incrementAndGet() == 1
                        ? new Answer(429, "", Map.of("Retry-After", "1"))
                        : Answer.json(sample("golden-scores.json")));

        assertThat(read("anna", ELEVENTH)).asInstanceOf(type(Measured.class)).satisfies(answer -> {
            assertThat(answer.status()).isEqualTo("ok");
            assertThat(answer.days().get(0).scores()).isNotEmpty();
        });
        assertThat(calls).hasValue(2);
    }

    @Test
    void thePhonesOffsetDecidesTodayWhileNoRecordDoes() {
        bed.sahha.member("anna", sample("golden-scores.json").replace("+12:00\"", "\""), null, null);
        bed.now.set(Instant.parse("2025-07-11T20:00:00Z"));

        assertThat(bed.get("/api/v1/health-metrics/overview?profile_id=anna").body())
                .contains("0.85");
        assertThat(bed.sahha.seen("/deviceInformation/anna")).hasSize(1);
    }

    private Measured measured(DayRange days) {
        return (Measured) read("anna", days);
    }

    private Measured measured(DaysToRead days) {
        return (Measured) bed.module.source().read(ANNA, days, deadline());
    }

    private SourceAnswer read(String who, DayRange days) {
        return bed.module.source().read(new UserId(who), new DaysToRead(days, days), deadline());
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private static Map<String, String> metrics(SourceDay day) {
        Map<String, String> metrics = new TreeMap<>();
        for (Measurement measurement : day.measurements()) {
            metrics.put(measurement.metric().key(), measurement.value().toPlainString());
        }
        return metrics;
    }
}
