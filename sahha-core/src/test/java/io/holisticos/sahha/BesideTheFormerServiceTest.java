package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both services on one adopted database: no statement fails, and each sees what the other wrote. */
class BesideTheFormerServiceTest {

    @ParameterizedTest(name = "with the later unique keys: {0}")
    @ValueSource(booleans = {true, false})
    void eightyStepsInAnyOrder(boolean keys) {
        try (BothServices both = new BothServices(keys)) {
            both.take(80, 7);
        }
    }

    @Test
    void rowsOfOursCarryWhatOthersRead() {
        try (BothServices both = new BothServices(true)) {
            both.bed.sahha.member("newcomer", """
                    [{"id":"s1","type":"sleep","state":"medium","score":0.7,"factors":[{"name":"x"}],"dataSources":["sleep","activity"],
                      "scoreDateTime":"2025-08-19T00:00:00-04:00","createdAtUtc":"2025-08-19T08:00:00+00:00","version":2}]""", """
                    [{"id":"b1","category":"activity","type":"steps","periodicity":"daily","aggregation":"total","value":"8140",
                      "unit":"count","valueType":"integer","startDateTime":"2025-08-19T00:00:00-04:00",
                      "endDateTime":"2025-08-19T23:59:59-04:00"}]""", """
                    [{"id":"a1","name":"sleep_pattern","value":"early","dataType":"ordinal","ordinality":2,"version":1,
                      "periodicity":"weekly","startDateTime":"2025-08-11T00:00:00-04:00","endDateTime":"2025-08-17T00:00:00-04:00"}]""");
            for (String rows : List.of("scores", "biomarkers", "archetypes")) {
                assertThat(both.bed
                                .get("/api/v1/sahha/" + rows + "?user_id=newcomer")
                                .statusCode())
                        .isEqualTo(200);
            }

            assertThat(both.former.hasProfile("newcomer")).isTrue();
            assertThat(both.line(
                            "select sahha_score_id, state, factors, array_to_string(data_sources, '+'), version, sync_date,"
                                    + " is_latest_for_date, data->>'state' from scores where profile_id = 'newcomer'"))
                    .isEqualTo("(s1,medium,\"[{\"\"name\"\": \"\"x\"\"}]\",sleep+activity,2,2025-08-20,t,medium)");
            assertThat(both.line(
                            "select sahha_biomarker_id, value, unit, value_type, periodicity, aggregation, sync_date,"
                                    + " is_latest_for_date from biomarkers where profile_id = 'newcomer'"))
                    .isEqualTo("(b1,8140,count,integer,daily,total,2025-08-20,t)");
            assertThat(both.line(
                            "select sahha_archetype_id, value, data_type, ordinality, version, start_date_only, sync_date,"
                                    + " is_latest_for_date from archetypes where profile_id = 'newcomer'"))
                    .isEqualTo("(a1,early,ordinal,2,1,2025-08-11,2025-08-20,t)");
        }
    }

    @Test
    void rowsOfOthersHaveTheirDayFromTheMomentTheyAppear() {
        try (BothServices both = new BothServices(false)) {
            String anna = "anna";
            both.bed.sahha.member(anna, null, null, null);
            both.former.saveUserAndProfile(anna, BothServices.user(0), BothServices.START);
            assertThat(both.bed
                            .get("/api/v1/health-metrics/scores?profile_id=anna&period=2025-08-19")
                            .body())
                    .isEqualTo("{}");

            both.former.saveScore(
                    anna,
                    "sleep",
                    LocalDate.of(2025, 8, 19).atTime(BothServices.MIDNIGHT),
                    "0.61",
                    "medium",
                    BothServices.START);

            assertThat(both.bed
                            .get("/api/v1/health-metrics/scores?profile_id=anna&period=2025-08-19")
                            .body())
                    .isEqualTo("{\"sleep\":61}");
            both.former.changeScores(anna, "sleep", "0.72", BothServices.START.plusSeconds(1));
            assertThat(both.bed
                            .get("/api/v1/health-metrics/scores?profile_id=anna&period=2025-08-19")
                            .body())
                    .isEqualTo("{\"sleep\":72}");
        }
    }

    @Test
    void aTimeFinerThanAMicrosecondIsSavedOnceAndFoundAgain() {
        try (BothServices both = new BothServices(true)) {
            for (String score : List.of("0.5", "0.6")) {
                both.bed.sahha.member("fine", """
                        [{"id":"1","type":"sleep","state":"high","score":%s,"scoreDateTime":"2025-08-19T00:00:00.1234567-04:00"}]""".formatted(score), null, null);
                both.bed.passes(Duration.ofHours(1));

                assertThat(both.bed.get("/api/v1/sahha/scores?user_id=fine").body())
                        .contains("\"score\":" + score + ",")
                        .contains("\"score_date_time\":\"2025-08-19T04:00:00.123456+00:00\"");
            }
        }
    }

