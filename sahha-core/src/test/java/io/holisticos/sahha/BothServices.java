package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The former service, and ours with its Sahha, on one database. */
final class BothServices implements AutoCloseable {

    static final Instant START = Instant.parse("2025-08-20T20:00:00Z");
    static final OffsetTime MIDNIGHT = OffsetTime.parse("00:00-04:00");
    private static final List<String> TYPES = List.of("sleep", "activity", "readiness", "wellbeing");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    final TestDatabase database;
    final FormerService former;
    final SahhaBed bed;
    private int compared;

    BothServices(boolean keys) {
        database = keys
                ? SahhaTables.former("former-service.sql", "former-service-keys.sql")
                : SahhaTables.former("former-service.sql");
        SahhaTables.migrate(database, SahhaTables.CHANGELOG);
        bed = new SahhaBed(database);
        former = new FormerService(bed.jdbi, keys);
        bed.now.set(START);
    }

    static String user(int n) {
        return "aaaaaaaa-0000-4000-8000-00000000000" + n;
    }

    List<String> changes(String who) {
        ChangesAnswer.Listed listed = (ChangesAnswer.Listed) SahhaStores.in(bed.jdbi, new ObjectMapper(), any -> {})
                .changes()
                .since(new UserId(who), Change.OLDEST_KEPT, 100);
        return listed.changes().stream()
                .map(change -> change.revision() + " " + change.reason() + " " + change.days() + " " + change.metrics())
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
        Map<String, String> archetypes = answered(step, "/api/v1/sahha/archetypes?user_id=" + who, "name", "/value");
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
        bed.jdbi.useHandle(handle -> handle.createQuery("select " + name + " as name, " + start + " as start, " + value
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

    String biomarkers(Random random) {
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

    String line(String sql) {
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
