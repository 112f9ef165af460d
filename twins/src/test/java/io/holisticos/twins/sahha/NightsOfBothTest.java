package io.holisticos.twins.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.Night;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.SahhaFeed;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Sahha has of nights that WHOOP measured, by the way it came there. */
class NightsOfBothTest {

    private static final Duration NEAR = Duration.ofMinutes(2);
    private static final int DAYS = 30;
    private static final Sahha SAHHA = Sahha.start();

    @AfterAll
    static void stop() {
        SAHHA.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"demo-anna, HEALTH_STORE", "demo-0002, WHOOP_INTEGRATION"})
    void aRelayedNightIsWhoopsToTheMinuteOnAllDaysButOne(String userId, SahhaFeed feed) {
        Person person = SAHHA.person(userId);
        assertThat(person.membership().sahhaFeed()).isEqualTo(feed);
        Map<LocalDate, Night> nights = nights(person);
        Map<LocalDate, Map<String, JsonNode>> days = days(userId);

        long same = lastDays(person)
                .filter(date -> nights.containsKey(date) && days.containsKey(date))
                .filter(date -> isSameNight(person, nights.get(date), days.get(date)))
                .count();

        assertThat(same).isGreaterThanOrEqualTo(DAYS - 1);
    }

    @Test
    void whoseSahhaRelaysWhoopLosesAtMostOneNightInThirtyOnAnyDayAndSeed() {
        for (int seed = 1; seed <= 20; seed++) {
            Person anna = World.of(new WorldOptions(seed, Sahha.START, 0))
                    .byUserId("demo-anna")
                    .orElseThrow();
            long last = anna.lastDay(Sahha.START);
            List<Long> lost = LongStream.rangeClosed(last - 400, last)
                    .filter(day -> !anna.day(day).night().measured())
                    .boxed()
                    .toList();
            for (int i = 1; i < lost.size(); i++) {
                assertThat(lost.get(i) - lost.get(i - 1)).isGreaterThanOrEqualTo(DAYS);
            }
            assertThat(lost).as("it still happens").isNotEmpty();
        }
    }

    @Test
    void noWindowIsWhoopsInterval() {
        for (String userId : new String[] {"demo-anna", "demo-0002", "demo-0004"}) {
            Map<LocalDate, Night> nights = nights(SAHHA.person(userId));
            days(userId)
                    .forEach((date, rows) -> rows.values().forEach(row -> {
                        Night night = nights.get(date);
                        Instant start = time(row.path("startDateTime"));
                        Instant end = time(row.path("endDateTime"));
                        assertThat(night == null || !(near(start, night.start()) && near(end, night.end())))
                                .isTrue();
                    }));
        }
    }

    @Test
    void theHealthStoreHasNoRmssdAndTheIntegrationHasWhoops() {
        assertThat(days("demo-anna").values())
                .noneMatch(rows -> rows.containsKey("heart_rate_variability_rmssd"))
                .anyMatch(rows -> rows.containsKey("heart_rate_variability_sdnn"));
        Map<LocalDate, Night> nights = nights(SAHHA.person("demo-0002"));
        Map<LocalDate, Map<String, JsonNode>> days = days("demo-0002");
        assertThat(days.values()).noneMatch(rows -> rows.containsKey("heart_rate_variability_sdnn"));
        nights.forEach((date, night) -> {
            if (night.measured() && days.containsKey(date)) {
                Map<String, JsonNode> rows = days.get(date);
                assertThat(number(rows, "heart_rate_variability_rmssd"))
                        .isCloseTo(night.vitals().hrvRmssd(), org.assertj.core.data.Offset.offset(0.051));
                assertThat(time(rows.get("sleep_start_time").path("value")).toEpochMilli())
                        .isEqualTo(night.start().toEpochMilli());
                assertThat(time(rows.get("sleep_end_time").path("value")).toEpochMilli())
                        .isEqualTo(night.end().toEpochMilli());
            }
        });
    }

    @Test
    void anIndependentTrackerIsNearWhoopAndNeverTheSame() {
        Person person = SAHHA.person("demo-0004");
        assertThat(person.membership().sahhaFeed()).isEqualTo(SahhaFeed.TRACKER);
        Map<LocalDate, Night> nights = nights(person);
        Map<LocalDate, Map<String, JsonNode>> days = days("demo-0004");
        assertThat(days).hasSizeGreaterThan(DAYS);
        days.forEach((date, rows) -> {
            Night night = nights.get(date);
            if (night == null) {
                return;
            }
            Duration apart = Duration.between(
                            night.start(), time(rows.get("sleep_start_time").path("value")))
                    .abs();
            assertThat(apart).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(31));
            assertThat(number(rows, "heart_rate_resting"))
                    .isNotEqualTo((double) Math.round(night.vitals().restingHeartRate()))
                    .isCloseTo(night.vitals().restingHeartRate(), org.assertj.core.data.Offset.offset(4.0));
            assertThat(Math.abs(number(rows, "respiratory_rate_sleep")
                            - night.vitals().respiratoryRate()))
                    .isBetween(0.1, 0.7);
            assertThat(Math.abs(100 * number(rows, "oxygen_saturation_sleep")
                            - night.vitals().spo2()))
                    .isBetween(0.9, 3.1);
            assertThat(rows).containsKey("sleep_rem_duration").doesNotContainKey("heart_rate_variability_rmssd");
        });
    }

    @Test
    void inAYearAnIndependentTrackerNeverSaysWhatWhoopSays() {
        WorldOptions year = new WorldOptions(7, Sahha.START, 12, new Life(Duration.ofDays(365), null));
        Person person = World.of(year).byUserId("demo-0004").orElseThrow();
        Member member = new Member(
                person,
                7,
                person.dateAt(person.membership().since()),
                person.membership().since());
        int compared = 0;
        for (Night night : nights(person).values()) {
            LocalDate date = night.end().atOffset(night.offset()).toLocalDate();
            CollectedDay day = member.day(date).orElse(null);
            CollectedDay.Night slept = day == null ? null : day.night();
            if (slept == null) {
                continue;
            }
            compared++;
            assertThat(near(slept.start().toInstant(), night.start())).isFalse();
            assertThat(near(slept.end().toInstant(), night.end())).isFalse();
            assertThat(day.vitals().rmssd()).isNull();
            assertThat(day.vitals().restingHeartRate())
                    .isNotEqualTo((int) Math.round(night.vitals().restingHeartRate()));
            assertThat(Math.abs(day.vitals().respiratoryRate() - night.vitals().respiratoryRate()))
                    .isGreaterThan(0.15);
            assertThat(Math.abs(100 * day.vitals().oxygenSaturation()
                            - night.vitals().spo2()))
                    .isGreaterThan(1);
        }
        assertThat(compared).isGreaterThan(360);
    }

    @Test
    void theIntegrationIsListedAndNamedAsTheSource() {
        assertThat(SAHHA.rows("/api/v1/profile/integration/demo-0002").findValuesAsText("integrationType"))
                .containsExactly("whoop");
        assertThat(SAHHA.rows("/api/v1/account/profile/demo-0002").findValuesAsText("sourceName"))
                .containsExactly("whoop");
        assertThat(SAHHA.rows("/api/v1/account/profile/demo-anna").findValuesAsText("sourceName"))
                .containsExactly("com.whoop.iphone");
    }

    private static boolean isSameNight(Person person, Night night, Map<String, JsonNode> rows) {
        long light = night.stages().lightMilli() - person.unstagedMilli(night);
        return rows.containsKey("sleep_start_time")
                && Duration.between(
                                        night.start(),
                                        time(rows.get("sleep_start_time").path("value")))
                                .abs()
                                .compareTo(NEAR)
                        <= 0
                && Duration.between(night.end(), time(rows.get("sleep_end_time").path("value")))
                                .abs()
                                .compareTo(NEAR)
                        <= 0
                && withinAMinute(rows, "sleep_light_duration", light)
                && withinAMinute(rows, "sleep_deep_duration", night.stages().deepMilli())
                && withinAMinute(rows, "sleep_rem_duration", night.stages().remMilli())
                && withinAMinute(rows, "sleep_duration", night.stages().asleepMilli())
                && withinAMinute(rows, "sleep_in_bed_duration", night.stages().inBedMilli());
    }

    private static boolean withinAMinute(Map<String, JsonNode> rows, String type, long milli) {
        return Math.abs(number(rows, type) - milli / 60_000.0) <= 1;
    }

    private static boolean near(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(NEAR) <= 0;
    }

    private static double number(Map<String, JsonNode> rows, String type) {
        return new BigDecimal(rows.get(type).path("value").asText()).doubleValue();
    }

    private static Instant time(JsonNode text) {
        return OffsetDateTime.parse(text.asText()).toInstant();
    }

    private static Stream<LocalDate> lastDays(Person person) {
        LocalDate today = person.dateAt(Sahha.START);
        return today.minusDays(DAYS - 1).datesUntil(today.plusDays(1));
    }

    private static Map<LocalDate, Night> nights(Person person) {
        return person.nights(person.membership().since(), Sahha.START).stream()
                .collect(Collectors.toMap(
                        night -> night.end().atOffset(night.offset()).toLocalDate(),
                        night -> night,
                        (one, other) -> other,
                        TreeMap::new));
    }

    /** By day and type, the newest row of each. */
    private static Map<LocalDate, Map<String, JsonNode>> days(String userId) {
        Map<LocalDate, Map<String, JsonNode>> days = new TreeMap<>();
        for (JsonNode row : SAHHA.biomarkers(userId, "sleep&categories=vitals")) {
            if (!row.path("periodicity").asText().equals("weekly")) {
                LocalDate day = OffsetDateTime.parse(row.path("endDateTime").asText())
                        .minusSeconds(1)
                        .toLocalDate();
                days.computeIfAbsent(day, date -> new HashMap<>())
                        .put(row.path("type").asText(), row);
            }
        }
        return days;
    }
}
