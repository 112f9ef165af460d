package io.holisticos.sahha.data;

import io.holisticos.health.Workout;
import io.holisticos.sahha.api.SahhaApi;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Biomarkers of exercise as workouts. They say when there was exercise, neither which nor how much of what a workout measures.
 * One whose window is a whole day, or a longer time, does not say when, and is no workout.
 */
final class ExerciseRows {

    private static final String EXERCISE = "exercise";

    /** A day on which the clocks go forward, whose window ends at 23:59:59. */
    private static final Duration SHORTEST_DAY = Duration.ofHours(23).minusSeconds(1);

    private ExerciseRows() {}

    /** Each time that there was exercise, oldest first; several biomarkers of one window are one workout. */
    static List<Workout> workouts(List<SahhaRow> biomarkers) {
        Map<List<Instant>, Workout> byWindow = new LinkedHashMap<>();
        biomarkers.stream()
                .filter(ExerciseRows::isExercise)
                .sorted(Comparator.comparing(SahhaRow::id))
                .forEach(row -> put(row, byWindow));
        return byWindow.values().stream()
                .sorted(Comparator.comparing(
                                (Workout workout) -> workout.start().toInstant())
                        .thenComparing(workout -> workout.end().toInstant()))
                .toList();
    }

    private static void put(SahhaRow row, Map<List<Instant>, Workout> byWindow) {
        Instant start = row.start();
        Instant end = row.end();
        if (start != null && end != null && isPartOfADay(start, end) && !isOpenDay(row, start)) {
            byWindow.putIfAbsent(
                    List.of(start, end),
                    new Workout(
                            row.id(),
                            SahhaApi.SAHHA,
                            EXERCISE,
                            row.at(start),
                            row.at(end),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null));
        }
    }

    private static boolean isExercise(SahhaRow row) {
        return EXERCISE.equals(row.category());
    }

    private static boolean isPartOfADay(Instant start, Instant end) {
        return !end.isBefore(start) && Duration.between(start, end).compareTo(SHORTEST_DAY) < 0;
    }

    /** The open day's window may end before the day does. */
    private static boolean isOpenDay(SahhaRow row, Instant start) {
        return row.isIntraday()
                && (row.offset() == null || row.at(start).toLocalTime().equals(LocalTime.MIDNIGHT));
    }
}
