package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Records that no healthy day has, through the whole service: which day they are on, and what of them is shown. */
class DaysAndValuesTest {

    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final Instant LAST_NIGHT = Instant.parse("2026-11-21T22:00:00Z");
    private static final UUID NIGHT = UUID.fromString("0a0a0a0a-0000-4000-8000-000000000001");

    private static ScriptedHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void nothingIsLeft() {
        for (String list :
                List.of(ScriptedWhoop.CYCLES, ScriptedWhoop.SLEEPS, ScriptedWhoop.RECOVERIES, ScriptedWhoop.WORKOUTS)) {
            house.whoop().has(list);
        }
    }

    @Test
    void aWorkoutInACycleOfTwoWeeksIsOnItsOwnDateWhicheverWayItIsAskedFor() throws Exception {
        UUID workout = UUID.fromString("0b0b0b0b-0000-4000-8000-000000000001");
        UUID first = UUID.fromString("0b0b0b0b-0000-4000-8000-000000000002");
        Instant start = Instant.parse("2026-11-09T21:00:00Z");
        ObjectNode cycle = ScriptedWhoop.cycle(93_845, start)
                .put("end", start.plus(Duration.ofDays(14)).toString());
        house.whoop().has(ScriptedWhoop.CYCLES, cycle);
        house.whoop()
                .has(
                        ScriptedWhoop.WORKOUTS,
                        ScriptedWhoop.workout(workout, Instant.parse("2026-11-18T17:00:00Z")),
                        ScriptedWhoop.workout(first, start.plus(Duration.ofHours(36))));
        house.connectAndSync("long", 4801);

        JsonNode range = house.json("/api/v1/unified-health/days/long?from=2026-11-10&to=2026-11-18");

        assertThat(idsOf(range.get(0).path("workouts"))).containsExactly(first.toString());
        assertThat(idsOf(range.get(8).path("workouts"))).containsExactly(workout.toString());
        for (JsonNode day : range) {
            String date = day.path("date").asText();
            assertThat(house.json("/api/v1/unified-health/overview/long?period=" + date)
                            .path("workouts"))
                    .as(date)
                    .isEqualTo(day.path("workouts"));
            assertThat(idsOf(house.json("/internal/data/workouts/long?date=" + date)
                            .path("records")))
                    .as(date)
                    .isEqualTo(idsOf(day.path("workouts")));
            assertThat(idsOf(house.json("/internal/data/cycles/long?date=" + date)
                            .path("records")))
                    .as(date)
                    .hasSize(date.equals("2026-11-10") ? 1 : 0);
        }
        assertThat(idsOf(house.json("/internal/data/workouts/long?from=2026-11-10&to=2026-11-18")
                        .path("records")))
                .containsExactly(first.toString(), workout.toString());
    }

    @Test
    void daysOfOddRecordsAreTheSameAskedForOneByOneAndInARange() throws Exception {
        Random random = new Random(14);
        List<JsonNode> cycles = new ArrayList<>();
        List<JsonNode> sleeps = new ArrayList<>();
        List<JsonNode> workouts = new ArrayList<>();
        Instant start = Instant.parse("2026-11-01T20:00:00Z");
        for (int i = 0; i < 14; i++) {
            Duration length = Duration.ofHours(4 + random.nextInt(i % 5 == 0 ? 150 : 30));
            String offset = random.nextInt(4) > 0 ? "+01:00" : random.nextBoolean() ? "+14:00" : "-10:00";
            cycles.add(ScriptedWhoop.cycle(100 + i, start)
                    .put("end", start.plus(length).toString())
                    .put("timezone_offset", offset));
            if (random.nextInt(3) > 0) {
                sleeps.add(ScriptedWhoop.sleep(new UUID(1, i), 100 + i, start).put("timezone_offset", offset));
            }
            if (random.nextInt(4) == 0) {
                Instant anywhere = start.plus(Duration.ofHours(random.nextInt(200) - 100));
                sleeps.add(
                        ScriptedWhoop.sleep(new UUID(2, i), 100 + i, anywhere).put("nap", random.nextBoolean()));
            }
            workouts.add(ScriptedWhoop.workout(new UUID(3, i), start.plus(Duration.ofHours(random.nextInt(100)))));
            start = start.plus(length).minus(Duration.ofHours(random.nextInt(3) > 0 ? 0 : 12));
        }
        house.whoop().has(ScriptedWhoop.CYCLES, cycles.toArray(JsonNode[]::new));
        house.whoop().has(ScriptedWhoop.SLEEPS, sleeps.toArray(JsonNode[]::new));
        house.whoop().has(ScriptedWhoop.WORKOUTS, workouts.toArray(JsonNode[]::new));
        house.connectAndSync("strange", 4805);

        JsonNode range;
        Map<String, JsonNode> single;
        JsonNode again = daysOfStrange();
        do { // older days are fetched meanwhile, and change how complete a day is
            range = again;
            single = new LinkedHashMap<>();
            for (JsonNode day : range) {
                String date = day.path("date").asText();
                single.put(date, house.json("/api/v1/unified-health/overview/strange?period=" + date));
            }
            again = daysOfStrange();
        } while (!steadyDays(range).equals(steadyDays(again)));

        List<String> seen = new ArrayList<>();
        for (JsonNode day : range) {
            String date = day.path("date").asText();
            assertThat(steady(single.get(date))).as(date).isEqualTo(steady(day));
            seen.addAll(idsOf(day.path("workouts")));
        }
        assertThat(seen).as("each on one day").hasSize(workouts.size()).doesNotHaveDuplicates();
        List<String> internal = new ArrayList<>();
        for (JsonNode day : range) {
            internal.addAll(idsOf(house.json("/internal/data/sleep/strange?date="
                            + day.path("date").asText())
                    .path("records")));
        }
        assertThat(internal)
                .isEqualTo(idsOf(house.json("/internal/data/sleep/strange?from=2026-10-10&to=2026-11-30")
                        .path("records")))
                .hasSize(sleeps.size());
    }

