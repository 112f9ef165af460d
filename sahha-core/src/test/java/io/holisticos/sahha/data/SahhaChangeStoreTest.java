package io.holisticos.sahha.data;

import static java.time.ZoneOffset.UTC;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.ChangesAnswer.Forgotten;
import io.holisticos.health.ChangesAnswer.Listed;
import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.RecordDecoder;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.testing.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever changes a member's days counts, whoever does it, and nothing else does. */
class SahhaChangeStoreTest {

    private static final Instant NOW = Instant.parse("2025-07-12T10:00:00Z");
    private static final LocalDate TENTH = LocalDate.of(2025, 7, 10);
    private static final LocalDate ELEVENTH = LocalDate.of(2025, 7, 11);
    private static final ObjectMapper MAPPER =
            Jackson.newObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static Jdbi jdbi;
    private static int members;

    private final RecordDecoder decoder = new RecordDecoder(new MetricRegistry());
    private SahhaStores stores;
    private UserId who;

    @BeforeAll
    static void openDatabase() {
        TestDatabase database = SahhaTables.emptied();
        jdbi = database.jdbi();
    }

    @BeforeEach
    void anotherMember() {
        stores = SahhaStores.in(jdbi, MAPPER, who -> {});
        who = new UserId("change-member-" + members++);
        jdbi.useHandle(handle -> {
            handle.execute("insert into sahha_refresh values (?, 'scores', 'recent', ?)", who(), NOW.atOffset(UTC));
            handle.execute("insert into sahha_refresh values (?, 'biomarkers', 'recent', ?)", who(), NOW.atOffset(UTC));
            handle.execute("delete from sahha_day_change where profile_id = ?", who());
            handle.execute("delete from sahha_revision where profile_id = ?", who());
        });
    }

    @Test
    void whatAFetchBringsIsOneChangeWithItsDaysAndMetrics() {
        fetch(steps("2025-07-10", "8000"), steps("2025-07-11", "9000"));

        assertThat(revision()).isEqualTo(1);
        assertThat(all()).containsExactly(Change.of(1, List.of(TENTH, ELEVENTH), List.of(Metric.STEPS), "refresh"));
    }

    @Test
    void theSameFetchedAgainIsNoChange() {
        fetch(steps("2025-07-10", "8000"));
        fetch(steps("2025-07-10", "8000"));

        assertThat(revision()).isEqualTo(1);
    }

    @Test
    void anotherIdAndTimeOfCalculationWithTheSameValueAreNoChange() {
        fetchScore("a", "0.7", "2025-07-10T09:00:00+00:00");
        fetchScore("b", "0.7", "2025-07-10T11:00:00+00:00");

        assertThat(revision()).isEqualTo(1);

        fetchScore("c", "0.8", "2025-07-10T12:00:00+00:00");

        assertThat(revision()).isEqualTo(2);
        assertThat(since(1)).containsExactly(Change.of(2, List.of(TENTH), List.of(), "refresh"));
    }

    @Test
    void anotherNightCanChangeEveryMetricOfItsDay() {
        fetch(biomarker("sleep", "sleep_start_time", "2025-07-09T22:00:00+00:00"));

        assertThat(all())
                .containsExactly(Change.of(1, List.of(TENTH), Metric.providedBy(new SourceName("sahha")), "refresh"));
    }

    @Test
    void whatHasNoMetricAndIsNoScoreCanBeOfWorkouts() {
        fetch(steps("2025-07-10", "8000"), biomarker("exercise", "exercise_duration", "45"));

        assertThat(all())
                .containsExactly(Change.of(1, List.of(TENTH), List.of(Metric.STEPS), "refresh")
                        .withWorkouts());
    }

    @Test
    void daysThatChangedOtherwiseThanInTheirRowsChangedInEverything() {
        jdbi.useHandle(
                handle -> handle.execute("select sahha_note_days(?, 'refresh', array[date '2025-07-10'])", who()));

        assertThat(all())
                .containsExactly(Change.of(1, List.of(TENTH), Metric.providedBy(new SourceName("sahha")), "refresh")
                        .withWorkouts());
    }

    @Test
    void aValueIsToldOnItsDayAlone() {
        fetch(steps("2025-07-10", "8000"), steps("2025-07-11", "9000"));
        fetch(steps("2025-07-10", "8000"), steps("2025-07-11", "9100"));

        assertThat(since(1)).containsExactly(Change.of(2, List.of(ELEVENTH), List.of(Metric.STEPS), "refresh"));
    }

