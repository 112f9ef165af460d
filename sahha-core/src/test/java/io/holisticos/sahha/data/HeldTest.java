package io.holisticos.sahha.data;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.DayRange;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.testing.TestDatabase;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is held of a member is read by one statement, whose cost does not depend on how much is stored of them. */
class HeldTest {

    private static final Instant NOW = Instant.parse("2025-07-12T10:00:00Z");
    private static final UserId WHO = new UserId("anna");
    private static final LocalDate TODAY = LocalDate.of(2025, 7, 12);

    /** How the newest observation was found when all of a member's records were looked at. */
    private static final String FROM_ALL_RECORDS = """
            select least(seen_at, :now) as at, utc_offset_seconds from (
                select start_at, utc_offset_seconds,
                       case when isfinite(source_created_at) then source_created_at else start_at end as seen_at
                from (
                    select score_date_time as start_at, source_created_at, utc_offset_seconds
                    from scores where profile_id = :who
                    union all
                    select start_date_time, source_created_at, utc_offset_seconds
                    from biomarkers where profile_id = :who
                ) records
                where start_at between timestamptz '0001-01-02 00:00:00Z' and :now
            ) seen
            order by utc_offset_seconds is null, start_at desc, seen_at desc, utc_offset_seconds desc limit 1""";

    private static TestDatabase database;
    private static Jdbi jdbi;

    private final List<String> statements = new ArrayList<>();
    private SahhaStores stores;

    @BeforeAll
    static void openDatabase() {
        database = SahhaTables.emptied();
        jdbi = database.jdbi();
    }

