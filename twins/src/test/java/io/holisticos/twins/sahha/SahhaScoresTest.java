package io.holisticos.twins.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SahhaScoresTest {
    private static final String ANNA = "/api/v1/profile/score/demo-anna";
    private static final String ALL =
            "types=wellbeing&types=activity&types=sleep&types=mental_wellbeing&types=readiness";
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
    void haveTheKeysAndTypesOfTheSamples() {
        var samples = new HashMap<String, JsonNode>();
        Sahha.sample("scores.one-day.all-types.response-200")
                .forEach(row -> samples.put(row.path("type").asText(), row));

        for (JsonNode row : sahha.rows(ANNA + "?" + ALL)) {
            JsonNode sample = samples.get(row.path("type").asText());
            assertThat(Sahha.keys(row)).isEqualTo(Sahha.keys(sample));
            assertThat(row.path("score").isDouble()).isTrue();
            assertThat(row.path("version").isInt()).isTrue();
            assertThat(row.path("dataSources").isArray()).isTrue();
            var names = Sahha.texts(sample.path("factors"), "name");
            for (JsonNode factor : row.path("factors")) {
                assertThat(Sahha.keys(factor))
                        .isEqualTo(Sahha.keys(sample.path("factors").get(0)));
                assertThat(names).contains(factor.path("name").asText());
            }
        }
    }

    @Test
    void areFiveADayForSixtyDaysNewestFirst() {
        var rows = sahha.rows(ANNA + "?" + ALL);

        var days = days(rows);
        assertThat(days)
                .isSortedAccordingTo(Comparator.<LocalDate>naturalOrder().reversed());
        assertThat(Set.copyOf(days)).hasSizeBetween(60, 61);
        assertThat(days.get(0)).isEqualTo(today("demo-anna"));
        assertThat(days.stream().filter(today("demo-anna")::equals)).hasSize(5);
    }

    @Test
    void carryLocalMidnightWithTheMembersOffset() {
        var offset = sahha.person("demo-anna").offsetAt(Sahha.START).getId();
        for (String text : Sahha.texts(sahha.scores("demo-anna", "sleep"), "scoreDateTime")) {
            assertThat(text).endsWith("T00:00:00" + (offset.equals("Z") ? "+00:00" : offset));
        }
    }

    @Test
    void sleepFollowsTheFittedFormula() {
        for (JsonNode row : sahha.scores("demo-anna", "sleep")) {
            Map<String, Double> scores = new HashMap<>();
            row.path("factors")
                    .forEach(factor -> scores.put(
                            factor.path("name").asText(), factor.path("score").asDouble()));
            double expected = 0.39 * scores.get("sleep_duration")
                    + 0.19 * scores.get("sleep_debt")
                    + 0.27 * scores.get("sleep_regularity")
                    + 0.14 * scores.get("circadian_alignment");
            assertThat(row.path("score").asDouble()).isCloseTo(expected, org.assertj.core.data.Offset.offset(0.006));
        }
    }

    @Test
    void haveFloatNoiseAndStatesThatSometimesDisagree() {
        int noisy = 0;
        int disagreeing = 0;
        for (JsonNode row : sahha.rows(ANNA + "?" + ALL)) {
            disagreeing += agrees(row) ? 0 : 1;
            for (JsonNode factor : row.path("factors")) {
                noisy += factor.path("score").asText().length() > 10 ? 1 : 0;
                disagreeing += agrees(factor) ? 0 : 1;
            }
        }
        assertThat(noisy).isGreaterThan(100);
        assertThat(disagreeing).isBetween(5, 600);
    }

    private static boolean agrees(JsonNode scored) {
        double score = scored.path("score").asDouble();
        String band = score >= 0.795 ? "high" : score >= 0.595 ? "medium" : score >= 0.395 ? "low" : "minimal";
        return band.equals(scored.path("state").asText());
    }

    @Test
    void needTypesButIgnoreMisspeltDates() {
        var missing = sahha.get(ANNA);

        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(Sahha.keys(Sahha.json(missing)))
                .isEqualTo(Sahha.keys(Sahha.sample("error.400.validation.reconstructed")));
        assertThat(sahha.get(ANNA + "?types=").statusCode()).isEqualTo(400);
        assertThat(sahha.rows(ANNA + "?types=sleep&startDate=2026-11-20&endDate=2026-11-20"))
                .isEqualTo(sahha.rows(ANNA + "?types=sleep"));
    }

    @Test
    void honourRepeatsAndCommasAndAnswerUnknownTypesWithNothing() {
        var repeated = sahha.rows(ANNA + "?types=sleep&types=activity");

        assertThat(sahha.rows(ANNA + "?types=activity,sleep")).isEqualTo(repeated);
        assertThat(Set.copyOf(Sahha.texts(repeated, "type"))).isEqualTo(Set.of("sleep", "activity"));
        assertThat(sahha.get(ANNA + "?types=wellness").body()).isEqualTo("[]");
    }

    @Test
    void filterByInclusiveLocalDatesInEveryForm() {
        LocalDate day = today("demo-anna").minusDays(3);
        String offset = sahha.person("demo-anna").offsetAt(Sahha.START).getId().replace("+", "%2B");
        for (String bounds : List.of(
                "startDateTime=" + day + "&endDateTime=" + day,
                "startDateTime=" + day + "T00:00:00&endDateTime=" + day + "T23:59:59",
                "startDateTime=" + day + "T00:00:00" + offset + "&endDateTime=" + day + "T23:59:59.99" + offset,
                "startDateTime=" + day + "T23:00:00" + offset + "&endDateTime=" + day + "T01:00:00" + offset)) {
            var rows = sahha.rows(ANNA + "?types=sleep&" + bounds);

            assertThat(days(rows)).as(bounds).containsOnly(day);
        }
        Instant lateUtc = day.atTime(23, 30).toInstant(sahha.person("demo-anna").offsetAt(Sahha.START));
        assertThat(days(sahha.rows(ANNA + "?types=sleep&startDateTime=" + lateUtc)))
                .containsExactly(day.plusDays(3), day.plusDays(2), day.plusDays(1), day);
    }

    @Test
    void narrowerRangesAreSubsetsAndRangesAddUp() {
        LocalDate today = today("demo-anna");
        var whole = texts(ANNA + "?types=sleep");
        for (int cut = 0; cut < 60; cut += 7) {
            var older = texts(ANNA + "?types=sleep&endDateTime=" + today.minusDays(cut + 1L));
            var newer = texts(ANNA + "?types=sleep&startDateTime=" + today.minusDays(cut));
            var both = new ArrayList<>(newer);
            both.addAll(older);
            assertThat(both).isEqualTo(whole);
        }
        assertThat(sahha.get(ANNA + "?types=sleep&startDateTime=" + today + "&endDateTime=" + today.minusDays(1))
                        .body())
                .isEqualTo("[]");
    }

    private static List<String> texts(String path) {
        return Sahha.texts(sahha.rows(path), "id");
    }

    @Test
    void refuseABarePlusAndOtherUnreadableDates() {
        for (String date : List.of("2026-11-20T00:00:00+12:00", "20-11-2026", "yesterday", "2026-13-01")) {
            var response = sahha.get(ANNA + "?types=sleep&startDateTime=" + date);

            assertThat(response.statusCode()).as(date).isEqualTo(400);
            assertThat(Sahha.json(response).path("errors").get(0).path("origin").asText())
                    .isEqualTo("startDateTime");
        }
    }

    @Test
    void answerUnknownProfilesWith404AndTakeSahhasOwnIdToo() {
        for (String id : List.of("nobody", "demo-eve")) {
            var response = sahha.get("/api/v1/profile/score/" + id + "?types=sleep");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(Sahha.keys(Sahha.json(response))).isEqualTo(Sahha.keys(Sahha.sample("error.500.internal")));
        }
        String profileId = sahha.person("demo-anna").identity().sahhaProfileId();
        assertThat(sahha.scores(profileId, "sleep")).isEqualTo(sahha.scores("demo-anna", "sleep"));
    }

    @Test
    void lackActivityAndReadinessForSampleProfiles() {
        assertThat(Set.copyOf(Sahha.texts(sahha.rows("/api/v1/profile/score/demo-0001?" + ALL), "type")))
                .doesNotContain("activity", "readiness")
                .contains("sleep");
        assertThat(sahha.get("/api/v1/profile/score/demo-0001?types=activity").body())
                .isEqualTo("[]");
    }

    @Test
    void existInTheMorningAndAreRecomputedDuringTheDay() {
        try (var other = Sahha.start()) {
            LocalDate tomorrow = today("demo-anna").plusDays(1);
            String path = ANNA + "?types=activity&startDateTime=" + tomorrow;
            Instant midnight =
                    tomorrow.atStartOfDay().toInstant(other.person("demo-anna").offsetAt(Sahha.START));
            other.advance(Duration.between(Sahha.START, midnight.plus(Duration.ofHours(1))));
            assertThat(other.get(path).body()).isEqualTo("[]");

            other.advance(Duration.ofHours(8));
            JsonNode morning = other.rows(path).get(0);
            other.advance(Duration.ofHours(9));
            JsonNode evening = other.rows(path).get(0);

            assertThat(evening.path("id")).isNotEqualTo(morning.path("id"));
            assertThat(evening.path("score").asDouble())
                    .isNotEqualTo(morning.path("score").asDouble());
            assertThat(evening.path("scoreDateTime")).isEqualTo(morning.path("scoreDateTime"));
            assertThat(OffsetDateTime.parse(evening.path("createdAtUtc").asText()))
                    .isAfter(OffsetDateTime.parse(morning.path("createdAtUtc").asText()));
        }
    }

    @Test
    void theOldestFortnightAppearedAtOnce() {
        var created = Sahha.texts(sahha.scores("demo-anna", "sleep"), "createdAtUtc");

        assertThat(Set.copyOf(created.subList(created.size() - 13, created.size())))
                .hasSize(1);
        assertThat(Set.copyOf(created)).hasSizeGreaterThan(40);
    }

    @Test
    void areTheSameForASeedAndOthersForAnother() {
        String path = "/api/v1/profile/score/demo-ben?" + ALL;
        try (var twin = Sahha.start();
                var other = Sahha.start(SahhaTwinOptions.onPort(0), 8)) {
            assertThat(twin.get(path).body()).isEqualTo(sahha.get(path).body());
            assertThat(other.get(path).body()).isNotEqualTo(sahha.get(path).body());
        }
    }

    @Test
    void idsAreUniqueAndOfVersionFive() {
        var ids = Sahha.texts(sahha.rows(ANNA + "?" + ALL), "id");

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids).allMatch(id -> java.util.UUID.fromString(id).version() == 5);
    }

    @Test
    void followATravellerFromOffsetToOffset() {
        var rows = sahha.scores("demo-dina", "sleep");

        assertThat(Sahha.texts(rows, "scoreDateTime").stream()
                        .map(text -> text.substring(19))
                        .distinct())
                .hasSizeGreaterThanOrEqualTo(4);
        assertThat(days(rows)).doesNotHaveDuplicates();
    }

    private static LocalDate today(String userId) {
        return sahha.person(userId).dateAt(Sahha.START);
    }

    private static List<LocalDate> days(JsonNode rows) {
        return Sahha.texts(rows, "scoreDateTime").stream()
                .map(text -> LocalDate.parse(text.substring(0, 10)))
                .toList();
    }
}
