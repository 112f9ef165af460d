package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both changelogs go forward, all the way back and forward again, on nothing and on what the service wrote. */
class MigrationsTest {

    private static final String BOOKKEEPING = "databasechangelog.*";

    @ParameterizedTest
    @ValueSource(strings = {Migrations.SAHHA_CHANGELOG, Migrations.WHOOP_CHANGELOG})
    void forwardBackAndForwardOnAnEmptyDatabase(String changelog) throws Exception {
        TestDatabase database = TestDatabase.empty();

        Migrations.update(database.dataSource(), changelog);
        List<String> tables = tables(database);
        List<String> columns = columns(database);
        rollBackAll(database, changelog);

        assertThat(tables).hasSizeGreaterThan(4);
        assertThat(tables(database)).isEmpty();
        Migrations.update(database.dataSource(), changelog);
        assertThat(columns(database)).isEqualTo(columns);
    }

    @ParameterizedTest
    @ValueSource(strings = {Migrations.SAHHA_CHANGELOG, Migrations.WHOOP_CHANGELOG})
    void migratingTwiceChangesNothing(String changelog) throws Exception {
        TestDatabase database = TestDatabase.migratedBy(changelog);
        Map<String, Long> rows = Rows.of(database);

        Migrations.update(database.dataSource(), changelog);

        assertThat(Rows.of(database)).isEqualTo(rows);
        assertThat(Migrations.missing(database.dataSource(), changelog)).isZero();
    }

    @Test
    void backAndForwardOnWhatTheServiceWrote() throws Exception {
        House house = House.open();
        try {
            house.connect("demo-anna");
            assertThat(house.get("/api/v1/unified-health/overview/demo-anna").statusCode())
                    .isEqualTo(200);
        } finally {
            house.close();
        }
        TestDatabase whoop = house.whoopDatabase();
        TestDatabase sahha = house.sahhaDatabase();
        assertThat(Rows.of(whoop)).containsEntry("whoop_connection", 1L);
        long scores = Rows.of(sahha).get("scores");
        assertThat(scores).isPositive();
        List<String> whoopColumns = columns(whoop);
        List<String> sahhaColumns = columns(sahha);

        rollBackAll(whoop, Migrations.WHOOP_CHANGELOG);
        rollBackAll(sahha, Migrations.SAHHA_CHANGELOG);
        assertThat(tables(whoop)).isEmpty();
        Migrations.update(whoop.dataSource(), Migrations.WHOOP_CHANGELOG);
        Migrations.update(sahha.dataSource(), Migrations.SAHHA_CHANGELOG);

        assertThat(columns(whoop)).isEqualTo(whoopColumns);
        assertThat(columns(sahha)).containsAll(sahhaColumns);
        assertThat(Rows.of(sahha))
                .as("rows of the entry point are never dropped")
                .containsEntry("scores", scores);
    }

    @Test
    void theHealthCheckSaysWhatIsMissing() throws Exception {
        TestDatabase database = TestDatabase.empty();
        MigrationsCheck check = new MigrationsCheck(Map.of(Migrations.WHOOP_CHANGELOG, database.dataSource()));

        var before = check.execute();
        Migrations.update(database.dataSource(), Migrations.WHOOP_CHANGELOG);
        var after = check.execute();

        assertThat(before.isHealthy()).isFalse();
        assertThat(before.getMessage()).contains(Migrations.WHOOP_CHANGELOG).contains("have not run");
        assertThat(after.isHealthy()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {Migrations.SAHHA_CHANGELOG, Migrations.WHOOP_CHANGELOG})
    void theHealthCheckSaysThatASingleOneIsMissing(String changelog) throws Exception {
        TestDatabase database = TestDatabase.migratedBy(changelog);
        rollBack(database, changelog, 1);
        MigrationsCheck check = new MigrationsCheck(Map.of(changelog, database.dataSource()));

        assertThat(check.execute().isHealthy()).isFalse();
        assertThat(check.execute().getMessage()).contains("1 change sets have not run");
        assertThat(check.of(changelog).execute().isHealthy()).isFalse();
        assertThat(Migrations.missing(database.dataSource(), changelog)).isEqualTo(1);
    }

    private static void rollBackAll(TestDatabase database, String changelog) throws Exception {
        rollBack(database, changelog, Integer.MAX_VALUE);
    }

    private static void rollBack(TestDatabase database, String changelog, int most) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Liquibase liquibase =
                        new Liquibase(changelog, new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            int all = liquibase.getDatabase().getRanChangeSetList().size();
            liquibase.rollback(Math.min(all, most), new Contexts(), new LabelExpression());
        }
    }

    private static List<String> tables(TestDatabase database) {
        return database.jdbi().withHandle(Rows::tables).stream()
                .filter(table -> !table.matches(BOOKKEEPING))
                .toList();
    }

    /** Without partitions, which the service makes month by month. */
    private static List<String> columns(TestDatabase database) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery("""
                        select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                        from information_schema.columns where table_schema = 'public'
                        and not exists (select from pg_class
                            where oid = to_regclass(quote_ident(table_name)) and relispartition)
                        order by 1""").mapTo(String.class).list());
    }
}