    private static JsonNode daysOfStrange() {
        return house.json("/api/v1/unified-health/days/strange?from=2026-10-10&to=2026-11-30");
    }

    private static List<JsonNode> steadyDays(JsonNode range) {
        List<JsonNode> days = new ArrayList<>();
        range.forEach(day -> days.add(steady(day)));
        return days;
    }

    /** A day without what differs from one question to the next. */
    private static JsonNode steady(JsonNode day) {
        return ((ObjectNode) day).without(List.of("period", "generated_at", "processing_stats"));
    }

    @Test
    void zerosOfARecoveryDoNotBeatWhatThePhoneMeasured() throws Exception {
        ObjectNode recovery = ScriptedWhoop.recovery(93_846, NIGHT, LAST_NIGHT.plus(Duration.ofHours(9)));
        ((ObjectNode) recovery.path("score"))
                .put("resting_heart_rate", 0)
                .put("hrv_rmssd_milli", 0)
                .put("spo2_percentage", 0)
                .put("skin_temp_celsius", 0);
        house.whoop().has(ScriptedWhoop.CYCLES, ScriptedWhoop.cycle(93_846, LAST_NIGHT));
        house.whoop().has(ScriptedWhoop.SLEEPS, ScriptedWhoop.sleep(NIGHT, 93_846, LAST_NIGHT));
        house.whoop().has(ScriptedWhoop.RECOVERIES, recovery);
        house.sahha()
                .has(
                        ScriptedSahha.BIOMARKERS,
                        "zero",
                        ScriptedSahha.biomarker("b-1", "vitals", "heart_rate_resting", "55", "bpm", TODAY));
        house.connectAndSync("zero", 4802);

        JsonNode day = house.json("/api/v1/unified-health/overview/zero?period=" + TODAY);

        JsonNode heart = day.path("metrics").path("heart_rate.resting");
        assertThat(heart.path("value").asInt()).isEqualTo(55);
        assertThat(heart.path("source").asText()).isEqualTo("sahha");
        assertThat(heart.path("verdict").asText()).isEqualTo("single");
        assertThat(heart.path("others")).isEmpty();
        for (String metric : List.of("hrv.rmssd.sleep", "spo2.sleep", "skin_temperature.sleep")) {
            assertThat(day.path("metrics").has(metric)).as(metric).isFalse();
            assertThat(reasonOf(metric, day)).isEqualTo("implausible");
        }
        assertThat(day.at("/whoop/recovery/score/resting_heart_rate").decimalValue())
                .as("WHOOP's own words")
                .isZero();
        assertThat(house.json("/internal/data/recovery/zero?date=" + TODAY)
                        .at("/records/0/score/spo2_percentage")
                        .decimalValue())
                .isZero();
        JsonNode existing =
                house.json("/api/v1/health-metrics/overview?profile_id=zero&include_whoop=true&period=" + TODAY);
        assertThat(existing.at("/whoop/metrics").has("sleep.duration")).isTrue();
        assertThat(existing.at("/whoop/metrics").has("heart_rate.resting")).isFalse();
        assertThat(existing.at("/whoop/recovery/score/resting_heart_rate").isNumber())
                .isTrue();
    }

