package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.Period;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.api.SahhaRecord;
import io.holisticos.testing.AsInProduction;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is kept of Sahha's data logs: who recorded what and when, once, and no more than a day needs. */
class SahhaDataLogStoreTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final UserId ANNA = new UserId("anna");
    private static final Set<String> OURS = Set.of("com.whoop.iphone", "whoop");
    private static final SahhaInboxStore.Delivery TIMES =
            new SahhaInboxStore.Delivery(NOW, Duration.ofSeconds(10), Duration.ofMinutes(10), OURS);

    /** As strict as the service's own. */
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Jdbi JDBI = AsInProduction.statements(Jdbi.create(SahhaTables.pool(SahhaTables.emptied())));

    private final SahhaStores stores = SahhaStores.in(JDBI, MAPPER, who -> {});
    private byte body;

    @BeforeEach
    void forget() {
        JDBI.useHandle(handle -> {
            handle.execute("truncate scores, biomarkers, sahha_inbox, sahha_refresh, sahha_data_log");
            handle.execute("insert into scores (id, profile_id) values (gen_random_uuid(), 'anna')");
            handle.execute("truncate sahha_revision, sahha_day_change");
        });
    }

    @Test
    void aLogIsKeptOnceHoweverOftenAndInWhateverOrderItComes() {
        List<SahhaDataLog> logs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            logs.add(steps(i, "com.example.synthetic"));
        }
        tell(ANNA, logs);
        List<String> kept = kept();

        for (int seed = 0; seed < 3; seed++) {
            Collections.shuffle(logs, new Random(seed));
            tell(ANNA, logs);
            tell(ANNA, logs.subList(0, 5));
        }

        assertThat(kept).hasSize(20);
        assertThat(kept()).isEqualTo(kept);
    }

    @Test
    void theSameBodyAgainIsNotReadAgain() {
        tell(ANNA, List.of(steps(1, "com.example.synthetic")));
        JDBI.useHandle(handle -> handle.execute("delete from sahha_data_log"));
        body--;

        tell(ANNA, List.of(steps(1, "com.example.synthetic")));

        assertThat(kept()).isEmpty();
    }

    @Test
    void nothingIsKeptOfAnIdWithoutRows() {
        tell(new UserId("stranger"), List.of(steps(1, "com.example.synthetic")));

        assertThat(kept()).isEmpty();
    }

    @Test
    void oneKindOfLogsLeavesRoomForTheOthersOfItsDay() {
        List<SahhaDataLog> many = new ArrayList<>();
        for (int i = 0; i < SahhaDataLogStore.MOST_OF_A_KIND + 30; i++) {
            many.add(steps(i, "com.example.synthetic"));
        }
        tell(ANNA, many.subList(0, 40));
        tell(ANNA, many);
        tell(ANNA, List.of(steps(0, "com.whoop.iphone")));

        assertThat(kept()).hasSize(SahhaDataLogStore.MOST_OF_A_KIND + 1).anyMatch(line -> line.contains("whoop"));
    }

    @Test
    void aDayHasAnEndEvenWhenDeliveriesComeAtTheSameTime() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(4);
        for (int sender = 0; sender < 4; sender++) {
            int from = sender * 10;
            senders.execute(() -> {
                for (int i = from; i < from + 10; i++) {
                    List<SahhaDataLog> logs = new ArrayList<>();
                    for (int nth = 0; nth < 40; nth++) {
                        logs.add(steps(nth, "source-" + i));
                    }
                    stores.inbox()
                            .save(
                                    new byte[] {9, (byte) i},
                                    List.of(new SahhaEvent("DataLogReceivedIntegrationEvent", ANNA, null, logs)),
                                    TIMES);
                }
            });
        }
        senders.shutdown();
        assertThat(senders.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

        assertThat(kept()).hasSize(SahhaDataLogStore.MOST_OF_A_DAY);
    }

    @Test
    void exerciseAndWhatASourceOfOursRecordedHaveRoomHoweverManyOthersCameBefore() {
        for (int source = 0; source < 12; source++) {
            List<SahhaDataLog> others = new ArrayList<>();
            for (int nth = 0; nth < SahhaDataLogStore.MOST_OF_A_KIND; nth++) {
                others.add(steps(nth, "watch-" + source));
            }
            tell(ANNA, others);
        }
        assertThat(kept()).hasSize(SahhaDataLogStore.MOST_OF_A_DAY);

        tell(ANNA, List.of(steps(1, "COM.whoop.iphone"), exercise(1, TODAY), steps(1, "one-more")));

        assertThat(kept())
                .hasSize(SahhaDataLogStore.MOST_OF_A_DAY + 2)
                .anyMatch(line -> line.contains("COM.whoop.iphone"))
                .anyMatch(line -> line.contains("exercise_session_running"));
        assertThat(changes()).containsExactly("refresh [" + TODAY + "]");
    }

    @Test
    void whatASourceOfOursRecordedInTheNightIsAChangeOfItsSleepDayToo() {
        LocalDate evening = TODAY.minusDays(1);
        LocalDate old = TODAY.minusDays(41);
        tell(ANNA, List.of(ofTheNight(evening, TODAY), ofTheNight(old, old.plusDays(1))));
        assertThat(changes())
                .containsExactly("refresh [" + old + ", " + old.plusDays(1) + ", " + evening + ", " + TODAY + "]");

        tell(ANNA, List.of(ofTheNight(evening, evening)));
        assertThat(changes()).hasSize(2).last().isEqualTo("refresh [" + evening + "]");

        stores.logs().prune(TODAY.minusDays(40), OURS);
        assertThat(changes()).hasSize(3).last().isEqualTo("deletion [" + old + ", " + old.plusDays(1) + "]");
    }

    private static SahhaDataLog ofTheNight(LocalDate day, LocalDate sleepDay) {
        Instant end = NOW.minusSeconds(sleepDay.equals(day) ? 9_000 : 3_000);
        return new SahhaDataLog(
                "oxygen", "oxygen_saturation", "com.whoop.iphone", day, sleepDay, NOW.minusSeconds(9_000), end);
    }

    @Test
    void whatIsTooOldIsPruned() {
        tell(ANNA, List.of(onDay(TODAY.minusDays(40)), onDay(TODAY.minusDays(41)), onDay(TODAY)));

        stores.logs().prune(TODAY.minusDays(40), OURS);

        assertThat(kept()).hasSize(2);
    }

    @Test
    void theRowsOfADayComeWithTheSourcesThatLogsName() {
        SahhaDataLog sleep = new SahhaDataLog(
                "sleep",
                "sleep_stage_deep",
                "com.whoop.iphone",
                TODAY,
                TODAY,
                NOW.minusSeconds(20_000),
                NOW.minusSeconds(9_000));
        SahhaDataLog again = new SahhaDataLog(
                "sleep",
                "sleep_stage_deep",
                "com.whoop.iphone",
                TODAY,
                TODAY,
                NOW.minusSeconds(9_000),
                NOW.minusSeconds(8_000));
        tell(ANNA, List.of(sleep, again, steps(1, "com.apple.health"), onDay(TODAY.minusDays(3))));
        stores.rows().save(SahhaKind.BIOMARKERS, ANNA, "recent", List.of(biomarker()), NOW, NOW);

        Held held = stores.rows().of(ANNA, new DayRange(TODAY.minusDays(1), TODAY), NOW);

        assertThat(held.biomarkers())
                .usingRecursiveComparison()
                .ignoringFields("data")
                .isEqualTo(whole());
        assertThat(held.biomarkers()).hasSize(1);
        assertThat(held.sources())
                .containsExactlyInAnyOrder(
                        new LoggedSource(TODAY, TODAY, "sleep", "sleep_stage_deep", "com.whoop.iphone"),
                        new LoggedSource(TODAY, TODAY, "activity", "steps", "com.apple.health"));
        assertThat(new RelayedSources(Map.of(new SourceName("whoop"), List.of("com.whoop.iphone")))
                        .byDay(held.sources())
                        .get(TODAY))
                .containsKeys(Metric.SLEEP_DURATION, Metric.SLEEP_REM)
                .doesNotContainKey(Metric.STEPS)
                .doesNotContainKey(Metric.HRV_RMSSD);
    }

    @ParameterizedTest
    @MethodSource("contents")
    void aRowOfADayIsAsReadableAsWithAllOfItsDataAndHasTheSameUnit(String data) {
        stores.rows().save(SahhaKind.BIOMARKERS, ANNA, "recent", List.of(biomarker()), NOW, NOW);
        JDBI.useHandle(handle -> handle.execute("update biomarkers set data = cast(? as jsonb)", data));

        List<String> held =
                units(stores.rows().of(ANNA, DayRange.of(TODAY), NOW).biomarkers());

        assertThat(held).isEqualTo(units(whole()));
    }

    private List<SahhaRow> whole() {
        return stores.rows()
                .of(ANNA, Period.parse(TODAY.toString()), Set.of(SahhaKind.BIOMARKERS), NOW)
                .biomarkers();
    }

    private static List<String> units(List<SahhaRow> rows) {
        return rows.stream()
                .filter(SahhaRow::isReadable)
                .map(SahhaDataLogStoreTest::unitOf)
                .toList();
    }

    /** Some of it PostgreSQL holds and Jackson refuses. */
    static Stream<Named<String>> contents() {
        String digits = "9".repeat(5_000);
        return Stream.of(
                Named.of("no object", "[{\"unit\":\"bpm\"}]"),
                Named.of("null", "null"),
                Named.of("nothing", "{}"),
                Named.of("the unit after others", "{\"a\":{\"unit\":\"ms\"},\"b\":[1,{}],\"unit\":\"bpm\",\"z\":1.50}"),
                Named.of("no text", "{\"unit\":{\"x\":[1]},\"value\":\"1\"}"),
                Named.of("a unit that is null", "{\"unit\":null}"),
                Named.of("ten thousand digits", "{\"unit\":\"bpm\",\"value\":" + digits + digits + "}"),
                Named.of("as many in a list", "{\"unit\":\"bpm\",\"x\":[{\"y\":0." + digits + digits + "}]}"),
                Named.of("deep nesting", "{\"unit\":\"bpm\",\"x\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}"),
                Named.of(
                        "other letters",
                        "{\"\u00fcnit\":\"\u2713\",\"unit\":\"\u00b0C\",\"t\":\"\\\"\\\\\ud83d\ude00\"}"));
    }

    /** As {@link MetricTable} reads it. */
    private static String unitOf(SahhaRow row) {
        return row.data().path("unit").asText("");
    }

    @Test
    void aDayChangesWhenASourceOfOursIsNamedThereForTheFirstTimeAndWithNothingElse() {
        tell(ANNA, List.of(steps(1, "com.apple.health"), steps(2, "com.apple.health")));
        assertThat(changes()).isEmpty();

        tell(ANNA, List.of(steps(1, "COM.whoop.iphone"), onDay(TODAY.minusDays(41), "whoop")));
        assertThat(changes()).containsExactly("refresh [" + TODAY.minusDays(41) + ", " + TODAY + "]");

        tell(ANNA, List.of(steps(1, "COM.whoop.iphone"), steps(2, "COM.whoop.iphone")));
        tell(new UserId("stranger"), List.of(steps(1, "whoop")));
        assertThat(changes()).hasSize(1);

        stores.logs().prune(TODAY.minusDays(40), OURS);
        stores.logs().prune(TODAY.minusDays(40), OURS);
        assertThat(changes()).hasSize(2).last().isEqualTo("deletion [" + TODAY.minusDays(41) + "]");
    }

    @Test
    void aDayChangesWithEveryLogOfExerciseWhoeverRecordedIt() {
        LocalDate old = TODAY.minusDays(41);
        tell(ANNA, List.of(exercise(1, TODAY), exercise(1, old)));
        tell(ANNA, List.of(exercise(1, TODAY)));
        assertThat(changes()).containsExactly("refresh [" + old + ", " + TODAY + "]");

        tell(ANNA, List.of(exercise(2, TODAY), exercise(1, TODAY)));
        assertThat(changes()).hasSize(2).last().isEqualTo("refresh [" + TODAY + "]");

        stores.logs().prune(TODAY.minusDays(40), OURS);
        assertThat(changes()).hasSize(3).last().isEqualTo("deletion [" + old + "]");
    }

    private List<String> changes() {
        ChangesAnswer answer = stores.changes().since(ANNA, 0, 100);
        return ((ChangesAnswer.Listed) answer)
                .changes().stream()
                        .map(change -> change.reason() + " " + change.days())
                        .toList();
    }

    private void tell(UserId who, List<SahhaDataLog> logs) {
        body++;
        stores.inbox()
                .save(
                        new byte[] {body},
                        List.of(new SahhaEvent("DataLogReceivedIntegrationEvent", who, null, logs)),
                        TIMES);
    }

    private static SahhaDataLog steps(int nth, String source) {
        Instant start = NOW.minusSeconds(60L * nth);
        return new SahhaDataLog("activity", "steps", source, TODAY, TODAY, start, start.plusSeconds(60));
    }

    private static SahhaDataLog exercise(int nth, LocalDate day) {
        Instant start = NOW.minusSeconds(3600L * nth);
        return new SahhaDataLog(
                "exercise",
                "exercise_session_running",
                "com.example.synthetic",
                day,
                day,
                start,
                start.plusSeconds(1800));
    }

    private static SahhaRecord biomarker() {
        return new SahhaRecord(
                SahhaKind.BIOMARKERS,
                "steps",
                "activity",
                "daily",
                "8140",
                null,
                NOW.minusSeconds(36_000),
                NOW,
                ZoneOffset.UTC,
                TODAY,
                null,
                JsonNodeFactory.instance.objectNode().put("value", "8140"));
    }

    private static SahhaDataLog onDay(LocalDate day) {
        return onDay(day, "com.example.synthetic");
    }

    private static SahhaDataLog onDay(LocalDate day, String source) {
        return new SahhaDataLog("heart", "heart_rate", source, day, day, NOW, NOW);
    }

    private static List<String> kept() {
        return JDBI.withHandle(handle -> handle.createQuery(
                        "select cast(row_to_json(kept) as text) from sahha_data_log kept order by 1")
                .mapTo(String.class)
                .list());
    }
}
