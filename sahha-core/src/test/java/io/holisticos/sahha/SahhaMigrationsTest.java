package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.jackson.Jackson;
import io.holisticos.health.DayRange;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.DayRows;
import io.holisticos.sahha.data.Held;
import io.holisticos.sahha.data.SahhaRowStore;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.testing.TestDatabase;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Forward, backward and forward again: on nothing, on our own rows, and on the tables of the former service. */
class SahhaMigrationsTest {

    private static final List<String> SHARED_TABLES = List.of("profiles", "scores", "biomarkers", "archetypes");
    private static final UserId ANNA = new UserId("11111111-1111-4111-8111-111111111111");
    private static final LocalDate DAY = LocalDate.of(2025, 8, 14);
    private static final Instant LATER = Instant.parse("2026-01-01T00:00:00Z");

    static Stream<Named<String[]>> formerServices() {
        return Stream.of(
                Named.of("with plain indexes", new String[] {"former-service.sql", "former-service-rows.sql"}),
                Named.of(
                        "with the later unique keys",
                        new String[] {"former-service.sql", "former-service-keys.sql", "former-service-rows.sql"}));
    }

    @Test
    void anEmptyDatabaseGoesForwardAndBackToNothing() {
        TestDatabase database = TestDatabase.empty();

        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        SahhaTables.rollBack(database, SahhaTables.CHANGELOG);

        assertThat(tables(database.jdbi())).isEmpty();
        assertThat(functions(database.jdbi())).isEmpty();
        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        assertThat(tables(database.jdbi())).containsAll(SHARED_TABLES);
    }

