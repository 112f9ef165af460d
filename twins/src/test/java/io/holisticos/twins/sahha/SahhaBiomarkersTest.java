package io.holisticos.twins.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SahhaBiomarkersTest {
    private static final String ANNA = "/api/v1/profile/biomarker/demo-anna";
    private static Sahha sahha;

    @BeforeAll
    static void start() {
        sahha = Sahha.start();
    }

    @AfterAll
    static void stop() {
        sahha.close();
    }

    @Test
    void haveTheFormOfTheSamples() {
        var samples = new HashMap<String, JsonNode>();
        for (String name : List.of(
                "biomarkers.activity.14-days.response-200",
                "biomarkers.sleep.14-days.response-200",
                "biomarkers.vitals.reconstructed")) {
            Sahha.sample(name).forEach(row -> samples.put(row.path("type").asText(), row));
        }
        var seen = new TreeMap<String, JsonNode>();

        for (JsonNode row : sahha.biomarkers("demo-anna", "activity,sleep,vitals")) {
            assertThat(Sahha.keys(row)).isEqualTo(Sahha.keys(samples.get("steps")));
            assertThat(row.path("value").isTextual()).isTrue();
            seen.put(row.path("type").asText(), row);
        }
        sahha.biomarkers("demo-0002", "vitals")
                .forEach(row -> seen.putIfAbsent(row.path("type").asText(), row));

        assertThat(seen.keySet()).containsAll(samples.keySet());
        samples.forEach((type, sample) -> {
            for (String field : List.of("category", "aggregation", "unit", "valueType")) {
                assertThat(seen.get(type).path(field)).as(type + " " + field).isEqualTo(sample.path(field));
            }
        });
    }

    @Test
    void needCategoriesAndReadThemInAnyCase() {
        assertThat(sahha.get(ANNA).statusCode()).isEqualTo(400);
        assertThat(sahha.get(ANNA + "?types=steps").statusCode()).isEqualTo(400);
        assertThat(sahha.rows(ANNA + "?categories=Activity")).isEqualTo(sahha.rows(ANNA + "?categories=activity"));
        assertThat(sahha.get(ANNA + "?categories=heart").body()).isEqualTo("[]");
        sahha.twin.quirks(Set.of(SahhaQuirk.CATEGORIES_OPTIONAL));
        assertThat(sahha.rows(ANNA)).isNotEmpty();
        sahha.twin.quirks(Set.of());
    }

    @Test
    void narrowByTypes() {
        var rows = sahha.rows(ANNA + "?categories=activity&categories=sleep&types=steps&types=sleep_duration");

        assertThat(Set.copyOf(Sahha.texts(rows, "type"))).isEqualTo(Set.of("steps", "sleep_duration"));
        assertThat(rows).isEqualTo(sahha.rows(ANNA + "?categories=activity,sleep&types=steps,sleep_duration"));
        assertThat(sahha.get(ANNA + "?categories=activity&types=pulse").body()).isEqualTo("[]");
    }

    @Test
    void haveTheDocumentedWindows() {
        for (JsonNode row : sahha.biomarkers("demo-anna", "activity,sleep,vitals")) {
            var start = OffsetDateTime.parse(row.path("startDateTime").asText());
            var end = OffsetDateTime.parse(row.path("endDateTime").asText());
            boolean evening = row.path("endDateTime").asText().contains("T17:59:59");
            if (row.path("periodicity").asText().equals("weekly")) {
                assertThat(evening).isTrue();
                assertThat(start.toLocalDate()).isEqualTo(end.toLocalDate().minusDays(8));
                assertThat(start.getHour()).isEqualTo(18);
            } else if (evening) {
                assertThat(start).isEqualTo(end.plusSeconds(1).minusDays(1));
            } else {
                assertThat(row.path("endDateTime").asText()).contains("T23:59:59");
                assertThat(start).isEqualTo(end.plusSeconds(1).minusDays(1));
            }
        }
    }

    @Test
    void filterByTheLocalDateOfTheWindowsStart() {
        LocalDate day = sahha.person("demo-anna").dateAt(Sahha.START).minusDays(12);

        var rows = sahha.rows(ANNA + "?categories=activity,sleep,vitals&startDateTime=" + day + "&endDateTime=" + day);

        assertThat(Sahha.texts(rows, "startDateTime")).allMatch(text -> text.startsWith(day.toString()));
        assertThat(Sahha.texts(rows, "type")).contains("steps", "sleep_duration", "sleep_debt", "heart_rate_resting");
    }

    @Test
    void comeNewestFirstAndOnlyTheOpenDayIsIntraday() {
        var steps = sahha.rows(ANNA + "?categories=activity&types=steps");
        var starts = Sahha.texts(steps, "startDateTime");

        assertThat(starts).isSortedAccordingTo(Comparator.<String>naturalOrder().reversed());
        assertThat(Sahha.texts(steps, "periodicity").get(0)).isEqualTo("intraday");
        assertThat(Sahha.texts(steps, "periodicity").subList(1, starts.size())).containsOnly("daily");
        assertThat(starts).hasSizeBetween(60, 61);
    }

    @Test
    void growDuringTheOpenDayAndThenBecomeDaily() {
        try (var other = Sahha.start()) {
            String path = ANNA + "?categories=activity&types=steps";
            JsonNode noon = other.rows(path).get(0);
            other.advance(Duration.ofHours(6));
            JsonNode evening = other.rows(path).get(0);
            other.advance(Duration.ofHours(12));
            JsonNode closed = Sahha.texts(other.rows(path), "startDateTime")
                            .get(0)
                            .equals(noon.path("startDateTime").asText())
                    ? other.rows(path).get(0)
                    : other.rows(path).get(1);

            assertThat(evening.path("value").asInt())
                    .isGreaterThan(noon.path("value").asInt());
            assertThat(evening.path("id")).isNotEqualTo(noon.path("id"));
            assertThat(closed.path("startDateTime")).isEqualTo(noon.path("startDateTime"));
            assertThat(closed.path("value").asInt())
                    .isGreaterThanOrEqualTo(evening.path("value").asInt());
            assertThat(closed.path("periodicity").asText()).isEqualTo("daily");
        }
    }

    @Test
    void annasSleepIsWhoopsNightToTheMinuteForSixtyDays() {
        int nights = compareWithTruth("demo-anna", true);

        assertThat(nights).isBetween(50, 61);
    }

    @Test
    void bensSleepIsMeasuredOtherwiseButPlausibly() {
        int nights = compareWithTruth("demo-ben", false);

        assertThat(nights).isBetween(58, 61);
    }

    private static int compareWithTruth(String userId, boolean echo) {
        var byDay = new TreeMap<String, Map<String, String>>();
        for (JsonNode row : sahha.biomarkers(userId, "sleep")) {
            if (!row.path("periodicity").asText().equals("weekly")) {
                byDay.computeIfAbsent(row.path("endDateTime").asText().substring(0, 10), day -> new HashMap<>())
                        .put(row.path("type").asText(), row.path("value").asText());
            }
        }
        var truth = new HashMap<LocalDate, io.holisticos.twins.world.Night>();
        sahha.person(userId)
                .nights(Instant.EPOCH, Sahha.START)
                .forEach(night -> truth.put(night.end().atOffset(night.offset()).toLocalDate(), night));
        byDay.forEach((day, values) -> {
            var night = truth.get(LocalDate.parse(day));
            var stages = night.stages();
            double start = minutesBetween(values.get("sleep_start_time"), night.start());
            double end = minutesBetween(values.get("sleep_end_time"), night.end());
            long unstaged = sahha.person(userId).unstagedMilli(night); // WHOOP does not tell of it
            double asleep = Integer.parseInt(values.get("sleep_duration")) - stages.asleepMilli() / 60_000.0;
            if (echo) {
                assertThat(Math.abs(start)).isLessThanOrEqualTo(1);
                assertThat(Math.abs(end)).isLessThanOrEqualTo(1);
                assertThat(Math.abs(asleep)).isLessThanOrEqualTo(1);
                assertNear(values, "sleep_in_bed_duration", stages.inBedMilli());
                assertNear(values, "sleep_rem_duration", stages.remMilli());
                assertNear(values, "sleep_deep_duration", stages.deepMilli());
                assertNear(values, "sleep_light_duration", stages.lightMilli() - unstaged);
                assertNear(values, "sleep_awake_duration", stages.awakeMilli());
            } else {
                assertThat(Math.abs(start)).isBetween(4.0, 31.0);
                assertThat(Math.abs(end)).isBetween(4.0, 31.0);
                assertThat(Integer.parseInt(values.get("sleep_duration")))
                        .isLessThanOrEqualTo(Integer.parseInt(values.get("sleep_in_bed_duration")));
            }
        });
        return byDay.size();
    }

    private static void assertNear(Map<String, String> values, String type, long milli) {
        assertThat(Integer.parseInt(values.get(type)) - milli / 60_000.0)
                .as(type)
                .isBetween(-1.0, 1.0);
    }

    private static double minutesBetween(String text, Instant moment) {
        return Duration.between(moment, OffsetDateTime.parse(text)).toMillis() / 60_000.0;
    }
}