    @BeforeEach
    void forget() {
        jdbi.useHandle(handle -> handle.execute("truncate scores, biomarkers, archetypes, sahha_refresh"));
        Jdbi logged = Jdbi.create(database.dataSource());
        logged.setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                statements.add(String.valueOf(context.getRawSql()));
            }
        });
        stores = SahhaStores.in(logged, new ObjectMapper(), who -> {});
    }

    @Test
    void theNewestObservationIsTheOneThatAllRecordsTogetherTell() {
        String[] starts = {
            "2025-07-10T00:00:00Z",
            "2025-07-11T00:00:00Z",
            "2025-07-12T09:00:00Z",
            "2025-07-12T10:00:00Z",
            "2025-07-12T10:00:01Z",
            "2025-08-01T00:00:00Z",
            "infinity",
            "-infinity",
            "0001-01-01 00:00:00Z",
            "0001-01-02 00:00:00Z",
            null
        };
        String[] created = {
            null, "2025-07-11T03:00:00Z", "2025-07-12T09:30:00Z", "2025-07-13T00:00:00Z", "infinity", "-infinity"
        };
        Integer[] offsets = {null, 0, 3600, 43200, -18000};
        Random random = new Random(18);
        for (int round = 0; round < 300; round++) {
            int rows = random.nextInt(6);
            boolean anyOffset = random.nextInt(3) > 0;
            jdbi.useHandle(handle -> {
                handle.execute("truncate scores, biomarkers");
                for (int i = 0; i < rows; i++) {
                    String insert = random.nextBoolean()
                            ? "insert into scores (id, profile_id, score_date_time, source_created_at, utc_offset_seconds)"
                            : "insert into biomarkers (id, profile_id, start_date_time, source_created_at, utc_offset_seconds)";
                    handle.execute(
                            "set session_replication_role = replica"); // as the trigger of adopted tables left them
                    handle.createUpdate(insert
                                    + " values (gen_random_uuid(), 'anna', cast(:start as timestamptz),"
                                    + " cast(:created as timestamptz), cast(:offset as integer))")
                            .bind("start", starts[random.nextInt(starts.length)])
                            .bind("created", created[random.nextInt(created.length)])
                            .bind("offset", anyOffset ? offsets[random.nextInt(offsets.length)] : null)
                            .execute();
                    handle.execute("set session_replication_role = origin");
                }
            });

            assertThat(Optional.ofNullable(held().standing().lastSeen()))
                    .as("round " + round)
                    .isEqualTo(fromAllRecords());
            assertThat(stores.rows().lastSeen(WHO, NOW)).as("round " + round).isEqualTo(fromAllRecords());
        }
    }

    private static Optional<LastSeen> fromAllRecords() {
        return jdbi.withHandle(handle -> handle.createQuery(FROM_ALL_RECORDS)
                .bind("who", WHO.value())
                .bind("now", NOW.atOffset(UTC))
                .map((row, context) -> new LastSeen(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        SahhaDatabase.offset(row, row.findColumn("utc_offset_seconds"), context)))
                .findOne());
    }

    @Test
    void theNextRecordThatBeginsEndsTheNewestObservation() {
        store("2025-07-12T09:00:00Z");
        assertThat(held().standing().lastSeenUntil()).isEqualTo(Instant.MAX);

        store("2025-07-12T12:00:00Z");
        store("2025-07-12T11:00:00Z");
        assertThat(held().standing().lastSeenUntil()).isEqualTo("2025-07-12T11:00:00Z");
    }

    private static void store(String start) {
        jdbi.useHandle(handle -> handle.execute(
                "insert into scores (id, profile_id, type, score, data, score_date_time, utc_offset_seconds) values"
                        + " (gen_random_uuid(), 'anna', 'sleep', 0.5, cast(? as jsonb), cast(? as timestamptz), 0)",
                "{\"scoreDateTime\":\"" + start + "\"}",
                start));
    }

    @Test
    void aReadingIsOneStatement() {
        held();

        assertThat(statements).hasSize(1);
    }

    @Test
    void aReadingLooksAtAsManyPagesHoweverManyDaysAreStored() throws IOException {
        TreeSet<Long> pages = new TreeSet<>();
        for (int days : new int[] {30, 365, 1000}) {
            storeDays("days-" + days, days);
        }
        jdbi.useHandle(handle -> handle.execute("analyze scores, biomarkers, sahha_refresh"));
        held();
        for (int days : new int[] {30, 365, 1000}) {
            pages.add(pagesRead("days-" + days));
        }

        assertThat(pages.last() - pages.first()).as("a level of an index more").isLessThanOrEqualTo(12);
        assertThat(pages.last()).isLessThan(400);
    }

    /** A page counts each time that it is looked at, so that rows of one place cost as much as rows of many. */
    private long pagesRead(String who) throws IOException {
        String plan = jdbi.withHandle(
                handle -> handle.createQuery("explain (analyze, buffers, format json) " + statements.get(0))
                        .bind("who", who)
                        .bind("now", NOW.atOffset(UTC))
                        .bind("from", TODAY.minusDays(5))
                        .bind("to", TODAY)
                        .mapTo(String.class)
                        .one());
        JsonNode top = new ObjectMapper().readTree(plan).path(0).path("Plan");
        assertThat(plan).doesNotContain("\"Parallel Aware\": true");
        return top.path("Shared Hit Blocks").asLong()
                + top.path("Shared Read Blocks").asLong();
    }

    private static void storeDays(String who, int days) {
        jdbi.useHandle(handle -> {
            handle.execute("set session_replication_role = replica");
            handle.execute("""
                    insert into scores (id, profile_id, type, score, data, score_date_time, created_at, updated_at, day, utc_offset_seconds)
                    select md5(? || d || '-' || t)::uuid, ?, t, 0.5, '{}', timestamptz '2025-07-12 00:00Z' - d * interval '1 day',
                           '2025-07-12', '2025-07-12', date '2025-07-12' - d, 0
                    from generate_series(0, ? - 1) d, unnest(array['sleep', 'readiness', 'activity']) t""", who, who, days);
            handle.execute("""
                    insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time, created_at, updated_at,
                        day, utc_offset_seconds)
                    select md5(? || d || '-' || t)::uuid, ?, 'activity', 'type-' || t, '{"value":"1","unit":"count","periodicity":"daily"}',
                           timestamptz '2025-07-12 00:00Z' - d * interval '1 day', timestamptz '2025-07-12 23:59Z' - d * interval '1 day',
                           '2025-07-12', '2025-07-12', date '2025-07-12' - d, 0
                    from generate_series(0, ? - 1) d, generate_series(1, 15) t""", who, who, days);
            handle.execute("set session_replication_role = origin");
        });
    }

    private Held held() {
        return stores.rows().of(WHO, new DayRange(TODAY.minusDays(5), TODAY), NOW);
    }
}
