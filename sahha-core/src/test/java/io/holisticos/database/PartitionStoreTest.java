package io.holisticos.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** On the history of Sahha's rows, whose key includes the time that its partitions go by. */
class PartitionStoreTest {

    private static final Instant NOW = Instant.parse("2026-11-29T23:30:00Z");

    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final DataSource dataSource = database.dataSource();
    private final Jdbi jdbi = database.jdbi();
    private final PartitionStore partitions = new PartitionStore(jdbi, "sahha_history", "replaced_at");

    @Test
    void aRowIsTakenBeforeAnyMonthIsMade() {
        replaced("2026-11-29T10:00:00Z");

        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_rest", 1L));
    }

    @Test
    void thisMonthAndThreeMoreAreMade() {
        partitions.extend(NOW);

        assertThat(names())
                .containsExactly(
                        "sahha_history_2026_11",
                        "sahha_history_2026_12",
                        "sahha_history_2027_01",
                        "sahha_history_2027_02",
                        "sahha_history_rest");
        replaced("2026-11-30T23:59:59.999999Z");
        replaced("2026-12-01T00:00:00Z");
        replaced("2027-03-01T00:00:00Z");
        assertThat(rowsByPartition())
                .isEqualTo(Map.of("sahha_history_2026_11", 1L, "sahha_history_2026_12", 1L, "sahha_history_rest", 1L));
    }

    @Test
    void rowsOfBeforeStayWhereTheyAreAndTheirTableBecomesThePartitionOfTheirTime() {
        replaced("2025-01-05T10:00:00Z");
        replaced("2026-11-29T10:00:00Z");

        partitions.extend(NOW);

        replaced("2026-12-31T10:00:00Z");
        replaced("2027-01-01T10:00:00Z");
        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_until_2027_01", 3L, "sahha_history_2027_01", 1L));
        assertThat(replaced("2025-01-05T10:00:00Z"))
                .as("rows, the same one again")
                .isZero();
    }

    @Test
    void whatALargeTableHoldsIsProvenWhileOthersWrite() throws Exception {
        PartitionStore large = new PartitionStore(jdbi, "sahha_history", "replaced_at", 0);
        jdbi.useHandle(handle -> handle.execute("""
                insert into sahha_history (kind, row_id, profile_id, replaced_at)
                select 'scores', g, 'anna', timestamptz '2026-01-01Z' + g * interval '1 minute' from generate_series(1, 100000) g"""));
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<Integer> written = writer.submit(() -> {
            int rows = 0;
            do {
                rows += replaced(NOW.plusMillis(rows).toString());
            } while (!ended.get());
            return rows;
        });

        large.extend(NOW);
        ended.set(true);
        int rows = written.get();
        writer.shutdown();

        assertThat(names()).startsWith("sahha_history_2027_01").contains("sahha_history_until_2027_01");
        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_until_2027_01", 100_000L + rows));
        assertThat(checks()).isEmpty();
    }

    @Test
    void monthsThatNobodyMadeInTimeAreMadeOfTheRest() {
        partitions.extend(NOW);
        replaced("2027-04-10T10:00:00Z");

        partitions.extend(Instant.parse("2027-06-15T10:00:00Z"));

        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_until_2027_08", 1L));
        assertThat(names()).contains("sahha_history_2027_02", "sahha_history_2027_08", "sahha_history_2027_09");
    }