    @Test
    void anEditByHandCountsAndOneThatSaysTheSameDoesNot() {
        fetch(steps("2025-07-10", "8000"));

        jdbi.useHandle(handle -> {
            handle.execute(
                    "update biomarkers set updated_at = updated_at + interval '1 hour' where profile_id = ?", who());
            handle.execute("update biomarkers set data = jsonb_set(data, '{id}', '\"x\"') where profile_id = ?", who());
        });
        assertThat(revision()).isEqualTo(1);

        jdbi.useHandle(handle -> handle.execute(
                "update biomarkers set data = jsonb_set(data, '{value}', '\"8001\"') where profile_id = ?", who()));
        assertThat(since(1)).containsExactly(Change.of(2, List.of(TENTH), List.of(Metric.STEPS), "edit"));

        jdbi.useHandle(handle -> handle.execute("delete from biomarkers where profile_id = ?", who()));
        assertThat(since(2)).containsExactly(Change.of(3, List.of(TENTH), List.of(Metric.STEPS), "deletion"));
    }

    @Test
    void aRowThatMovesToAnotherDayIsToldOnBoth() {
        fetch(steps("2025-07-10", "8000"));

        jdbi.useTransaction(handle -> {
            handle.execute("select set_config('sahha.writer', 'unified-health', true)");
            handle.execute("update biomarkers set day = '2025-07-11' where profile_id = ?", who());
        });

        assertThat(since(1)).containsExactly(Change.of(2, List.of(TENTH, ELEVENTH), List.of(Metric.STEPS), "refresh"));
    }

    @Test
    void anotherTimeOfOneOfTwoRowsOfADayCountsBecauseTheNewestIsShown() {
        fetch(steps("2025-07-10", "8000"));
        jdbi.useTransaction(handle -> {
            handle.execute("select set_config('sahha.writer', 'unified-health', true)");
            handle.execute("""
                    insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time, created_at,
                        updated_at, day, recorded_at, fetch_begun_at)
                    select gen_random_uuid(), profile_id, category, type, jsonb_set(data, '{value}', '"1"'),
                        start_date_time + interval '1 hour', end_date_time, created_at, updated_at, day, recorded_at,
                        fetch_begun_at - interval '1 day'
                    from biomarkers where profile_id = ?""", who());
        });
        assertThat(revision()).isEqualTo(2);

        jdbi.useTransaction(handle -> {
            handle.execute("select set_config('sahha.writer', 'unified-health', true)");
            handle.execute(
                    "update biomarkers set fetch_begun_at = fetch_begun_at + interval '2 days'"
                            + " where profile_id = ? and data->>'value' = '1'",
                    who());
        });

        assertThat(since(2)).extracting(Change::days).containsExactly(new TreeSet<>(List.of(TENTH)));
    }

    @Test
    void rowsThatNoDayShowsAreNoChange() {
        jdbi.useTransaction(handle -> {
            handle.execute("select set_config('sahha.writer', 'unified-health', true)");
            handle.execute("""
                    insert into scores (id, profile_id, type, score, score_date_time, recorded_at)
                    values (gen_random_uuid(), ?, 'sleep', 0.5, '-infinity', '2025-07-10T09:00:00Z')""", who());
        });

        assertThat(revision()).isZero();
        assertThat(all()).isEmpty();
    }

    @Test
    void aTransactionThatIsTakenBackWasNoChange() {
        fetch(steps("2025-07-10", "8000"));

        jdbi.useTransaction(handle -> {
            handle.execute("delete from biomarkers where profile_id = ?", who());
            handle.rollback();
        });

        assertThat(revision()).isEqualTo(1);
        assertThat(rows("sahha_noted_change")).isZero();
    }

    @Test
    void truncatingATableIsAChangeOfEveryDayOfEverybodyInIt() {
        fetch(steps("2025-07-10", "8000"));

        jdbi.useTransaction(handle -> {
            handle.execute("truncate biomarkers");
            assertThat(handle.createQuery("""
                            select revision || ' ' || reason || coalesce(days::text, ' every day') from sahha_day_change
                            where profile_id = :who order by revision desc limit 1""")
                            .bind("who", who())
                            .mapTo(String.class)
                            .one())
                    .isEqualTo("2 deletion every day");
            handle.rollback();
        });
    }

