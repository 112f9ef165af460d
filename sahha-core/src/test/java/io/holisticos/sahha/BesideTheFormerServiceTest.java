package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.UserId;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both services on one adopted database: no statement fails, and each sees what the other wrote. */
class BesideTheFormerServiceTest {

    private static final Instant START = Instant.parse("2025-08-20T20:00:00Z");
    private static final OffsetTime MIDNIGHT = OffsetTime.parse("00:00-04:00");
    private static final List<String> TYPES = List.of("sleep", "activity", "readiness", "wellbeing");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @ParameterizedTest(name = "with the later unique keys: {0}")
    @ValueSource(booleans = {true, false})
    void eightyStepsInAnyOrder(boolean keys) {
        try (Both both = new Both(keys)) {
            both.take(80, 7);
        }
    }

    @Tag("deep")
    @ParameterizedTest(name = "with the later unique keys: {0}")
    @ValueSource(booleans = {true, false})
    void aThousandStepsInAnyOrderAndThenTheFormerServiceAlone(boolean keys) {
        try (Both both = new Both(keys)) {
            both.take(1000, 20261128);

            SahhaTables.rollBack(both.database, SahhaTables.CHANGELOG);

            both.formerAlone(200, 11);
        }
    }

    @Tag("deep")
    @ParameterizedTest(name = "with the later unique keys: {0}")
    @ValueSource(booleans = {true, false})
    void noStatementFailsWhileBothWriteAtTheSameTime(boolean keys) throws Exception {
        try (Both both = new Both(keys)) {
            assertThat(both.bed.get("/").statusCode()).as("the server is up").isEqualTo(200);
            ExecutorService threads = Executors.newFixedThreadPool(3);
            List<Future<?>> working = new ArrayList<>();
            working.add(threads.submit(() -> both.formerAlone(600, 3)));
            for (int reader = 0; reader < 2; reader++) {
                long seed = reader;
                working.add(threads.submit(() -> both.oursAlone(300, seed)));
            }

            for (Future<?> one : working) {
                one.get(5, TimeUnit.MINUTES);
            }
            threads.shutdown();
        }
    }