    @Test
    void aSleepOfMinusAnHourIsNone() throws Exception {
        ObjectNode sleep = ScriptedWhoop.sleep(NIGHT, 93_847, LAST_NIGHT);
        ((ObjectNode) sleep.at("/score/stage_summary"))
                .put("total_in_bed_time_milli", Duration.ofHours(8).toMillis())
                .put("total_awake_time_milli", Duration.ofMinutes(450).toMillis())
                .put("total_no_data_time_milli", Duration.ofMinutes(90).toMillis());
        house.whoop().has(ScriptedWhoop.CYCLES, ScriptedWhoop.cycle(93_847, LAST_NIGHT));
        house.whoop().has(ScriptedWhoop.SLEEPS, sleep);
        house.connectAndSync("awake", 4803);

        JsonNode day = house.json("/api/v1/unified-health/overview/awake?period=" + TODAY);

        assertThat(day.path("metrics").has("sleep.duration")).isFalse();
        assertThat(reasonOf("sleep.duration", day)).isEqualTo("implausible");
        assertThat(day.path("metrics").path("sleep.in_bed").path("value").asInt())
                .isEqualTo(480);
        assertThat(house.json("/internal/data/sleep/awake?date=" + TODAY)
                        .at("/records/0/score/stage_summary/total_no_data_time_milli")
                        .asLong())
                .isEqualTo(5_400_000);
    }

    @Test
    void whatNoRecordMayHoldCostsNothingElseOfIt() throws Exception {
        ObjectNode recovery = ScriptedWhoop.recovery(93_848, NIGHT, LAST_NIGHT.plus(Duration.ofHours(9)));
        ((ObjectNode) recovery.path("score")).put("spo2_percentage", 130.5).put("recovery_score", -1);
        ObjectNode workout = ScriptedWhoop.workout(NIGHT, LAST_NIGHT.plus(Duration.ofHours(10)));
        ((ObjectNode) workout.path("score"))
                .put("average_heart_rate", 0)
                .put("kilojoule", -5)
                .put("distance_meter", -1)
                .put("percent_recorded", 140);
        house.whoop().has(ScriptedWhoop.CYCLES, ScriptedWhoop.cycle(93_848, LAST_NIGHT));
        house.whoop().has(ScriptedWhoop.SLEEPS, ScriptedWhoop.sleep(NIGHT, 93_848, LAST_NIGHT));
        house.whoop().has(ScriptedWhoop.RECOVERIES, recovery);
        house.whoop().has(ScriptedWhoop.WORKOUTS, workout);
        house.connectAndSync("odd", 4804);

        JsonNode day = house.json("/api/v1/unified-health/overview/odd?period=" + TODAY);

        assertThat(day.at("/metrics/heart_rate.resting/value").asInt()).isEqualTo(64);
        assertThat(day.at("/metrics").has("spo2.sleep")).isFalse();
        assertThat(reasonOf("spo2.sleep", day)).isEqualTo("implausible");
        assertThat(reasonOf("whoop_recovery", day)).isEqualTo("implausible");
        assertThat(day.at("/scores").has("whoop_recovery")).isFalse();
        JsonNode trained = day.at("/workouts/0");
        assertThat(trained.path("max_heart_rate").asInt()).isEqualTo(146);
        for (String impossible : List.of("average_heart_rate", "energy_kcal", "distance_meter")) {
            assertThat(trained.has(impossible)).as(impossible).isFalse();
        }
        assertThat(house.json("/internal/data/workouts/odd?date=" + TODAY)
                        .at("/records/0/score/percent_recorded")
                        .asInt())
                .isEqualTo(140);
        assertThat(house.json("/internal/data/recovery/odd?date=" + TODAY)
                        .at("/records/0/score/spo2_percentage")
                        .decimalValue())
                .isEqualByComparingTo("130.5");
    }

    private static String reasonOf(String metric, JsonNode day) {
        return StreamSupport.stream(day.at("/completeness/missing").spliterator(), false)
                .filter(missing -> missing.path("metric").asText().equals(metric))
                .map(missing -> missing.path("reason").asText())
                .findFirst()
                .orElse("not missing");
    }

    private static List<String> idsOf(JsonNode records) {
        List<String> ids = new ArrayList<>();
        records.forEach(record -> ids.add(record.path("id").asText()));
        return ids;
    }
}