    @Test
    void aLogThatSomebodyElseWritesMovesOrDeletesIsAChangeOfItsDays() {
        jdbi.useHandle(handle -> handle.execute(
                "insert into sahha_data_log values (?, '2025-07-10', '2025-07-11', 'exercise',"
                        + " 'running', 'whoop', '2025-07-10T17:00Z', '2025-07-10T19:00Z', '2025-07-10T20:00Z')",
                who()));
        assertThat(daysSince(0)).isEqualTo("1 edit 2025-07-10 2025-07-11");

        jdbi.useHandle(
                handle -> handle.execute("update sahha_data_log set source = source where profile_id = ?", who()));
        assertThat(revision()).as("the same as before").isEqualTo(1);

        jdbi.useHandle(handle -> handle.execute(
                "update sahha_data_log set day = '2025-07-09', sleep_day = '2025-07-09' where profile_id = ?", who()));
        assertThat(daysSince(1)).isEqualTo("2 edit 2025-07-09 2025-07-10 2025-07-11");

        jdbi.useHandle(handle -> handle.execute("delete from sahha_data_log where profile_id = ?", who()));
        assertThat(daysSince(2)).isEqualTo("3 deletion 2025-07-09");
    }

    /** The changes after a revision, each by its revision, reason and days. */
    private String daysSince(long revision) {
        return ((Listed) stores.changes().since(who, revision, 100))
                .changes().stream()
                        .map(change -> change.revision() + " " + change.reason() + " "
                                + change.days().stream()
                                        .map(LocalDate::toString)
                                        .collect(joining(" ")))
                        .collect(joining(", "));
    }