    @Test
    void rowsOfOursCarryWhatOthersRead() {
        try (Both both = new Both(true)) {
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
        try (Both both = new Both(false)) {
            String anna = "anna";
            both.bed.sahha.member(anna, null, null, null);
            both.former.saveUserAndProfile(anna, user(0), START);
            assertThat(both.bed
                            .get("/api/v1/health-metrics/scores?profile_id=anna&period=2025-08-19")
                            .body())
                    .isEqualTo("{}");

            both.former.saveScore(anna, "sleep", LocalDate.of(2025, 8, 19).atTime(MIDNIGHT), "0.61", "medium", START);

            assertThat(both.bed
                            .get("/api/v1/health-metrics/scores?profile_id=anna&period=2025-08-19")
                            .body())
                    .isEqualTo("{\"sleep\":61}");
            both.former.changeScores(anna, "sleep", "0.72", START.plusSeconds(1));
            assertThat(both.bed
                            .get("/api/v1/health-metrics/scores?profile_id=anna&period=2025-08-19")
                            .body())
                    .isEqualTo("{\"sleep\":72}");
        }
    }

    @Test
    void aTimeFinerThanAMicrosecondIsSavedOnceAndFoundAgain() {
        try (Both both = new Both(true)) {
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
        try (Both both = new Both(true)) {
            both.former.saveUserAndProfile("anna", user(0), START);
            both.former.saveBiomarker("anna", "steps", LocalDate.of(2025, 8, 19).atTime(MIDNIGHT), "1", START);
            both.database.jdbi().useHandle(handle -> {
                handle.execute("update biomarkers set user_id = '" + user(0) + "'");
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
                    .isEqualTo("(" + user(0) + ",8140,count)");
        }
    }

    @Test
    void whoMayNotRunOurFunctionsStillWritesRowsWithADay() {
        try (Both both = new Both(false)) {
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
        try (Both both = new Both(false)) {
            both.former.saveUserAndProfile("anna", user(0), START);
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
        try (Both both = new Both(true)) {
            both.former.saveUserAndProfile("anna", user(0), START);
            both.bed.sahha.member("anna", null, both.biomarkers(new Random(1)), null);
            assertThat(both.bed.get("/api/v1/sahha/biomarkers?user_id=anna").body())
                    .hasSizeGreaterThan(10);

            both.former.deleteUser("anna", user(0));

            assertThat(both.former.biomarkers("anna")).isEmpty();
            assertThat(both.former.hasProfile("anna")).isFalse();
        }
    }

    @Test
    void whatNobodyCanReadIsStillTheirsToWrite() {
        try (Both both = new Both(false)) {
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
        try (Both both = new Both(true)) {
            both.former.saveUserAndProfile("counted", user(9), START);
            OffsetDateTime day = OffsetDateTime.parse("2026-11-22T00:00:00+01:00");
            both.former.saveScore("counted", "sleep", day, "0.7", "high", START);
            both.former.saveBiomarker("counted", "steps", day, "8000", START);
            assertThat(both.changes("counted"))
                    .containsExactly("1 edit [2026-11-22] []", "2 edit [2026-11-22] [steps]");

            both.former.saveScore("counted", "sleep", day, "0.7", "high", START.plusSeconds(60));
            both.former.saveBiomarker("counted", "steps", day, "8000", START.plusSeconds(60));
            assertThat(both.changes("counted")).hasSize(2);

            both.former.changeScores("counted", "sleep", "0.8", START.plusSeconds(120));
            both.former.deleteUser("counted", user(9));
            assertThat(both.changes("counted").subList(2, 4))
                    .containsExactly("3 edit [2026-11-22] []", "4 deletion [2026-11-22] [steps]");
        }
    }

    @Test
    void afterTheCutOverNothingOfTheFormerServiceIsAskedForAndTheWayBackIsOpen() {
        try (Both both = new Both(true)) {
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
        try (Both both = new Both(true)) {
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

    private static String user(int n) {
        return "aaaaaaaa-0000-4000-8000-00000000000" + n;
    }

    /** The former service, and ours with its Sahha, on one database. */
    private static final class Both implements AutoCloseable {

        private final TestDatabase database;
        private final FormerService former;
        private final SahhaBed bed;
        private int compared;

        Both(boolean keys) {
            database = keys
                    ? SahhaTables.former("former-service.sql", "former-service-keys.sql")
                    : SahhaTables.former("former-service.sql");
            SahhaTables.migrate(database, SahhaTables.CHANGELOG);
            bed = new SahhaBed(database);
            former = new FormerService(bed.jdbi, keys);
            bed.now.set(START);
        }

        List<String> changes(String who) {
            ChangesAnswer.Listed listed = (ChangesAnswer.Listed) SahhaStores.in(bed.jdbi, new ObjectMapper(), any -> {})
                    .changes()
                    .since(new UserId(who), Change.OLDEST_KEPT, 100);
            return listed.changes().stream()
                    .map(change ->
                            change.revision() + " " + change.reason() + " " + change.days() + " " + change.metrics())
                    .sorted()
                    .toList();
        }

        void take(int steps, long seed) {
            Random random = new Random(seed);
            for (int step = 0; step < steps; step++) {
                int member = random.nextInt(4);
                String who = "member-" + member;
                bed.passes(Duration.ofSeconds(random.nextInt(400)));
                String did = "step " + step + " of seed " + seed;
                switch (random.nextInt(3)) {
                    case 0 -> formerStep(random, who, user(member));
                    case 1 -> bed.sahha.member(who, scores(random), biomarkers(random), archetypes(random));
                    default -> weRead(did, who);
                }
            }
            assertThat(compared).as("scores compared").isGreaterThan(steps / 2);
        }

        void formerAlone(int steps, long seed) {
            Random random = new Random(seed);
            for (int step = 0; step < steps; step++) {
                int member = random.nextInt(4);
                formerStep(random, "member-" + member, user(member));
            }
        }

        void oursAlone(int steps, long seed) {
            Random random = new Random(seed);
            for (int step = 0; step < steps; step++) {
                String who = "member-" + random.nextInt(4);
                bed.passes(Duration.ofSeconds(random.nextInt(1000)));
                bed.sahha.member(who, scores(random), biomarkers(random), archetypes(random));
                String kind = List.of("scores", "biomarkers", "archetypes").get(random.nextInt(3));
                HttpResponse<String> answer = bed.get("/api/v1/sahha/" + kind + "?user_id=" + who);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
        }

        private void formerStep(Random random, String who, String user) {
            Instant now = bed.now.get();
            OffsetDateTime day = day(random);
            String type = TYPES.get(random.nextInt(TYPES.size()));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> former.saveScore(who, type, day, fraction(random), "low", now);
                case 3, 4 -> {
                    former.saveUserAndProfile(who, user, now);
                    former.saveBiomarker(who, "steps", day, String.valueOf(random.nextInt(20_000)), now);
                }
                case 5 -> former.changeScores(who, type, fraction(random), now);
                case 6 -> former.markNotLatest(who, now);
                case 7 -> former.deleteRows(random.nextBoolean() ? "scores" : "biomarkers", who);
                case 8 -> {
                    former.saveUserAndProfile(who, user, now);
                    former.saveArchetype(who, "sleep_pattern", day, "value-" + random.nextInt(9), now);
                }
                default -> {
                    former.scores(who, now);
                    if (random.nextInt(4) == 0) {
                        former.deleteUser(who, user);
                    }
                }
            }
        }

        /** Every whole row of the tables is in our answer, and every row that we wrote is in theirs. */
        private void weRead(String step, String who) {
            HttpResponse<String> overview = bed.get("/api/v1/health-metrics/overview?profile_id=" + who);
            assertThat(overview.statusCode()).as(step).isIn(200, 404);
            Map<String, String> scores = answered(step, "/api/v1/sahha/scores?user_id=" + who, "type", "/score");
            Map<String, String> biomarkers =
                    answered(step, "/api/v1/sahha/biomarkers?user_id=" + who, "type", "/data/value");
            Map<String, String> archetypes =
                    answered(step, "/api/v1/sahha/archetypes?user_id=" + who, "name", "/value");
            if (overview.statusCode() == 404) {
                return;
            }
            Map<String, String> theirs = new TreeMap<>();
            former.scores(who, bed.now.get()).forEach(row -> {
                assertThat(row.get("state")).as(step).isNotNull();
                assertThat(row.get("sync_date")).as(step).isNotNull();
                assertThat(row.get("sahha_score_id")).as(step).isNotNull();
                theirs.put(row.get("type") + " " + instant(row.get("score_date_time")), "");
            });
            assertThat(scores.keySet()).as(step).isEqualTo(theirs.keySet());
            compared += scores.size();
            assertThat(newest("scores", "type", "score_date_time", "score::text", who))
                    .as(step)
                    .isEqualTo(scores);
            assertThat(newest("biomarkers", "type", "start_date_time", "data->>'value'", who))
                    .as(step)
                    .isEqualTo(biomarkers);
            assertThat(newest("archetypes", "name", "start_date_time", "value", who))
                    .as(step)
                    .isEqualTo(archetypes);
        }

        private Map<String, String> answered(String step, String path, String name, String value) {
            HttpResponse<String> answer = bed.get(path);
            assertThat(answer.statusCode()).as(step + " " + answer.body()).isIn(200, 404);
            Map<String, String> rows = new TreeMap<>();
            if (answer.statusCode() == 200) {
                for (JsonNode row : tree(answer.body())) {
                    String start = row.path("score_date_time")
                            .asText(row.path("start_date_time").asText());
                    rows.put(
                            row.path(name).asText() + " "
                                    + OffsetDateTime.parse(start).toInstant(),
                            row.at(value).asText());
                }
            }
            return rows;
        }

        /** Of each identity the row that was updated last, as the table has it. */
        private Map<String, String> newest(String table, String name, String start, String value, String who) {
            Map<String, String> newest = new TreeMap<>();
            bed.jdbi.useHandle(handle -> handle.createQuery(
                            "select " + name + " as name, " + start + " as start, " + value
                                    + " as value from " + table + " where profile_id = :who and " + value
                                    + " is not null order by updated_at, created_at, id desc")
                    .bind("who", who)
                    .mapToMap()
                    .forEach(row -> newest.put(
                            row.get("name") + " " + instant(row.get("start")), String.valueOf(row.get("value")))));
            return newest;
        }

        private static String scores(Random random) {
            List<String> rows = new ArrayList<>();
            for (int n = random.nextInt(5); n > 0; n--) {
                OffsetDateTime day = day(random);
                rows.add("""
                        {"id":"ours-%d","type":"%s","state":"high","score":%s,"factors":[],"dataSources":["sleep"],
                         "scoreDateTime":"%s","createdAtUtc":"%s","version":1}""".formatted(
                                random.nextInt(1000),
                                TYPES.get(random.nextInt(TYPES.size())),
                                fraction(random),
                                day,
                                day.plusHours(random.nextInt(72)).toInstant()));
            }
            return "[" + String.join(",", rows) + "]";
        }

        private String biomarkers(Random random) {
            List<String> rows = new ArrayList<>();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                OffsetDateTime day = day(random);
                rows.add("""
                        {"id":"ours-%d","category":"activity","type":"steps","periodicity":"daily","aggregation":"total",
                         "value":"%d","unit":"count","valueType":"integer","startDateTime":"%s","endDateTime":"%s"}""".formatted(
                                random.nextInt(1000),
                                random.nextInt(20_000),
                                day,
                                day.plusDays(1).minusSeconds(1)));
            }
            return "[" + String.join(",", rows) + "]";
        }

        private static String archetypes(Random random) {
            OffsetDateTime day = day(random);
            return """
                    [{"id":"ours","name":"sleep_pattern","value":"ours-%d","dataType":"ordinal","ordinality":1,"version":1,
                      "periodicity":"weekly","startDateTime":"%s","endDateTime":"%s"}]""".formatted(random.nextInt(9), day, day.plusDays(6));
        }

        private static OffsetDateTime day(Random random) {
            return LocalDate.of(2025, 8, 12).plusDays(random.nextInt(9)).atTime(MIDNIGHT);
        }

        private static String fraction(Random random) {
            return "0." + (1 + random.nextInt(9)) + (1 + random.nextInt(9));
        }

        private String line(String sql) {
            return bed.jdbi.withHandle(handle -> handle.createQuery("select row(t.*)::text from (" + sql + ") t")
                    .mapTo(String.class)
                    .one());
        }

        private static Instant instant(Object time) {
            return time instanceof java.sql.Timestamp stamp ? stamp.toInstant() : ((OffsetDateTime) time).toInstant();
        }

        private static JsonNode tree(String json) {
            try {
                return MAPPER.readTree(json);
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new IllegalArgumentException(json, e);
            }
        }

        @Override
        public void close() {
            bed.close();
        }
    }
}
