package io.holisticos.twins.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reply against the official document and against the samples. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WireFormatTest {
    private static final Map<String, String> COLLECTIONS = Map.of(
            "/developer/v2/cycle", "PaginatedCycleResponse",
            "/developer/v2/recovery", "RecoveryCollection",
            "/developer/v2/activity/sleep", "PaginatedSleepResponse",
            "/developer/v2/activity/workout", "WorkoutCollection");
    private static final JsonNode DOCUMENT = Twin.parse(Twin.resource("openapi-v2.json"));

    private final Twin twin = new Twin();

    @BeforeAll
    void liveAWhile() {
        liftQuota(twin);
    }

    private static void liftQuota(Twin twin) {
        twin.whoop.turn(twin.whoop.knobs().with(new Knobs.Limits(1_000_000, 1_000_000, false, false)));
    }

    @AfterAll
    void close() {
        twin.close();
    }

    static Stream<String> members() {
        return Stream.of("demo-anna", "demo-ben", "demo-chen", "demo-dina", "demo-eve", "demo-0003");
    }

    @ParameterizedTest
    @MethodSource("members")
    void everyRecordFitsTheOfficialDocument(String member) {
        String token = twin.token(member);

        for (var collection : COLLECTIONS.entrySet()) {
            for (JsonNode page : pages(collection.getKey(), token)) {
                check(collection.getValue(), page);
                page.path("records").forEach(record -> checkAlone(collection.getKey(), record, token));
            }
        }
        check("UserBasicProfile", twin.json("/developer/v2/user/profile/basic", token));
        var body = twin.get("/developer/v2/user/measurement/body", token);
        assertThat(body.statusCode()).isEqualTo(member.equals("demo-chen") ? 404 : 200);
        if (body.statusCode() == 200) {
            check("UserBodyMeasurement", Twin.parse(body.body()));
        }
    }

    @Test
    void leavesNullsOutWhenAskedTo() {
        try (Twin other = new Twin()) {
            Knobs.Wire absent = new Knobs.Wire(false, true, 401, true);
            other.whoop.turn(other.whoop.knobs().with(absent));
            String token = other.token("demo-dina");

            for (var collection : COLLECTIONS.entrySet()) {
                var reply = other.get(collection.getKey() + "?limit=25", token);
                assertThat(reply.body()).doesNotContain("null");
                assertThat(errors(collection.getValue(), reply.body())).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cycle-scored-with-steps.json, /developer/v2/cycle",
        "cycle-open.json, /developer/v2/cycle",
        "cycle-pending.json, /developer/v2/cycle",
        "cycle-unscorable.json, /developer/v2/cycle",
        "recovery-scored.json, /developer/v2/recovery",
        "recovery-pending.json, /developer/v2/recovery",
        "recovery-calibrating-old-strap.json, /developer/v2/recovery",
        "sleep-scored.json, /developer/v2/activity/sleep",
        "sleep-nap.json, /developer/v2/activity/sleep",
        "sleep-pending.json, /developer/v2/activity/sleep",
        "workout-scored.json, /developer/v2/activity/workout",
        "workout-no-gps-strength-trainer.json, /developer/v2/activity/workout",
    })
    void hasARecordLikeTheSample(String sample, String path) {
        JsonNode wanted = Twin.parse(Twin.resource("" + sample));

        List<JsonNode> all = new ArrayList<>();
        for (String member : List.of("demo-anna", "demo-ben", "demo-dina", "demo-0001", "demo-0002", "demo-0003")) {
            pages(path, twin.token(member)).forEach(page -> page.path("records").forEach(all::add));
        }
        if (sample.contains("pending")) {
            all.addAll(pendingOnes(path));
        }

        assertThat(all).extracting(WireFormatTest::shape).contains(shape(wanted));
    }

    @ParameterizedTest
    @CsvSource({
        "page-cycles-more.json, /developer/v2/cycle?limit=1",
        "page-recoveries-more.json, /developer/v2/recovery?limit=1",
        "page-sleeps-more.json, /developer/v2/activity/sleep?limit=1",
        "page-workouts-more.json, /developer/v2/activity/workout?limit=1",
        "page-empty.json, /developer/v2/cycle?end=2001-01-01T00:00:00Z",
        "page-last-null-token.json, /developer/v2/cycle?start=2026-11-22T00:00:00Z",
        "profile.json, /developer/v2/user/profile/basic",
        "body-measurement.json, /developer/v2/user/measurement/body",
    })
    void repliesHaveTheSamplesKeysInTheSamplesOrder(String sample, String path) {
        JsonNode wanted = Twin.parse(Twin.resource("" + sample));

        JsonNode reply = twin.json(path, twin.token("demo-anna"));

        assertThat(names(reply)).isEqualTo(names(wanted));
        assertThat(reply.path("next_token").isTextual())
                .isEqualTo(wanted.path("next_token").isTextual());
    }

    @Test
    void mapsEveryNumberThatARecordCarriesAndNoOther() {
        try (Twin before = new Twin(Instant.parse("2025-07-20T09:34:00Z"))) { // three weeks into v2
            liftQuota(before);
            String token = before.token("demo-anna");
            List<JsonNode> activities = new ArrayList<>();
            for (String collection : List.of("/developer/v2/activity/sleep", "/developer/v2/activity/workout")) {
                pages(before, collection, token)
                        .forEach(page -> page.path("records").forEach(activities::add));
            }
            Map<Boolean, List<JsonNode>> byAge = activities.stream()
                    .collect(Collectors.partitioningBy(
                            one -> one.path("created_at").asText().compareTo("2025-07") < 0));
            assertThat(byAge.get(true))
                    .hasSizeGreaterThan(20)
                    .allMatch(old -> old.path("v1_id").isNumber());
            assertThat(byAge.get(false))
                    .hasSizeGreaterThan(15)
                    .allMatch(young -> young.path("v1_id").isNull());

            for (JsonNode old : byAge.get(true)) {
                JsonNode mapped = before.json(
                        "/developer/v1/activity-mapping/" + old.path("v1_id").asText(), "none");

                check("ActivityIdMappingResponse", mapped);
                assertThat(names(mapped)).isEqualTo(names(Twin.parse(Twin.resource("activity-mapping.json"))));
                assertThat(mapped.path("v2_activity_id")).isEqualTo(old.path("id"));
            }
            assertThat(byAge.get(true))
                    .extracting(old -> old.path("v1_id").asLong())
                    .doesNotHaveDuplicates();
            long cycle = byAge.get(false).get(0).path("cycle_id").asLong();
            assertThat(before.get("/developer/v1/activity-mapping/" + cycle * 16, "none")
                            .statusCode())
                    .as("a record without a number")
                    .isEqualTo(404);
            assertThat(before.get("/developer/v1/activity-mapping/17", "none").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void theStagesOfSomeNightsDoNotFillTheTimeInBed() {
        List<JsonNode> nights = new ArrayList<>();
        pages("/developer/v2/activity/sleep", twin.token("demo-anna"))
                .forEach(page -> page.path("records").forEach(nights::add));
        nights.removeIf(
                night -> night.path("score").isNull() || night.path("nap").asBoolean());

        List<Long> missing = nights.stream().map(WireFormatTest::missing).toList();

        assertThat(missing).allMatch(milli -> milli >= 0 && milli <= 1_800_000);
        assertThat(missing).filteredOn(milli -> milli == 0).hasSizeGreaterThan(nights.size() / 3);
        assertThat(missing).filteredOn(milli -> milli > 60_000).hasSizeGreaterThan(nights.size() / 10);
    }

    private static long missing(JsonNode night) {
        JsonNode stages = night.path("score").path("stage_summary");
        return stages.path("total_in_bed_time_milli").asLong()
                - Stream.of("awake", "no_data", "light_sleep", "slow_wave_sleep", "rem_sleep")
                        .mapToLong(stage ->
                                stages.path("total_" + stage + "_time_milli").asLong())
                        .sum();
    }

    @Test
    void whatWasLeftOfTheFirstVersionStillAnswers() {
        String token = twin.token("demo-anna");
        JsonNode cycles = twin.json("/developer/v2/cycle?limit=3", token).path("records");

        JsonNode old = twin.json("/developer/v1/cycle?limit=3", token).path("records");

        cycles.forEach(cycle -> ((ObjectNode) cycle).remove("step_count"));
        assertThat(old).isEqualTo(cycles);
        assertThat(twin.json("/developer/v1/user/profile/basic", token))
                .isEqualTo(twin.json("/developer/v2/user/profile/basic", token));
        assertThat(twin.get("/developer/v1/cycle", "none").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"recovery", "activity/sleep", "activity/workout", "user/measurement/body"})
    void theRestOfTheFirstVersionIsGone(String path) {
        assertThat(twin.get("/developer/v1/" + path, twin.token("demo-anna")).statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"strain\":\\d+\\.\\d{4,}", "\"hrv_rmssd_milli\":\\d+\\.\\d{2,}", "\"recovery_score\":\\d+\\.0"
            })
    void writesSinglePrecisionNumbers(String pattern) {
        String token = twin.token("demo-anna");

        String bodies = twin.get("/developer/v2/cycle", token).body()
                + twin.get("/developer/v2/recovery", token).body();

        assertThat(bodies).containsPattern(pattern);
    }

    private List<JsonNode> pendingOnes(String path) {
        // Right after the next night everything is still being computed.
        try (Twin other = new Twin()) {
            var anna = other.world.byUserId("demo-anna").orElseThrow();
            var night = anna.day(anna.lastDay(Twin.START) + 1).night();
            String token = other.token("demo-anna");
            other.clock.advance(Duration.between(Twin.START, night.end()));
            List<JsonNode> all = new ArrayList<>();
            for (int minute = 0; minute < 40; minute++) {
                other.clock.advance(Duration.ofMinutes(1));
                token = minute == 0 ? other.token("demo-anna") : token;
                other.json(path + "?limit=3", token).path("records").forEach(all::add);
            }
            return all;
        }
    }

    private void checkAlone(String collection, JsonNode record, String token) {
        String id = record.has("id")
                ? record.path("id").asText()
                : record.path("cycle_id").asText();
        String path =
                collection.endsWith("recovery") ? "/developer/v2/cycle/" + id + "/recovery" : collection + "/" + id;
        if (Math.floorMod(id.hashCode(), 8) == 0) { // every eighth keeps the test short
            assertThat(twin.json(path, token)).isEqualTo(record);
        }
    }

    private List<JsonNode> pages(String path, String token) {
        return pages(twin, path, token);
    }

    private static List<JsonNode> pages(Twin twin, String path, String token) {
        List<JsonNode> pages = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = twin.json(path + "?limit=25" + next, token);
            pages.add(page);
            next = page.path("next_token").isNull()
                    ? ""
                    : "&nextToken=" + page.path("next_token").asText();
        } while (!next.isEmpty() && pages.size() < 50);
        return pages;
    }

    private static void check(String schema, JsonNode reply) {
        assertThat(errors(schema, Wires.withoutNulls(reply).toString())).isEmpty();
    }

    private static List<String> errors(String name, String json) {
        return SCHEMAS.computeIfAbsent(name, WireFormatTest::schema).validate(json, InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    private static final Map<String, Schema> SCHEMAS = new java.util.concurrent.ConcurrentHashMap<>();

    private static Schema schema(String name) {
        var wrapper = Twin.JSON.createObjectNode();
        wrapper.put("$ref", "#/components/schemas/" + name);
        wrapper.set("components", DOCUMENT.path("components"));
        return SchemaRegistry.withDialect(Dialects.getOpenApi30()).getSchema(wrapper.toString(), InputFormat.JSON);
    }

    /** Keys with the kind of their values, order left aside. */
    private static Set<String> shape(JsonNode node) {
        Set<String> shape = new TreeSet<>();
        collect("", node, shape);
        return shape;
    }

    private static void collect(String path, JsonNode node, Set<String> shape) {
        if (node.isObject()) {
            node.properties().forEach(field -> collect(path + "/" + field.getKey(), field.getValue(), shape));
            return;
        }
        boolean mayBeEither = path.endsWith("/v1_id") || path.endsWith("/step_count") || path.endsWith("/sport_id");
        String kind = node.isNull()
                ? "null"
                : node.isNumber() ? "number" : node.getNodeType().name();
        shape.add(path + (mayBeEither ? "" : ":" + kind) + (path.endsWith("score_state") ? "=" + node.asText() : ""));
    }

    /** All names in order, inner ones after their parent. */
    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.properties().forEach(field -> {
            if (!Set.of("step_count").contains(field.getKey())) {
                names.add(field.getKey());
            }
            JsonNode inner = field.getValue().isArray() && !field.getValue().isEmpty()
                    ? field.getValue().get(0)
                    : field.getValue();
            names.addAll(names(inner));
        });
        return names;
    }

    @Test
    void unscorableNowAndThen() {
        Set<String> states = new HashSet<>();
        for (String member : List.of("demo-anna", "demo-ben", "demo-chen", "demo-dina")) {
            pages("/developer/v2/recovery", twin.token(member))
                    .forEach(page -> page.path("records")
                            .forEach(record ->
                                    states.add(record.path("score_state").asText())));
        }

        assertThat(states).contains("SCORED", "UNSCORABLE");
    }
}
