package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Workout;
import io.holisticos.sahha.api.SahhaApi;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExerciseTest {

    @Test
    void aBiomarkerOfExerciseSaysWhenThereWasExerciseAndNothingElse() {
        List<Workout> seen =
                workouts(row("e", "exercise", "daily", "2025-07-11T08:00:00+12:00", "2025-07-11T08:45:00+12:00"));

        assertThat(seen)
                .containsExactly(new Workout(
                        "e",
                        SahhaApi.SAHHA,
                        "exercise",
                        OffsetDateTime.parse("2025-07-11T08:00:00+12:00"),
                        OffsetDateTime.parse("2025-07-11T08:45:00+12:00"),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    @ParameterizedTest(name = "{0} {1} {2}-{3}")
    @CsvSource(textBlock = """
                    exercise, daily,    2025-07-11T00:00:00+12:00, 2025-07-11T23:59:59+12:00
                    exercise, daily,    2025-07-11T00:00:00+12:00, 2025-07-12T00:00:00+12:00
                    exercise, intraday, 2025-07-11T00:00:00+12:00, 2025-07-11T23:59:59+12:00
                    exercise, intraday, 2025-07-11T00:00:00+12:00, 2025-07-11T14:30:00+12:00
                    exercise, daily,    2025-03-30T00:00:00+01:00, 2025-03-30T23:59:59+02:00
                    exercise, weekly,   2025-07-05T00:00:00+12:00, 2025-07-11T23:59:59+12:00
                    exercise, daily,    2025-07-11T08:45:00+12:00, 2025-07-11T08:00:00+12:00
                    activity, daily,    2025-07-11T08:00:00+12:00, 2025-07-11T08:45:00+12:00
                    """)
    void whatDoesNotSayWhenThereWasExerciseIsNoWorkout(String category, String periodicity, String start, String end) {
        assertThat(workouts(row("e", category, periodicity, start, end))).isEmpty();
    }

    @Test
    void theOpenDaysExerciseOfWhichTheOffsetWasLostDoesNotSayWhen() {
        SahhaRow lost = row("e", "exercise", "intraday", "2025-07-11T08:00:00Z", "2025-07-11T08:45:00Z", null);

        assertThat(workouts(lost)).isEmpty();
    }

    @Test
    void theOpenDaysExerciseWithinTheDayIsAWorkout() {
        assertThat(workouts(row("e", "exercise", "intraday", "2025-07-11T08:00:00+12:00", "2025-07-11T08:45:00+12:00")))
                .hasSize(1);
    }

    @Test
    void theLongestExerciseThatIsNoDayIsAWorkout() {
        assertThat(workouts(row("e", "exercise", "daily", "2025-07-11T00:30:00+12:00", "2025-07-11T23:29:58+12:00")))
                .hasSize(1);
        assertThat(workouts(row("e", "exercise", "daily", "2025-07-11T00:30:00+12:00", "2025-07-11T23:29:59+12:00")))
                .isEmpty();
    }

    @Test
    void severalBiomarkersOfOneTimeAreOneWorkoutAndTimesAreInOrder() {
        SahhaRow duration = row("b", "exercise", "daily", "2025-07-11T18:00:00+12:00", "2025-07-11T18:45:00+12:00");
        SahhaRow energy = row("a", "exercise", "daily", "2025-07-11T18:00:00+12:00", "2025-07-11T18:45:00+12:00");
        SahhaRow shorter = row("d", "exercise", "daily", "2025-07-11T18:00:00+12:00", "2025-07-11T18:30:00+12:00");
        SahhaRow morning = row("c", "exercise", "daily", "2025-07-11T08:00:00+12:00", "2025-07-11T08:45:00+12:00");

        assertThat(workouts(duration, energy, shorter, morning))
                .extracting(Workout::id)
                .containsExactly("c", "d", "a");
    }

    @Test
    void aRowWithoutItsWindowIsNoWorkout() {
        assertThat(workouts(row("e", null, null))).isEmpty();
        assertThat(workouts(row("e", Instant.EPOCH, null))).isEmpty();
    }

    @Test
    void aLogSaysWhichSportThereWasAndWhenOnTheMembersOwnClock() {
        SahhaDataLog log = log("exercise_session_running", "2025-07-10T20:00:00Z", "2025-07-10T20:45:00Z");

        assertThat(Exercise.workouts(List.of(), List.of(log), ZoneOffset.ofHours(12)))
                .singleElement()
                .satisfies(workout -> {
                    assertThat(workout.id())
                            .isEqualTo("exercise_session_running/2025-07-10T20:00:00Z/2025-07-10T20:45:00Z");
                    assertThat(workout.source()).isEqualTo(SahhaApi.SAHHA);
                    assertThat(workout.sport()).isEqualTo("exercise_session_running");
                    assertThat(workout.start()).isEqualTo("2025-07-11T08:00:00+12:00");
                    assertThat(workout.end()).isEqualTo("2025-07-11T08:45:00+12:00");
                    assertThat(workout.start().getOffset()).isEqualTo(ZoneOffset.ofHours(12));
                });
        assertThat(Exercise.workouts(List.of(), List.of(log), null))
                .extracting(workout -> workout.start().getOffset())
                .containsExactly(ZoneOffset.UTC);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"exercise_segment_running", "exercise_event_pause", "exercise_lap", "exercise_event_segment"})
    void aPartOfAnExerciseIsNoWorkout(String dataType) {
        SahhaDataLog part = log(dataType, "2025-07-10T20:00:00Z", "2025-07-10T20:10:00Z");

        assertThat(Exercise.workouts(List.of(), List.of(part), ZoneOffset.UTC)).isEmpty();
    }

    @Test
    void aLogOfADayDoesNotSayWhen() {
        SahhaDataLog day = log("exercise_session_running", "2025-07-10T00:00:00Z", "2025-07-10T23:59:59Z");

        assertThat(Exercise.workouts(List.of(), List.of(day), ZoneOffset.UTC)).isEmpty();
    }

    @Test
    void logsAndBiomarkersOfOneTimeAreOneWorkoutWhoseSportTheLogSays() {
        SahhaDataLog watch = log("exercise_session_running", "2025-07-10T20:00:00Z", "2025-07-10T20:45:00Z");
        SahhaDataLog app = log("exercise_session_other", "2025-07-10T20:00:00Z", "2025-07-10T20:45:00Z");
        SahhaRow biomarker = row("e", "exercise", "daily", "2025-07-11T08:00:00+12:00", "2025-07-11T08:45:00+12:00");

        assertThat(Exercise.workouts(List.of(biomarker), List.of(watch, app), ZoneOffset.ofHours(12)))
                .extracting(Workout::sport)
                .containsExactly("exercise_session_other");
        assertThat(Exercise.workouts(List.of(biomarker), List.of(app, watch), ZoneOffset.ofHours(12)))
                .extracting(Workout::sport)
                .containsExactly("exercise_session_other");
    }

    @ParameterizedTest(name = "{0} {1}-{2} beside {3} {4}-{5} of another app: {6}")
    @CsvSource(textBlock = """
                    running, 20:00, 20:45, running,   20:01, 20:44, 1
                    running, 20:00, 20:45, running,   20:02, 22:00, 1
                    running, 20:00, 20:45, running,   20:03, 22:00, 1
                    running, 20:00, 20:45, running,   20:30, 21:30, 2
                    running, 20:00, 20:45, treadmill, 20:01, 20:44, 1
                    running, 20:00, 20:45, other,     20:01, 20:44, 1
                    running, 20:00, 20:45, yoga,      20:01, 20:44, 2
                    running, 20:00, 20:45, running,   20:45, 21:30, 2
                    """)
    void whatTwoAppsLoggedOfOneActivityIsOneWorkout(
            String sport, String start, String end, String others, String from, String to, int workouts) {
        SahhaDataLog one = log("com.apple.health", sport, start, end);
        SahhaDataLog other = log("com.strava", others, from, to);

        assertThat(Exercise.workouts(List.of(), List.of(one, other), ZoneOffset.UTC))
                .hasSize(workouts)
                .isEqualTo(Exercise.workouts(List.of(), List.of(other, one), ZoneOffset.UTC));
    }

    @Test
    void whatOneAppLoggedTwiceAreTwoWorkoutsAndTheirWholeOfAnotherAppIsOne() {
        SahhaDataLog first = log("com.apple.health", "running", "20:00", "20:30");
        SahhaDataLog second = log("com.apple.health", "running", "20:31", "21:00");
        SahhaDataLog whole = log("com.strava", "running", "20:00", "21:00");

        assertThat(Exercise.workouts(List.of(), List.of(first, second), ZoneOffset.UTC))
                .hasSize(2);
        assertThat(Exercise.workouts(List.of(), List.of(first, second, whole), ZoneOffset.UTC))
                .extracting(Workout::id)
                .containsExactly("exercise_session_running/2025-07-10T20:00:00Z/2025-07-10T21:00:00Z");
    }

    @Test
    void aBiomarkerOfAboutTheTimeOfALogIsItsWorkout() {
        SahhaDataLog log = log("com.strava", "running", "20:01", "20:44");
        SahhaRow biomarker = row("e", "exercise", "daily", "2025-07-10T20:00:00Z", "2025-07-10T20:45:00Z");

        assertThat(Exercise.workouts(List.of(biomarker), List.of(log), ZoneOffset.UTC))
                .extracting(Workout::sport)
                .containsExactly("exercise_session_running");
    }

    private static SahhaDataLog log(String app, String sport, String start, String end) {
        return logOf("exercise_session_" + sport, app, "2025-07-10T" + start + ":00Z", "2025-07-10T" + end + ":00Z");
    }

    private static SahhaDataLog log(String dataType, String start, String end) {
        return logOf(dataType, "com.example.synthetic", start, end);
    }

    private static SahhaDataLog logOf(String dataType, String app, String start, String end) {
        return new SahhaDataLog(
                "exercise",
                dataType,
                app,
                LocalDate.parse("2025-07-11"),
                LocalDate.parse("2025-07-11"),
                Instant.parse(start),
                Instant.parse(end));
    }

    private static List<Workout> workouts(SahhaRow... biomarkers) {
        return Exercise.workouts(List.of(biomarkers), List.of(), null);
    }

    private static SahhaRow row(String id, String category, String periodicity, String start, String end) {
        return row(
                id,
                category,
                periodicity,
                start,
                end,
                OffsetDateTime.parse(start).getOffset());
    }

    private static SahhaRow row(
            String id, String category, String periodicity, String start, String end, @Nullable ZoneOffset offset) {
        return row(
                id,
                category,
                periodicity,
                OffsetDateTime.parse(start).toInstant(),
                OffsetDateTime.parse(end).toInstant(),
                offset);
    }

    private static SahhaRow row(String id, @Nullable Instant start, @Nullable Instant end) {
        return row(id, "exercise", "daily", start, end, ZoneOffset.UTC);
    }

    private static SahhaRow row(
            String id,
            String category,
            String periodicity,
            @Nullable Instant start,
            @Nullable Instant end,
            @Nullable ZoneOffset offset) {
        return new SahhaRow(
                id,
                "profile",
                "exercise_duration",
                category,
                periodicity,
                "45",
                null,
                start,
                end,
                offset,
                LocalDate.parse("2025-07-11"),
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
