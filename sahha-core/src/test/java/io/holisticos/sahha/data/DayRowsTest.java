package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Score;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.Workout;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that others wrote to the tables of the entry point. */
class DayRowsTest {

    private static final Instant AT = Instant.parse("2026-11-22T09:00:00Z");
    private static final ZoneOffset HOME = ZoneOffset.ofHours(1);

    @Test
    void aScoreBeyondItsScaleIsNoneForCallersOfTheRowsAndGoesToTheGateOfTheUnifiedDay() {
        DayRows day = new DayRows(List.of(score("1", "readiness", "1.7"), score("2", "sleep", "0.5")), List.of());

        assertThat(day.score("readiness")).isEmpty();
        assertThat(day.allScores())
                .extracting(Score::name, Score::value)
                .containsExactly(tuple("readiness", new BigDecimal("1.7")), tuple("sleep", new BigDecimal("0.5")));
    }

    @Test
    void aScoreThatCanBeGoesBeforeOneThatCannot() {
        DayRows day = new DayRows(List.of(score("1", "sleep", "-2"), score("2", "sleep", "0.5")), List.of());

        assertThat(day.allScores()).extracting(Score::value).containsExactly(new BigDecimal("0.5"));
    }

    private static SahhaRow score(String id, String name, String value) {
        return new SahhaRow(
                id,
                "profile",
                name,
                null,
                null,
                value,
                null,
                AT,
                null,
                ZoneOffset.UTC,
                LocalDate.parse("2026-11-22"),
                AT,
                AT,
                AT,
                null,
                AT,
                AT);
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource({
        "2026-11-21T22:04+01:00, 2026-11-22T06:10+01:00",
        "2026-11-21T22:04:00+01:00, 2026-11-22T06:10:00+01:00",
        "2026-11-21T22:04:00.000+01:00, 2026-11-22T06:10:00.000+01:00",
        "2026-11-21T21:04:00Z, 2026-11-22T05:10:00Z",
        "2026-11-22T10:04+13:00, 2026-11-21T18:10-11:00",
        "2026-11-21T22:04, 2026-11-22T06:10",
        "2026-11-21 22:04:00, 2026-11-22T06:10:00.000"
    })
    void theNightIsWhatItsTwoRowsSayInAnyForm(String start, String end) {
        DayRows day =
                new DayRows(List.of(), List.of(time("1", "sleep_start_time", start), time("2", "sleep_end_time", end)));

        assertThat(day.mainSleep())
                .isEqualTo(new SleepInterval(
                        Instant.parse("2026-11-21T21:04:00Z"), Instant.parse("2026-11-22T05:10:00Z")));
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource({
        "2026-11-21T22:04+01:00, ",
        "2026-11-21T22:04+01:00, at six",
        "2026-11-22T06:10+01:00, 2026-11-21T22:04+01:00",
        "2026-11-22T06:10+01:00, 2026-11-22T06:10+01:00",
        "2026-11-20T05:10+01:00, 2026-11-22T06:10+01:00",
        "0001-11-21T22:04+01:00, 9999-11-22T06:10+01:00"
    })
    void aNightThatIsNotOneIsNone(String start, String end) {
        DayRows day =
                new DayRows(List.of(), List.of(time("1", "sleep_start_time", start), time("2", "sleep_end_time", end)));

        assertThat(day.mainSleep()).isNull();
    }

    @Test
    void aTimeWithoutOffsetInARowThatLostItsOwnIsNoMoment() {
        SahhaRow start = in(time("1", "sleep_start_time", "2026-11-21T22:04"), "daily", AT, null);
        SahhaRow end = in(time("2", "sleep_end_time", "2026-11-22T06:10"), "daily", AT, null);

        assertThat(new DayRows(List.of(), List.of(start, end)).mainSleep()).isNull();
    }

    @Test
    void beginningAndEndOfANightAreOfOneWindowAndOfTheDayTheBest() {
        SahhaRow start = time("1", "sleep_start_time", "2026-11-21T22:04+01:00");
        SahhaRow end = time("2", "sleep_end_time", "2026-11-22T06:10+01:00");
        SahhaRow weekly = in(time("3", "sleep_start_time", "2026-11-21T20:00+01:00"), "weekly", AT, HOME);
        SahhaRow intraday = in(time("4", "sleep_end_time", "2026-11-22T03:00+01:00"), "intraday", AT, HOME);
        SahhaRow ofAnotherWindow =
                in(time("5", "sleep_end_time", "2026-11-22T09:00+01:00"), "daily", AT.plusSeconds(3600), HOME);

        assertThat(new DayRows(List.of(), List.of(intraday, weekly, ofAnotherWindow, start, end)).mainSleep())
                .isEqualTo(new SleepInterval(
                        Instant.parse("2026-11-21T21:04:00Z"), Instant.parse("2026-11-22T05:10:00Z")));
        assertThat(new DayRows(List.of(), List.of(start, ofAnotherWindow)).mainSleep())
                .isNull();
    }

    @Test
    void aMeasurementTellsTheRowItCameFromItsWindowAndSinceWhenItWasKnown() {
        SahhaRow steps = in(biomarker("7", "activity", "steps", "8140"), "daily", AT, HOME);

        assertThat(new DayRows(List.of(), List.of(steps)).measurements())
                .containsExactly(new Measurement(
                        Metric.STEPS,
                        new BigDecimal("8140"),
                        new Lineage("7", AT, AT.plusSeconds(86_399), HOME, AT.plusSeconds(2))));
    }

    @Test
    void aBiomarkerThatNobodyCanReadIsNoWorkout() {
        SahhaRow whole = biomarker("8", "exercise", "exercise_duration", "45");

        assertThat(workouts(exercise(whole, whole.data(), AT))).hasSize(1);
        assertThat(workouts(exercise(whole, null, AT))).isEmpty();
        assertThat(workouts(exercise(whole, JsonNodeFactory.instance.arrayNode(), AT)))
                .isEmpty();
        assertThat(workouts(exercise(whole, whole.data(), null))).isEmpty();
    }

    private static List<Workout> workouts(SahhaRow biomarker) {
        return new DayRows(List.of(), List.of(biomarker)).workouts(List.of());
    }

    private static SahhaRow exercise(SahhaRow row, @Nullable JsonNode data, @Nullable Instant createdAt) {
        return new SahhaRow(
                row.id(),
                row.profileId(),
                row.name(),
                row.category(),
                "daily",
                row.value(),
                null,
                AT,
                AT.plusSeconds(2_700),
                HOME,
                row.day(),
                null,
                AT,
                AT,
                data,
                createdAt,
                AT);
    }

    private static SahhaRow time(String id, String name, String value) {
        return in(biomarker(id, "sleep", name, value), "daily", AT, HOME);
    }

    private static SahhaRow in(SahhaRow row, String periodicity, Instant start, ZoneOffset offset) {
        return new SahhaRow(
                row.id(),
                row.profileId(),
                row.name(),
                row.category(),
                periodicity,
                row.value(),
                null,
                start,
                start.plusSeconds(86_399),
                offset,
                row.day(),
                null,
                AT.plusSeconds(1),
                AT.plusSeconds(2),
                row.data(),
                AT,
                AT);
    }

    private static SahhaRow biomarker(String id, String category, String name, String value) {
        return new SahhaRow(
                id,
                "profile",
                name,
                category,
                null,
                value,
                null,
                AT,
                null,
                HOME,
                LocalDate.parse("2026-11-22"),
                null,
                AT,
                AT,
                JsonNodeFactory.instance.objectNode(),
                AT,
                AT);
    }
}
