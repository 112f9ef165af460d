package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forward, backward and forward again: on nothing, on our own rows, and on what the former service leaves. */
class SahhaMigrationsTest {

    private static final List<String> OLD_TABLES = List.of("profiles", "scores", "biomarkers", "archetypes");

    @Test
    void anEmptyDatabaseGoesForwardAndBackToNothing() throws Exception {
        TestDatabase database = TestDatabase.empty();

        migrate(database);
        rollBackAll(database);

        assertThat(tables(database.jdbi())).isEmpty();
        migrate(database);
        assertThat(tables(database.jdbi())).containsAll(OLD_TABLES);
    }

    @Test
    void aRollbackNeverDropsRowsOfOurOwn() throws Exception {
        TestDatabase database = TestDatabase.empty();
        migrate(database);
        database.jdbi()
                .useHandle(
                        handle -> handle.execute(
                                "insert into scores (id, profile_id, type, score, data, score_date_time, created_at, updated_at) values"
                                        + " ('1', 'anna', 'sleep', 0.89, '{}', '2025-08-14T00:00:00Z', '2025-08-14T00:00:00Z', '2025-08-14T00:00:00Z')"));

        rollBackAll(database);
        assertThat(tables(database.jdbi())).containsExactly("scores");
        migrate(database);

        assertThat(store(database)
                        .rows(Kind.SCORES, new UserId("anna"), LocalDate.of(2025, 8, 14), LocalDate.of(2025, 8, 14)))
                .hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"old-service.sql", "old-service-in-text.sql", "old-service-strict.sql"})
    void whatTheFormerServiceLeavesIsAdoptedAndGivenBack(String dump) throws Exception {
        TestDatabase database = TestDatabase.empty();
        restore(database, dump);
        Map<String, List<Map<String, Object>>> before = contents(database.jdbi());
        List<String> columnsBefore = columns(database.jdbi());

        migrate(database);

        SahhaStore store = store(database);
        UserId anna = new UserId("11111111-1111-4111-8111-111111111111");
        LocalDate day = LocalDate.of(2025, 8, 14);
        assertThat(store.holdsAnything(anna)).isTrue();
        assertThat(new DayRows(store.rows(Kind.SCORES, anna, day, day), List.of()).score("sleep"))
                .hasValueSatisfying(score -> assertThat(score).isEqualByComparingTo("0.89"));
        assertThat(store.wholeRows(Kind.BIOMARKERS, anna, null, null, 1000))
                .as("rows without category or data are left out")
                .hasSize(3)
                .allSatisfy(row -> assertThat(row.category()).isNotNull());
        assertThat(store.wholeRows(Kind.ARCHETYPES, anna, null, null, 1000)).hasSize(1);
        assertThat(count(database.jdbi(), "biomarkers")).isGreaterThan(100);

        rollBackAll(database);

        assertThat(columns(database.jdbi())).isEqualTo(columnsBefore);
        assertThat(sizes(contents(database.jdbi()))).isEqualTo(sizes(before));
        migrate(database);
        assertThat(store(database).wholeRows(Kind.BIOMARKERS, anna, null, null, 1000))
                .hasSize(3);
    }

    @Test
    void threeShapesOfOneTimeAreOneRowAndTheNewerOneIsRead() throws Exception {
        TestDatabase database = TestDatabase.empty();
        restore(database, "old-service-in-text.sql");

        migrate(database);

        UserId ben = new UserId("22222222-2222-4222-8222-222222222222");
        List<Row> rows = store(database).wholeRows(Kind.SCORES, ben, null, null, 10);
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).value()).isEqualTo("0.71");
        assertThat(rows.get(0).at(rows.get(0).start())).hasToString("2025-08-15T00:00+12:00");
        assertThat(rows.get(0).day()).isEqualTo("2025-08-15");
        assertThat(rows.get(1).value()).isEqualTo("0.52");
        assertThat(rows.get(1).day()).isEqualTo("2025-08-14");
        assertThat(count(database.jdbi(), "scores")).as("none is deleted").isEqualTo(5);
    }

    @Test
    void newRowsAreWrittenBesideAdoptedOnes() throws Exception {
        TestDatabase database = TestDatabase.empty();
        restore(database, "old-service-strict.sql");
        migrate(database);
        try (SahhaBed bed = new SahhaBed(database)) {
            String anna = "11111111-1111-4111-8111-111111111111";
            bed.now.set(java.time.Instant.parse("2025-08-15T09:00:00Z"));
            bed.sahha.member(anna, """
                    [{"id":"s1","type":"sleep","state":"medium","score":0.7,"factors":[],"dataSources":[],
                      "scoreDateTime":"2025-08-14T00:00:00+00:00","createdAtUtc":"2025-08-15T08:00:00+00:00","version":1}]""", null, null);

            String body = bed.get("/api/v1/sahha/scores?user_id=" + anna).body();

            assertThat(body).contains("\"score\":0.7,").doesNotContain("0.89");
            assertThat(bed.get("/api/v1/health-metrics/overview?profile_id=nobody")
                            .statusCode())
                    .isEqualTo(404);
            bed.sahha.member("new-member", body.replace("score_date_time", "scoreDateTime"), null, null);
            assertThat(bed.get("/api/v1/sahha/scores?user_id=new-member").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void adoptedRowsAreServedWhileSahhaIsDown() throws Exception {
        TestDatabase database = TestDatabase.empty();
        restore(database, "old-service.sql");
        migrate(database);
        try (SahhaBed bed = new SahhaBed(database)) {
            bed.now.set(java.time.Instant.parse("2025-08-14T18:00:00Z"));
            bed.sahha.close();
            String anna = "11111111-1111-4111-8111-111111111111";

            var overview = bed.get("/api/v1/health-metrics/overview?profile_id=" + anna);
            var rows = bed.get("/api/v1/sahha/biomarkers?user_id=" + anna);
            var nobody = bed.get("/api/v1/sahha/biomarkers?user_id=nobody");

            assertThat(overview.statusCode()).isEqualTo(200);
            assertThat(overview.body()).startsWith("{\"sleep_last_night\":{\"score\":{\"value\":0.89}},");
            assertThat(rows.statusCode()).isEqualTo(200);
            assertThat(rows.body()).contains("\"created_at\":\"2025-08-14T16:36:21.35416+00:00\"");
            assertThat(nobody.statusCode())
                    .as("not 404, which reads as no data")
                    .isEqualTo(503);
            assertThat(nobody.headers().firstValue("Retry-After")).isPresent();
        }
    }

    private static void migrate(TestDatabase database) throws Exception {
        liquibase(database, liquibase -> liquibase.update(new Contexts()));
    }

    private static void rollBackAll(TestDatabase database) throws Exception {
        liquibase(
                database,
                liquibase -> liquibase.rollback(
                        liquibase.getDatabase().getRanChangeSetList().size(), new Contexts(), new LabelExpression()));
    }

    private interface Work {
        void on(Liquibase liquibase) throws Exception;
    }

    private static void liquibase(TestDatabase database, Work work) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Liquibase liquibase = new Liquibase(
                        "sahha-db/changelog.yaml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            work.on(liquibase);
        }
    }

    private static void restore(TestDatabase database, String dump) throws Exception {
        try (InputStream in = SahhaMigrationsTest.class.getResourceAsStream("/sahha/" + dump)) {
            String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            database.jdbi().useHandle(handle -> {
                try (var statement = handle.getConnection().createStatement()) {
                    statement.execute(sql);
                }
            });
        }
    }

    private static SahhaStore store(TestDatabase database) {
        return new SahhaStore(database.jdbi(), io.dropwizard.jackson.Jackson.newObjectMapper());
    }

    private static List<String> tables(Jdbi jdbi) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select table_name from information_schema.tables where table_schema = 'public'"
                                + " and table_name not like 'databasechangelog%' order by 1")
                .mapTo(String.class)
                .list());
    }

    private static List<String> columns(Jdbi jdbi) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select table_name || '.' || column_name || ' ' || data_type from information_schema.columns"
                                + " where table_schema = 'public' and table_name not like 'databasechangelog%' order by 1")
                .mapTo(String.class)
                .list());
    }

    private static Map<String, List<Map<String, Object>>> contents(Jdbi jdbi) {
        Map<String, List<Map<String, Object>>> contents = new java.util.TreeMap<>();
        for (String table : OLD_TABLES) {
            contents.put(
                    table,
                    jdbi.withHandle(handle -> handle.createQuery("select * from " + table + " order by id")
                            .mapToMap()
                            .list()));
        }
        return contents;
    }

    private static Map<String, Integer> sizes(Map<String, List<Map<String, Object>>> contents) {
        Map<String, Integer> sizes = new java.util.TreeMap<>();
        contents.forEach((table, rows) -> sizes.put(table, rows.size()));
        return sizes;
    }

    private static long count(Jdbi jdbi, String table) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Long.class)
                .one());
    }
}
