package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.goodUntil;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Counter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dropwizard.jackson.Jackson;
import io.holisticos.cache.MemberCache;
import io.holisticos.cache.SecondLevel;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.DayRange;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.Metric;
import io.holisticos.health.Period;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.UserId;
import io.holisticos.unified.KeptAnswers.Answer;
import io.holisticos.unified.KeptAnswers.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptAnswersTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final Instant MORNING = Instant.parse("2026-11-22T10:00:00Z");
    private static final Period YESTERDAY = Period.parse("yesterday");
    private static final Period DATE = Period.parse(DAY.toString());
    private static final Preferences OTHER = new Preferences(List.of(SAHHA), Map.of(), Map.of());
    private static final ObjectMapper JSON = Jackson.newObjectMapper()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicReference<Instant> now = new AtomicReference<>(MORNING);
    private final AtomicReference<Wishes> wishes = new AtomicReference<>(Wishes.NONE);
    private final FakeSource sahha = new FakeSource("sahha").telling(true);
    private final FakeSource whoop = new FakeSource("whoop").telling(true);
    private final Counter shared = new Counter();
    private final MemberCache<Asked, WrittenAnswer> cache = new MemberCache<>(64_000_000);
    private final KeptAnswers answers = answers();

    @BeforeEach
    void bothSourcesMeasured() {
        sahha.answering(goodUntil(Instant.MAX, measured(SAHHA, day(DAY, value(Metric.STEPS, "9000.5")))));
        whoop.answering(goodUntil(Instant.MAX, measured(WHOOP, day(DAY, value(Metric.SPO2_SLEEP, "97")))));
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void theSameAnswerIsGivenAgainWithoutReadingAnySource() {
        Answer first = overview(Period.TODAY);
        now.set(MORNING.plusSeconds(60));
        Answer second = overview(Period.TODAY);

        assertReadings(1);
        assertThat(timeless(second)).isEqualTo(timeless(first));
        assertThat(json(second).path("metrics").path("steps").path("value").decimalValue())
                .isEqualByComparingTo("9000.5");
        assertThat(second.written().revision())
                .isEqualTo(json(first).path("revision").asText());
    }

    @Test
    void theTimesAreThoseOfEachRequest() {
        overview(Period.TODAY);
        now.set(MORNING.plusMillis(60_250));
        JsonNode second = json(overview(Period.TODAY));

        assertThat(second.path("generated_at").asText()).isEqualTo("2026-11-22T10:01:00.250Z");
        assertThat(second.path("processing_stats")).isEqualTo(read("""
                {"total_time_ms":0,"sahha_time_ms":0,"whoop_time_ms":0,"merge_time_ms":0}"""));
        assertThat(json(answers.sources(ANNA)).path("checked_at").asText()).isEqualTo("2026-11-22T10:01:00.250Z");
        for (JsonNode day : json(answers.days(ANNA, new DayRange(DAY.minusDays(2), DAY)))) {
            assertThat(day.path("generated_at").asText()).isEqualTo("2026-11-22T10:01:00.250Z");
            assertThat(day.has("processing_stats")).isFalse();
        }
    }

    @Test
    void whatSourcesSaidIsKeptForTheLogLineOfTheRequest() {
        overview(Period.TODAY);
        Answer again = overview(Period.TODAY);

        assertThat(again.written().sources())
                .extracting(said -> said.source() + '=' + said.status())
                .containsExactly("sahha=ok", "whoop=ok");
        assertThat(again.times().of(0)).isZero();
        assertThat(again.times().of(1)).isZero();
    }

    @Test
    void eachQuestionHasAnAnswerOfItsOwn() {
        for (int time = 0; time < 2; time++) {
            overview(Period.TODAY);
            overview(YESTERDAY);
            overview(DATE);
            overview(Period.parse("11/22/2026"));
            answers.overview(ANNA, Period.TODAY, Set.of(WHOOP));
            answers.overview(new UserId("demo-ben"), Period.TODAY, Set.of());
            answers.days(ANNA, DayRange.of(DAY));
            answers.days(ANNA, new DayRange(DAY.minusDays(1), DAY));
            answers.mergedDays(ANNA, new DayRange(DAY.minusDays(1), DAY));
            answers.sources(ANNA);
        }

        assertThat(sahha.asked).hasSize(10);
        assertThat(json(overview(Period.parse("11/22/2026"))).path("period").asText())
                .isEqualTo("11/22/2026");
        assertThat(json(answers.overview(ANNA, Period.TODAY, Set.of(WHOOP))).toString())
                .contains("excluded");
    }

    @Test
    void aChangeThatASourceTellsOfIsSeenAtOnce() {
        overview(Period.TODAY);
        sahha.answering(goodUntil(Instant.MAX, measured(SAHHA, day(DAY, value(Metric.STEPS, "1")))));
        sahha.changed(new UserId("somebody-else"));
        assertThat(steps(overview(Period.TODAY))).isEqualTo("9000.5");

        sahha.changed(ANNA);

        assertThat(steps(overview(Period.TODAY))).isEqualTo("1");
        assertReadings(2);
    }

    @Test
    void whatWasReadBeforeAChangeIsNotKept() {
        whoop.first(() -> whoop.changed(ANNA));

        overview(Period.TODAY);
        whoop.first(() -> {});
        overview(Period.TODAY);
        overview(Period.TODAY);

        assertReadings(2);
    }

    @Test
    void anAnswerIsKeptUntilTheFirstSourceSaysOtherwise() {
        Instant until = MORNING.plusSeconds(90);
        whoop.answering(goodUntil(until, measured(WHOOP)));

        overview(DATE);
        now.set(until.minusNanos(1));
        overview(DATE);
        assertReadings(1);
        now.set(until);
        overview(DATE);
        assertReadings(2);
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "today,     2026-11-22T22:59:59Z, 2026-11-22T23:00:00Z", // the newest observation is of UTC+1
        "yesterday, 2026-11-22T22:59:59Z, 2026-11-22T23:00:00Z",
        "today,     2026-11-22T23:59:59Z, 2026-11-23T00:00:00Z" // when other days are read around it
    })
    void aRelativeDayIsKeptUntilMidnight(String period, String last, String midnight) {
        now.set(Instant.parse(last).minusSeconds(5));
        overview(Period.parse(period));
        now.set(Instant.parse(last));
        overview(Period.parse(period));
        assertReadings(1);

        now.set(Instant.parse(midnight));
        overview(Period.parse(period));
        assertReadings(2);
    }

    @Test
    void theSourcesOfTodayAreKeptUntilMidnight() {
        answers.sources(ANNA);
        now.set(Instant.parse("2026-11-22T22:59:59Z"));
        answers.sources(ANNA);
        assertReadings(1);

        now.set(Instant.parse("2026-11-22T23:00:00Z"));
        answers.sources(ANNA);
        assertReadings(2);
    }

    @Test
    void midnightIsNothingToADateAndToARange() {
        overview(DATE);
        answers.days(ANNA, DayRange.of(DAY));
        now.set(MORNING.plus(Duration.ofDays(40)));
        overview(DATE);
        answers.days(ANNA, DayRange.of(DAY));

        assertReadings(2);
    }

    @Test
    void anAnswerThatNobodyVouchesForIsNotKept() {
        List<SourceAnswer> others =
                List.of(measured(WHOOP), new NotConnected(WHOOP), new Unavailable(WHOOP, Duration.ofSeconds(3)));
        for (SourceAnswer other : others) {
            int before = sahha.asked.size();
            whoop.answering(other);
            overview(Period.TODAY);
            overview(Period.TODAY);
            assertThat(sahha.asked).as(other.status()).hasSize(before + 2);
        }
        whoop.answering(new NotConnected(WHOOP, Instant.MAX));
        overview(Period.TODAY);
        int before = sahha.asked.size();
        overview(Period.TODAY);
        assertThat(sahha.asked).hasSize(before);
    }

    @Test
    void whomNobodyMeasuredIsLookedForEachTime() {
        sahha.answering(new NotConnected(SAHHA, Instant.MAX)).acquainted(FakeSource.Acquaintance.UNSURE);
        whoop.answering(new NotConnected(WHOOP, Instant.MAX));

        for (int time = 0; time < 2; time++) {
            assertThatThrownBy(() -> overview(Period.TODAY)).isInstanceOf(MemberNotFound.class);
        }
        sahha.switchedOn(false); // it may know the person, so there is an answer
        overview(Period.TODAY);
        overview(Period.TODAY);

        assertThat(whoop.asked).hasSize(4);
    }

    @Test
    void nothingIsGivenOrKeptWhileChangesAreNotHeardOf() {
        overview(Period.TODAY);
        whoop.telling(false);
        overview(Period.TODAY);
        overview(YESTERDAY);
        assertReadings(3);

        whoop.telling(true);
        overview(Period.TODAY);
        assertReadings(3);
        overview(YESTERDAY);
        assertReadings(4);
    }

    @Test
    void aSourceThatIsNotReadNeedNotTell() {
        whoop.telling(false);
        answers.overview(ANNA, Period.TODAY, Set.of(WHOOP));
        answers.overview(ANNA, Period.TODAY, Set.of(WHOOP));
        assertReadings(1);

        whoop.switchedOn(false);
        overview(Period.TODAY);
        overview(Period.TODAY);
        assertReadings(2);
    }

    @Test
    void aFlagActsAtOnceAndBothAnswersAreKept() {
        for (int time = 0; time < 3; time++) {
            whoop.switchedOn(true);
            assertThat(json(overview(Period.TODAY)).toString()).doesNotContain("disabled");
            whoop.switchedOn(false);
            assertThat(json(overview(Period.TODAY)).toString()).contains("disabled");
        }

        assertReadings(2);
        assertThat(whoop.asked).hasSize(1);
    }

    @Test
    void aFlagThatIsSwitchedWhileSourcesAreReadLeavesNoWrongAnswer() {
        sahha.first(() -> whoop.switchedOn(false));
        assertThat(json(overview(Period.TODAY)).toString()).contains("disabled");
        sahha.first(() -> {});
        whoop.switchedOn(true);

        assertThat(json(overview(Period.TODAY)).toString()).doesNotContain("disabled");
    }

    @Test
    void aSourceThatSaysByItselfThatItIsOffIsNotKept() {
        whoop.answering(new Disabled(WHOOP));

        overview(Period.TODAY);
        overview(Period.TODAY);

        assertReadings(2);
    }

    @Test
    void eachOrderThatAMemberWantsHasAnAnswerOfItsOwn() {
        for (int time = 0; time < 2; time++) {
            wishes.set(Wishes.NONE);
            overview(Period.TODAY);
            wishes.set(new Wishes(OTHER, true));
            overview(Period.TODAY);
        }

        assertReadings(2);
    }

    @Test
    void whatWasMergedByAnOrderThatIsNotCertainIsNotKept() {
        wishes.set(new Wishes(OTHER, false));
        overview(Period.TODAY);
        overview(Period.TODAY);
        assertReadings(2);

        wishes.set(new Wishes(OTHER, true));
        overview(Period.TODAY);
        wishes.set(new Wishes(OTHER, false));
        overview(Period.TODAY);
        assertReadings(3);
    }

    @Test
    @Timeout(60)
    void whoAsksTheSameAtTheSameTimeSharesTheReadingAndItsText() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        sahha.first(() -> {
            begun.countDown();
            await(open);
        });
        List<Future<Answer>> asking = new ArrayList<>();
        asking.add(threads.submit(() -> overview(Period.TODAY)));
        await(begun);
        Thread second = new Thread(() -> overview(Period.TODAY));
        AtomicReference<Answer> given = new AtomicReference<>();
        Thread third = new Thread(() -> given.set(overview(Period.TODAY)));
        second.start();
        third.start();
        while (second.getState() != Thread.State.TIMED_WAITING || third.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        open.countDown();
        second.join();
        third.join();

        assertReadings(1);
        assertThat(shared.getCount()).isEqualTo(2);
        assertThat(given.get().written()).isSameAs(asking.get(0).get().written());
    }

    @Test
    @Timeout(60)
    void whoAsksAfterAChangeDoesNotShareAReadingFromBeforeIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        SourceAnswer before = goodUntil(Instant.MAX, measured(WHOOP));
        whoop.answering(before).first(() -> {
            begun.countDown();
            await(open);
        });
        Future<Answer> first = threads.submit(() -> overview(Period.TODAY));
        await(begun);
        whoop.first(() -> {});
        whoop.changed(ANNA);

        overview(Period.TODAY); // would wait for the first
        open.countDown();
        first.get();

        assertThat(whoop.asked).hasSize(2);
        overview(Period.TODAY);
        assertThat(whoop.asked).as("what was read after the change is kept").hasSize(2);
    }

    @Test
    void whatIsAtHandIsFoundWithoutReading() {
        assertThat(answers.overviewAtHand(ANNA, Period.TODAY)).isNull();
        Answer first = overview(Period.TODAY);
        Answer atHand = answers.overviewAtHand(ANNA, Period.TODAY);

        assertReadings(1);
        assertThat(atHand).isNotNull();
        assertThat(timeless(atHand)).isEqualTo(timeless(first));
        whoop.telling(false);
        assertThat(answers.overviewAtHand(ANNA, Period.TODAY)).isNull();
    }

    private Answer overview(Period period) {
        return answers.overview(ANNA, period, Set.of());
    }

    private void assertReadings(int count) {
        assertThat(sahha.asked).hasSize(count);
    }

    private static String steps(Answer answer) {
        return json(answer).path("metrics").path("steps").path("value").asText();
    }

    private static JsonNode timeless(Answer answer) {
        ObjectNode json = (ObjectNode) json(answer);
        json.remove(List.of("generated_at", "processing_stats"));
        return json;
    }

    private static JsonNode json(Answer answer) {
        try {
            return JSON.readTree(answer.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeptAnswers answers() {
        InstantSource time = now::get;
        UnifiedReader reader = new UnifiedReader(
                List.of(sahha, whoop).stream()
                        .map(source -> new BoundedSource(source, threads, new SourceFailureLog()))
                        .toList(),
                UnifiedFixture.merge(new OfferedMetrics(Map.of(WHOOP, whoop.offers()))),
                who -> wishes.get(),
                new UnifiedConfiguration(),
                new UnifiedReader.Timing(who -> false, time.withZone(ZoneOffset.UTC), () -> 0));
        sahha.tell(cache);
        whoop.tell(cache);
        return new KeptAnswers(
                new UnifiedFlow(reader, cache, shared), new AnswerWriter(JSON, WHOOP), cache, SecondLevel.NONE);
    }
}