    @Test
    void theirUserStaysWithARowThatWeUpdate() {
        try (BothServices both = new BothServices(true)) {
            both.former.saveUserAndProfile("anna", BothServices.user(0), BothServices.START);
            both.former.saveBiomarker(
                    "anna", "steps", LocalDate.of(2025, 8, 19).atTime(BothServices.MIDNIGHT), "1", BothServices.START);
            both.database.jdbi().useHandle(handle -> {
                handle.execute("update biomarkers set user_id = '" + BothServices.user(0) + "'");
                handle.execute("update profiles set user_id = null");
            });
            both.bed.passes(Duration.ofHours(1));
            both.bed.sahha.member("anna", null, """
                    [{"id":"b1","category":"activity","type":"steps","periodicity":"daily","aggregation":"total","value":"8140",
                      "unit":null,"valueType":{"odd":1},"startDateTime":"2025-08-19T00:00:00-04:00",
                      "endDateTime":"2025-08-19T23:59:59-04:00"}]""", null);

            assertThat(both.bed.get("/api/v1/sahha/biomarkers?user_id=anna").body())
                    .contains("8140");

            assertThat(both.line("select user_id, value, unit from biomarkers"))
                    .as("and what Sahha did not say leaves theirs as it was")
                    .isEqualTo("(" + BothServices.user(0) + ",8140,count)");
        }
    }

    @Test
    void whoMayNotRunOurFunctionsStillWritesRowsWithADay() {
        try (BothServices both = new BothServices(false)) {
            both.database.jdbi().useHandle(handle -> {
                handle.execute("revoke execute on all functions in schema public from public");
                handle.execute("create role stranger_" + System.nanoTime() + " nologin");
                String role = handle.createQuery("select max(rolname) from pg_roles where rolname like 'stranger%'")
                        .mapTo(String.class)
                        .one();
                handle.execute("grant select, insert on scores to " + role);
                handle.execute("set role " + role);
                handle.execute(
                        "insert into scores (profile_id, type, score, data, score_date_time) values"
                                + " ('anna', 'sleep', 0.5, '{\"scoreDateTime\":\"2025-08-19T00:00:00-04:00\"}', '2025-08-19T04:00:00Z')");
                handle.execute("reset role");
            });

            assertThat(both.line("select day, utc_offset_seconds from scores")).isEqualTo("(2025-08-19,-14400)");
        }
    }

    @Test
    void theDayOfAWindowGoesByItsEndsOwnOffsetAndALostOffsetIsNotLostAgain() {
        try (BothServices both = new BothServices(false)) {
            both.former.saveUserAndProfile("anna", BothServices.user(0), BothServices.START);
            both.database.jdbi().useHandle(handle -> handle.execute("""
                    insert into biomarkers (profile_id, category, type, data, start_date_time, end_date_time) values
                    ('anna', 'sleep', 'sleep_duration', '{"startDateTime":"2026-11-20T18:00:00+12:00","endDateTime":"2026-11-20T17:59:59-07:00"}',
                     '2026-11-20T18:00:00+12:00', '2026-11-20T17:59:59-07:00')"""));
            assertThat(both.line("select day from biomarkers")).isEqualTo("(2026-11-20)");

            both.database.jdbi().useHandle(handle -> {
                handle.execute("insert into scores (profile_id, type, score, data, score_date_time) values"
                        + " ('anna', 'sleep', 0.5, '{}', '2025-08-13T12:00:00Z')");
                handle.execute("begin; set local sahha.writer = 'unified-health';"
                        + " update scores set utc_offset_seconds = 43200, day = '2025-08-14'; commit");
                handle.execute("update scores set is_latest_for_date = false");
            });
            assertThat(both.line("select day, utc_offset_seconds from scores")).isEqualTo("(2025-08-14,43200)");
        }
    }

    @Test
    void deletingAUserCascadesOverRowsOfOursToo() {
        try (BothServices both = new BothServices(true)) {
            both.former.saveUserAndProfile("anna", BothServices.user(0), BothServices.START);
            both.bed.sahha.member("anna", null, both.biomarkers(new Random(1)), null);
            assertThat(both.bed.get("/api/v1/sahha/biomarkers?user_id=anna").body())
                    .hasSizeGreaterThan(10);

            both.former.deleteUser("anna", BothServices.user(0));

            assertThat(both.former.biomarkers("anna")).isEmpty();
            assertThat(both.former.hasProfile("anna")).isFalse();
        }
    }

