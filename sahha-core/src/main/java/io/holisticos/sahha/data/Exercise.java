package io.holisticos.sahha.data;

import io.holisticos.health.Workout;
import io.holisticos.sahha.api.SahhaApi;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Sahha knows of a day's exercise, as workouts: its data logs say when there was which sport, and biomarkers of exercise
 * when there was any; neither how much of what a workout measures. One whose time is a whole day, or longer, does not say when,
 * and is no workout.
 */
final class Exercise {

    private static final String EXERCISE = "exercise";

    /** Parts of an exercise, which has a log of its own. These are the words of Sahha's phone libraries (read 2026-11). */
    private static final List<String> PARTS = List.of("exercise_segment", "exercise_event", "exercise_lap");

    /** A day on which the clocks go forward, whose window ends at 23:59:59. */
    private static final Duration SHORTEST_DAY = Duration.ofHours(23).minusSeconds(1);

    private final Map<List<Instant>, Workout> byTime = new LinkedHashMap<>();

    private Exercise() {}

    /**
     * Each time that there was exercise, oldest first. Several logs and biomarkers of one time are one workout.
     *
     * @param logs of exercise
     * @param offset the member's on that day; logs are kept without their own
     */
    static List<Workout> workouts(List<SahhaRow> biomarkers, List<SahhaDataLog> logs, @Nullable ZoneOffset offset) {
        Exercise exercise = new Exercise();
        logs.stream()
                .filter(log -> PARTS.stream().noneMatch(log.dataType()::startsWith))
                .sorted(Comparator.comparing(SahhaDataLog::dataType).thenComparing(SahhaDataLog::source))
                .forEach(log -> exercise.add(log, offset == null ? ZoneOffset.UTC : offset));
        biomarkers.stream()
                .filter(row -> EXERCISE.equals(row.category()))
                .sorted(Comparator.comparing(SahhaRow::id))
                .forEach(exercise::add);
        return exercise.byTime.values().stream()
                .sorted(Comparator.comparing(
                                (Workout workout) -> workout.start().toInstant())
                        .thenComparing(workout -> workout.end().toInstant()))
                .toList();
    }

    /** Sahha's id of a log is not kept; what was logged when is as good a name. */
    private void add(SahhaDataLog log, ZoneOffset offset) {
        add(
                log.dataType() + "/" + log.start() + "/" + log.end(),
                log.dataType(),
                log.start().atOffset(offset),
                log.end().atOffset(offset));
    }

    private void add(SahhaRow row) {
        Instant start = row.start();
        Instant end = row.end();
        if (start != null && end != null && !isOpenDay(row, start)) {
            add(row.id(), EXERCISE, row.at(start), row.at(end));
        }
    }

    private void add(String id, String sport, OffsetDateTime start, OffsetDateTime end) {
        Duration length = Duration.between(start, end);
        if (!length.isNegative() && length.compareTo(SHORTEST_DAY) < 0) {
            byTime.putIfAbsent(
                    List.of(start.toInstant(), end.toInstant()),
                    new Workout(id, SahhaApi.SAHHA, sport, start, end, null, null, null, null, null, null));
        }
    }

    /** The open day's window may end before the day does. */
    private static boolean isOpenDay(SahhaRow row, Instant start) {
        return row.isIntraday()
                && (row.offset() == null || row.at(start).toLocalTime().equals(LocalTime.MIDNIGHT));
    }
}