    @Test
    void aRowOfATimeThatIsCoveredByNoneStaysInTheRest() {
        partitions.extend(NOW);
        replaced("2100-01-01T00:00:00Z");
        partitions.extend(Instant.parse("2026-12-15T00:00:00Z"));
        partitions.extend(Instant.parse("2027-01-15T00:00:00Z"));

        replaced("2027-01-15T00:00:00Z");

        assertThat(rowsByPartition()).containsEntry("sahha_history_2027_01", 1L);
        assertThat(rowsByPartition().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void makingMonthsAgainAndOnSeveralReplicasAtOnceChangesNothing() throws Exception {
        replaced("2026-11-01T10:00:00Z");
        ExecutorService replicas = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(replicas.submit(() -> partitions.extend(NOW)));
        }
        for (Future<?> one : all) {
            one.get();
        }
        replicas.shutdown();
        List<String> names = names();

        partitions.extend(NOW);

        assertThat(names()).isEqualTo(names).hasSize(4);
    }

    @Test
    void monthsThatAreOverForTheTimeToKeepAreDropped() {
        partitions.extend(Instant.parse("2026-01-10T00:00:00Z"));
        replaced("2026-01-10T00:00:00Z");
        replaced("2026-02-10T00:00:00Z");
        replaced("2026-02-20T00:00:00Z");
        replaced("2026-03-10T00:00:00Z");

        partitions.drop(Instant.parse("2026-02-15T00:00:00Z"));
        assertThat(rowsByPartition())
                .as("a month goes when all of it is too old")
                .isEqualTo(Map.of("sahha_history_2026_02", 2L, "sahha_history_2026_03", 1L));

        partitions.drop(Instant.parse("2026-03-01T00:00:00Z"));
        assertThat(names()).doesNotContain("sahha_history_2026_01", "sahha_history_2026_02");
        replaced("2026-02-10T00:00:00Z");
        assertThat(rowsByPartition()).containsEntry("sahha_history_rest", 1L);
    }

    @Test
    void olderRowsInAPartitionOfManyMonthsAreDeleted() {
        replaced("2025-01-05T10:00:00Z");
        replaced("2026-11-29T10:00:00Z");
        partitions.extend(NOW);

        partitions.drop(Instant.parse("2026-02-15T00:00:00Z"));

        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_until_2027_01", 1L));
        partitions.drop(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(names()).doesNotContain("sahha_history_until_2027_01");
    }

    @Test
    void whatAKilledProcessLeftBehindRefusesNoRow() {
        partitions.extend(NOW);
        jdbi.useHandle(
                handle -> handle.execute(
                        "alter table sahha_history_rest add constraint sahha_history_rest_until check (replaced_at < '2027-01-01Z') not valid"));

        partitions.extend(NOW);

        replaced("2027-08-01T00:00:00Z");
        assertThat(checks()).isEmpty();
    }

    @Test
    void aVersionThatDeletesByDateStillDoes() {
        partitions.extend(NOW);
        replaced("2026-11-29T10:00:00Z");
        replaced("2026-12-29T10:00:00Z");

        int gone = jdbi.withHandle(handle -> handle.execute(
                "delete from sahha_history where replaced_at < ?",
                Instant.parse("2026-12-01T00:00:00Z").atOffset(ZoneOffset.UTC)));

        assertThat(gone).isOne();
    }

    @Test
    void aRoleThatDoesNotOwnTheTableDeletesRowsInstead() {
        partitions.extend(Instant.parse("2026-01-10T00:00:00Z"));
        replaced("2026-01-10T00:00:00Z");
        replaced("2026-02-10T00:00:00Z");
        List<String> names = names();
        PartitionStore guest =
                as("guest_of_history", 64 << 20, "grant select, insert, delete on sahha_history to guest_of_history");

        guest.extend(NOW);
        guest.drop(Instant.parse("2026-02-01T00:00:00Z"));

        assertThat(names()).isEqualTo(names);
        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_2026_02", 1L));
    }

    @Test
    void aRoleThatMayCallTheFunctionsKeepsMonthsThatItDoesNotOwn() {
        replaced("2025-12-10T00:00:00Z");
        PartitionStore reader = as("keeper_of_history", 0, """
                grant select, insert, delete on sahha_history, sahha_history_rest to keeper_of_history;
                grant execute on function partition_add, partition_drop, partition_bound, partition_prove, partition_unbound,
                    partition_of_rest to keeper_of_history""");

        reader.extend(Instant.parse("2026-01-10T00:00:00Z"));
        replaced("2026-03-10T00:00:00Z");
        assertThat(names()).contains("sahha_history_until_2026_03", "sahha_history_2026_04", "sahha_history_rest");

        reader.drop(Instant.parse("2026-03-01T00:00:00Z"));
        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_2026_03", 1L));
        assertThat(names()).doesNotContain("sahha_history_until_2026_03");
        reader.drop(Instant.parse("2026-03-20T00:00:00Z"));
        assertThat(rowsByPartition()).as("rows of a month that goes on").hasSize(1);
        assertThat(texts("select distinct pg_get_userbyid(relowner) from pg_class where relname like 'sahha_history%'"))
                .containsExactly("postgres");
    }

    @Test
    void takingPartitionsBackKeepsEveryRowAndWorksWithoutThem() {
        replaced("2026-11-29T10:00:00Z");
        partitions.extend(NOW);
        replaced("2027-01-29T10:00:00Z");
        replaced("2099-01-29T10:00:00Z");

        jdbi.useHandle(handle -> handle.execute("select sahha_unpartition('sahha_history')"));

        assertThat(names()).isEmpty();
        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history", 3L));
        partitions.extend(NOW);
        partitions.drop(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history", 2L));
        jdbi.useHandle(handle -> handle.execute("select sahha_partition('sahha_history', 'replaced_at')"));
        assertThat(rowsByPartition()).isEqualTo(Map.of("sahha_history_rest", 2L));
    }

    /** The partitions as kept by another role than the owner of the table. */
    private PartitionStore as(String role, long small, String grants) {
        jdbi.useHandle(handle -> {
            handle.execute("do $$ begin create role " + role + "; exception when duplicate_object then null; end $$");
            handle.execute(grants);
        });
        Jdbi others = Jdbi.create(() -> {
            var connection = dataSource.getConnection();
            try (var statement = connection.createStatement()) {
                statement.execute("set role " + role);
            }
            return connection;
        });
        return new PartitionStore(others, "sahha_history", "replaced_at", small);
    }

    /** As the service saves a replaced version. Returns whether it was new. */
    private int replaced(String at) {
        return jdbi.withHandle(handle -> handle.execute(
                "insert into sahha_history (kind, row_id, profile_id, replaced_at) values ('scores', '1', 'anna', ?)"
                        + " on conflict (kind, row_id, replaced_at) do nothing",
                Instant.parse(at).atOffset(ZoneOffset.UTC)));
    }

    private List<String> names() {
        return texts(
                "select inhrelid::regclass::text from pg_inherits where inhparent = to_regclass('sahha_history') order by 1");
    }

    private List<String> checks() {
        return texts(
                "select conname from pg_constraint where contype = 'c' and conrelid::regclass::text like 'sahha_history%'");
    }

    private List<String> texts(String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(String.class).list());
    }

    private Map<String, Long> rowsByPartition() {
        return jdbi.withHandle(handle -> {
            Map<String, Long> rows = new TreeMap<>();
            handle.createQuery(
                            "select tableoid::regclass::text as part, count(*) as rows from sahha_history group by 1")
                    .map((row, context) -> rows.put(row.getString("part"), row.getLong("rows")))
                    .list();
            return rows;
        });
    }
}