    @Test
    void whatNobodyCanReadIsStillTheirsToWrite() {
        try (BothServices both = new BothServices(false)) {
            both.database.jdbi().useHandle(handle -> handle.execute("""
                    insert into scores (profile_id, type, score, data, score_date_time) values
                    ('odd', 'sleep', 'NaN', '"text"', 'infinity'),
                    ('odd', 'sleep', 7, '{"scoreDateTime": "25:00", "createdAtUtc": "2025-13-45T00:00:00Z"}', '2025-08-19T00:00:00Z'),
                    ('odd', null, null, null, null),
                    ('odd', 'activity', 0.5, '{}', 'infinity'), ('odd', 'activity', 0.5, '{}', '-infinity'),
                    ('odd', 'activity', 0.5, '{}', '4713-01-01 BC'), ('odd', 'activity', 0.5, '{}', '294276-01-01Z'),
                    ('odd', 'activity', 0.5, ('{"n":1' || repeat('0', 5000) || '}')::jsonb, '2025-08-19T00:00:00Z'),
                    ('odd', 'readiness', 0.5, '{}', '2025-08-19T00:00:00Z');
                    update scores set updated_at = 'infinity' where profile_id = 'odd' and type = 'readiness'"""));
            both.bed.sahha.member("odd", null, null, null);

            for (String path : List.of(
                    "/api/v1/health-metrics/overview?period=2025-08-19&profile_id=odd",
                    "/api/v1/health-metrics/scores?period=2025-08-19&profile_id=odd",
                    "/api/v1/sahha/scores?user_id=odd")) {
                assertThat(both.bed.get(path).statusCode()).as(path).isEqualTo(200);
            }
        }
    }

    @Test
    void whatTheFormerServiceChangesCountsAndWhatItSavesAgainDoesNot() {
        try (BothServices both = new BothServices(true)) {
            both.former.saveUserAndProfile("counted", BothServices.user(9), BothServices.START);
            OffsetDateTime day = OffsetDateTime.parse("2026-11-22T00:00:00+01:00");
            both.former.saveScore("counted", "sleep", day, "0.7", "high", BothServices.START);
            both.former.saveBiomarker("counted", "steps", day, "8000", BothServices.START);
            assertThat(both.changes("counted"))
                    .containsExactly("1 edit [2026-11-22] []", "2 edit [2026-11-22] [steps]");

            both.former.saveScore("counted", "sleep", day, "0.7", "high", BothServices.START.plusSeconds(60));
            both.former.saveBiomarker("counted", "steps", day, "8000", BothServices.START.plusSeconds(60));
            assertThat(both.changes("counted")).hasSize(2);

            both.former.changeScores("counted", "sleep", "0.8", BothServices.START.plusSeconds(120));
            both.former.deleteUser("counted", BothServices.user(9));
            assertThat(both.changes("counted").subList(2, 4))
                    .containsExactly("3 edit [2026-11-22] []", "4 deletion [2026-11-22] [steps]");
        }
    }

    @Test
    void afterTheCutOverNothingOfTheFormerServiceIsAskedForAndTheWayBackIsOpen() {
        try (BothServices both = new BothServices(true)) {
            List<String> catalog = SahhaTables.catalog(both.database);

            SahhaTables.migrate(both.database, SahhaTables.CUT_OVER);

            assertThat(SahhaTables.catalog(both.database))
                    .noneMatch(line -> line.contains("FOREIGN KEY (profile_id)")
                            || line.contains("CREATE TRIGGER zz_sahha_complete_row"));
            both.bed.sahha.member("alone", null, both.biomarkers(new Random(1)), null);
            assertThat(both.bed.get("/api/v1/sahha/biomarkers?user_id=alone").body())
                    .hasSizeGreaterThan(10);
            assertThat(both.former.hasProfile("alone")).isFalse();
            SahhaTables.rollBack(both.database, SahhaTables.CUT_OVER);
            assertThat(SahhaTables.catalog(both.database).stream()
                            .map(line -> line.replace(" NOT VALID", ""))
                            .toList())
                    .as("but for rows that came meanwhile and have no profile")
                    .isEqualTo(catalog);
        }
    }

    @Test
    void theCutOverIsTakenBackBeforeTheMigrationIs() {
        try (BothServices both = new BothServices(true)) {
            List<String> catalog = SahhaTables.catalog(both.database);
            SahhaTables.migrate(both.database, SahhaTables.CUT_OVER);

            assertThatThrownBy(() -> SahhaTables.rollBack(both.database, SahhaTables.CHANGELOG))
                    .hasMessageContaining("run sahha-cut-over rollback --count 1 first");

            SahhaTables.rollBack(both.database, SahhaTables.CUT_OVER);
            SahhaTables.migrate(both.database, SahhaTables.CHANGELOG); // what was rolled back before it was refused
            assertThat(SahhaTables.catalog(both.database))
                    .containsAll(catalog.stream()
                            .filter(line -> line.contains("FOREIGN KEY") || line.contains("TRIGGER"))
                            .toList());
        }
    }
}