    @Test
    void aRollbackNeverDropsRowsOfOurOwn() {
        TestDatabase database = TestDatabase.empty();
        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        database.jdbi().useHandle(handle -> handle.execute("""
                        insert into scores (id, profile_id, type, score, data, score_date_time, created_at, updated_at, day)
                        values ('1', 'anna', 'sleep', 0.89, '{}', '2025-08-14T00:00:00Z', '2025-08-14T00:00:00Z',
                                '2025-08-14T00:00:00Z', '2025-08-14')"""));

        SahhaTables.rollBack(database, SahhaTables.CHANGELOG);
        assertThat(tables(database.jdbi())).containsExactly("scores");
        SahhaTables.migrate(database, SahhaTables.CHANGELOG);

        assertThat(store(database)
                        .of(new UserId("anna"), DayRange.of(DAY), LATER)
                        .scores())
                .hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formerServices")
    void adoptedTablesKeepAllThatOthersRelyOnAndARollbackLeavesThemAsTheyWere(String[] scripts) {
        TestDatabase database = SahhaTables.former(scripts);
        database.jdbi().useHandle(handle -> handle.execute("""
                create function touch() returns trigger language plpgsql as $$ begin
                    new.updated_at := '2030-01-01T00:00:00Z'; return new; end $$;
                create trigger update_updated_at before update on scores for each row execute function touch();"""));
        List<String> catalog = SahhaTables.catalog(database);
        Map<String, List<Map<String, Object>>> rows = rows(database.jdbi());

        SahhaTables.migrate(database, SahhaTables.CHANGELOG);

        assertThat(SahhaTables.catalog(database)).containsAll(catalog);
        List<String> changed = database.jdbi()
                .withHandle(handle -> handle.createQuery("select id::text from scores where updated_at > '2026-01-01'")
                        .mapTo(String.class)
                        .list());
        assertThat(changed).as("what a trigger of theirs took for changed").isEmpty();
        SahhaRowStore store = store(database);
        assertThat(store.hasRows(ANNA)).isTrue();
        Held held = store.of(ANNA, DayRange.of(DAY), LATER);
        DayRows day = new DayRows(held.scores(), held.biomarkers());
        assertThat(day.score("sleep"))
                .hasValueSatisfying(score -> assertThat(score).isEqualByComparingTo("0.89"));
        assertThat(day.score("wellbeing")).as("not a number").isEmpty();
        assertThat(day.number("sleep_duration"))
                .as("the night that ended that day")
                .isPresent();
        assertThat(day.offset()).hasToString("-04:00");
        assertThat(store.startingIn(SahhaKind.SCORES, ANNA, null, null, 1000, LATER)
                        .biomarkers())
                .hasSize(2);
        assertThat(store.startingIn(SahhaKind.BIOMARKERS, ANNA, null, null, 1000, LATER)
                        .biomarkers())
                .as("rows without category or data are left out")
                .hasSize(3);
        assertThat(store.startingIn(SahhaKind.ARCHETYPES, ANNA, null, null, 1000, LATER)
                        .biomarkers())
                .hasSize(1);

        SahhaTables.rollBack(database, SahhaTables.CHANGELOG);

        assertThat(SahhaTables.catalog(database)).isEqualTo(catalog);
        assertThat(rows(database.jdbi())).isEqualTo(rows);
        assertThat(functions(database.jdbi())).containsExactly("touch");
        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        assertThat(store(database)
                        .startingIn(SahhaKind.BIOMARKERS, ANNA, null, null, 1000, LATER)
                        .biomarkers())
                .hasSize(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formerServices")
    void whatAnEarlyVersionTookFromAdoptedTablesIsGivenBack(String[] scripts) {
        TestDatabase database = SahhaTables.former(scripts);
        List<String> catalog = SahhaTables.catalog(database);
        SahhaTables.migrate(database, "sahha/early-version.sql");
        assertThat(SahhaTables.catalog(database))
                .doesNotContainAnyElementsOf(List.of("scores.id uuid true gen_random_uuid()"));

        SahhaTables.migrate(database, SahhaTables.CHANGELOG);

        assertThat(SahhaTables.catalog(database)).containsAll(catalog);
        assertThat(store(database)
                        .startingIn(SahhaKind.BIOMARKERS, ANNA, null, null, 1000, LATER)
                        .biomarkers())
                .hasSize(3);
        SahhaTables.rollBack(database, SahhaTables.CHANGELOG);
        assertThat(SahhaTables.catalog(database)).isEqualTo(catalog);
    }

    @Test
    void tablesOfAnotherShapeAreRefusedBeforeAnythingOfTheirsIsChanged() {
        TestDatabase database = TestDatabase.empty();
        database.jdbi()
                .useHandle(
                        handle -> handle.execute("create table scores (id uuid primary key, profile_id text, type text,"
                                + " score double precision, score_date_time text)"));
        List<String> catalog = SahhaTables.catalog(database);

        assertThatThrownBy(() -> SahhaTables.migrate(database, SahhaTables.CHANGELOG))
                .hasMessageContaining("column score_date_time of table scores has type text,"
                        + " and only timestamp with time zone is understood: see docs/existing-paths.md");

        assertThat(SahhaTables.catalog(database))
                .containsAll(catalog)
                .filteredOn(line -> line.startsWith("scores."))
                .hasSize(5);
    }

    @Test
    void newRowsAreWrittenBesideAdoptedOnes() {
        TestDatabase database =
                SahhaTables.former("former-service.sql", "former-service-keys.sql", "former-service-rows.sql");
        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        try (SahhaBed bed = new SahhaBed(database)) {
            bed.now.set(Instant.parse("2025-08-15T09:00:00Z"));
            bed.sahha.member(ANNA.value(), """
                    [{"id":"s1","type":"sleep","state":"medium","score":0.7,"factors":[],"dataSources":[],
                      "scoreDateTime":"2025-08-14T00:00:00-04:00","createdAtUtc":"2025-08-15T08:00:00+00:00","version":1}]""", null, null);

            String body = bed.get("/api/v1/sahha/scores?user_id=" + ANNA).body();

            assertThat(body).contains("\"score\":0.7,").doesNotContain("0.89");
            assertThat(bed.get("/api/v1/health-metrics/overview?profile_id=nobody")
                            .statusCode())
                    .isEqualTo(404);
            bed.sahha.member("new-member", """
                    [{"id":"s2","type":"sleep","state":"medium","score":0.7,"factors":[],"dataSources":[],
                      "scoreDateTime":"2025-08-14T00:00:00-04:00","createdAtUtc":"2025-08-15T08:00:00+00:00","version":1}]""", null, null);
            assertThat(bed.get("/api/v1/sahha/scores?user_id=new-member").body())
                    .contains("\"score\":0.7,");
        }
    }

    @Test
    void adoptedRowsAreServedWhileSahhaIsDown() {
        TestDatabase database = SahhaTables.former("former-service.sql", "former-service-rows.sql");
        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        try (SahhaBed bed = new SahhaBed(database)) {
            bed.now.set(Instant.parse("2025-08-14T18:00:00Z"));
            bed.sahha.close();

            var overview = bed.get("/api/v1/health-metrics/overview?profile_id=" + ANNA);
            var rows = bed.get("/api/v1/sahha/biomarkers?user_id=" + ANNA);
            var nobody = bed.get("/api/v1/sahha/biomarkers?user_id=nobody");

            assertThat(overview.statusCode()).isEqualTo(200);
            assertThat(overview.body()).startsWith("{\"sleep_last_night\":{\"score\":{\"value\":0.89}},");
            assertThat(rows.statusCode()).isEqualTo(200);
            assertThat(rows.body()).contains("\"created_at\":\"2025-08-14T16:36:21.354160+00:00\"");
            assertThat(nobody.statusCode())
                    .as("not 404, which reads as no data")
                    .isEqualTo(503);
            assertThat(nobody.headers().firstValue("Retry-After")).isPresent();
        }
    }

    private static SahhaRowStore store(TestDatabase database) {
        return SahhaStores.in(database.jdbi(), SahhaBed.mapper(Jackson.newObjectMapper()), who -> {})
                .rows();
    }

    private static List<String> tables(Jdbi jdbi) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select table_name from information_schema.tables where table_schema = 'public'"
                                + " and table_name not like 'databasechangelog%' order by 1")
                .mapTo(String.class)
                .list());
    }

    private static List<String> functions(Jdbi jdbi) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select routine_name from information_schema.routines where routine_schema = 'public' order by 1")
                .mapTo(String.class)
                .list());
    }

    private static Map<String, List<Map<String, Object>>> rows(Jdbi jdbi) {
        Map<String, List<Map<String, Object>>> contents = new TreeMap<>();
        for (String table : SHARED_TABLES) {
            contents.put(
                    table,
                    jdbi.withHandle(
                            handle -> handle.createQuery("select t::text as line from " + table + " t order by id")
                                    .mapToMap()
                                    .list()));
        }
        return contents;
    }
}