    /** Two transactions that change two members in opposite orders would wait in a circle if each change took a lock. */
    @Test
    void transactionsThatChangeTheSameMembersInAnyOrderDoNotWaitForEachOther() throws Exception {
        UserId first = who;
        fetch(steps("2025-07-10", "8000"));
        anotherMember();
        UserId second = who;
        fetch(steps("2025-07-10", "8000"));
        CountDownLatch bothHalfDone = new CountDownLatch(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> one = threads.submit(() -> insertExtraRows(first, second, bothHalfDone));
            Future<?> other = threads.submit(() -> insertExtraRows(second, first, bothHalfDone));
            one.get(20, TimeUnit.SECONDS);
            other.get(20, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }

        assertThat(stores.rows()
                        .of(first, DayRange.of(LocalDate.of(2025, 7, 10)), NOW)
                        .standing()
                        .revision())
                .isEqualTo(3);
        assertThat(stores.rows()
                        .of(second, DayRange.of(LocalDate.of(2025, 7, 10)), NOW)
                        .standing()
                        .revision())
                .isEqualTo(3);
    }

    private static void insertExtraRows(UserId one, UserId other, CountDownLatch bothHalfDone) {
        jdbi.useTransaction(handle -> {
            insertExtraRow(handle, one);
            bothHalfDone.countDown();
            try {
                assertThat(bothHalfDone.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            insertExtraRow(handle, other);
        });
    }

    private static void insertExtraRow(Handle handle, UserId who) {
        handle.execute("select set_config('sahha.writer', 'unified-health', true)");
        handle.execute("""
                insert into scores (id, profile_id, type, score, data, score_date_time, created_at, updated_at, day, recorded_at)
                values (gen_random_uuid(), ?, 'sleep', 0.5, '{}', clock_timestamp(), '2025-07-10T09:00:00Z',
                    '2025-07-10T09:00:00Z', '2025-07-10', '2025-07-10T09:00:00Z')""", who.value());
    }

    @Test
    void aListIsReadInPartsThatNeverPartARevision() {
        fetch(steps("2025-07-10", "1"));
        fetch(steps("2025-07-10", "2"));
        jdbi.useTransaction(handle -> {
            handle.execute(
                    "update biomarkers set data = jsonb_set(data, '{value}', '\"3\"') where profile_id = ?", who());
            handle.execute("delete from biomarkers where profile_id = ?", who());
        });

        Listed part = (Listed) stores.changes().since(who, Change.OLDEST_KEPT, 2);
        Listed rest = (Listed) stores.changes().since(who, part.revision(), 1);

        assertThat(part.changes()).extracting(Change::revision).containsExactly(1L, 2L);
        assertThat(part.more()).isTrue();
        assertThat(rest.changes()).extracting(Change::reason).containsExactlyInAnyOrder("edit", "deletion");
        assertThat(rest.changes()).extracting(Change::revision).containsOnly(3L);
        assertThat(rest.more()).isFalse();
        assertThat(stores.changes().since(who, 3, 1)).isEqualTo(new Listed(List.of(), 3, false));
    }

    @Test
    void whatIsOlderThanTheListIsForgottenAndTheNewestRevisionNeverIs() {
        fetch(steps("2025-07-10", "1"));
        fetch(steps("2025-07-10", "2"));
        Instant seen = NOW;
        stores.changes().prune(seen.minus(Duration.ofDays(30)), seen);
        fetch(steps("2025-07-10", "3"));
        Instant later = seen.plus(Duration.ofDays(31));

        stores.changes().prune(later.minus(Duration.ofDays(30)), later);

        assertThat(stores.changes().since(who, 0, 10)).isEqualTo(new Forgotten());
        assertThat(stores.changes().since(who, 1, 10)).isEqualTo(new Forgotten());
        assertThat(since(2)).extracting(Change::revision).containsExactly(3L);
        assertThat(all()).extracting(Change::revision).containsExactly(3L);

        Instant muchLater = later.plus(Duration.ofDays(31));
        stores.changes().prune(muchLater.minus(Duration.ofDays(30)), muchLater);

        assertThat(revision()).isEqualTo(3);
        assertThat(stores.changes().since(who, 2, 10)).isEqualTo(new Forgotten());
        assertThat(stores.changes().since(who, 3, 10)).isEqualTo(new Listed(List.of(), 3, false));
        assertThat(stores.changes().since(who, Change.OLDEST_KEPT, 10)).isEqualTo(new Listed(List.of(), 3, false));
    }

    @Test
    void aClockThatWentBackLeavesNoGapInTheList() {
        fetch(steps("2025-07-10", "1"));
        stores.changes().prune(NOW.minus(Duration.ofDays(30)), NOW);
        fetch(steps("2025-07-10", "2"));
        Instant before = NOW.minus(Duration.ofHours(1));
        stores.changes().prune(before.minus(Duration.ofDays(30)), before);

        stores.changes().prune(NOW, NOW);

        assertThat(stores.changes().since(who, 0, 10)).isEqualTo(new Forgotten());
        assertThat(stores.changes().since(who, 1, 10)).isEqualTo(new Forgotten());
    }

    @Test
    void aRevisionThatNeverWasIsForgottenToo() {
        assertThat(stores.changes().since(who, 7, 10)).isEqualTo(new Forgotten());
        assertThat(stores.changes().since(who, 0, 10)).isEqualTo(new Listed(List.of(), 0, false));
    }

    private String who() {
        return who.value();
    }

    private long revision() {
        return stores.rows()
                .of(who, DayRange.of(LocalDate.of(2025, 7, 10)), NOW)
                .standing()
                .revision();
    }

    private List<Change> all() {
        return since(Change.OLDEST_KEPT);
    }

    private List<Change> since(long revision) {
        ChangesAnswer answer = stores.changes().since(who, revision, 100);
        return ((Listed) answer).changes();
    }

    private long rows(String table) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Long.class)
                .one());
    }

    private static String steps(String day, String value) {
        return """
                {"id":"a","category":"activity","type":"steps","periodicity":"daily","aggregation":"total","value":"%s",
                 "unit":"count","valueType":"integer","startDateTime":"%sT00:00:00+00:00","endDateTime":"%sT23:59:59+00:00"}""".formatted(value, day, day);
    }

    private static String biomarker(String category, String type, String value) {
        return """
                {"id":"b","category":"%s","type":"%s","periodicity":"daily","aggregation":"none","value":"%s","unit":"none",
                 "valueType":"string","startDateTime":"2025-07-10T00:00:00+00:00","endDateTime":"2025-07-10T23:59:59+00:00"}""".formatted(category, type, value);
    }

    private void fetch(String... biomarkers) {
        save(SahhaKind.BIOMARKERS, "[" + String.join(",", biomarkers) + "]");
    }

    private void fetchScore(String id, String score, String createdAt) {
        save(SahhaKind.SCORES, """
                [{"id":"%s","type":"sleep","state":"high","score":%s,"factors":[],"dataSources":["sleep"],
                  "scoreDateTime":"2025-07-10T00:00:00+00:00","createdAtUtc":"%s","version":1}]""".formatted(id, score, createdAt));
    }

    private void save(SahhaKind kind, String records) {
        try {
            stores.rows().save(kind, who, "recent", decoder.decode(kind, MAPPER.readTree(records)), NOW, NOW);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
