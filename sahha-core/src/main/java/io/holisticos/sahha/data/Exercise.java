package io.holisticos.sahha.data;

import io.holisticos.health.Sports;
import io.holisticos.health.Workout;
import io.holisticos.sahha.api.SahhaApi;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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

    private static final Sports SPORTS = Sports.read();

    /** Logs say the sport. Of an activity that several apps logged, the longest log stands for it: others are parts of it. */
    private static final Comparator<Seen> BEST_FIRST = Comparator.comparing((Seen seen) -> seen.app() == null)
            .thenComparing(seen -> seen.workout().length(), Comparator.reverseOrder())
            .thenComparing(seen -> seen.workout().start().toInstant())
            .thenComparing(seen -> seen.app() == null ? "" : seen.workout().sport())
            .thenComparing(seen -> seen.app() == null ? seen.workout().id() : seen.app());

    private Exercise() {}

    /**
     * Something that says that there was exercise.
     *
     * @param app that logged it; null for a biomarker
     */
    private record Seen(@Nullable String app, Workout workout) {

        /** Two logs of one app are two activities, unless the app says the same time twice. Biomarkers are as if of one app. */
        boolean isSameAs(Seen other) {
            boolean sameTime = workout.start().isEqual(other.workout.start())
                    && workout.end().isEqual(other.workout.end());
            return sameTime
                    || (!Objects.equals(app, other.app)
                            && workout.isAtTheTimeOf(other.workout)
                            && SPORTS.areCompatible(workout.sport(), other.workout.sport()));
        }
    }

    /**
     * Each activity, oldest first. What several apps logged, and biomarkers say too, is one workout.
     *
     * @param logs of exercise
     * @param offset the member's on that day; logs are kept without their own
     */
    static List<Workout> workouts(List<SahhaRow> biomarkers, List<SahhaDataLog> logs, @Nullable ZoneOffset offset) {
        List<Seen> bestFirst = Stream.concat(
                        logs.stream().flatMap(log -> seen(log, offset == null ? ZoneOffset.UTC : offset)),
                        biomarkers.stream().flatMap(Exercise::seen))
                .sorted(BEST_FIRST)
                .toList();
        List<Seen> activities = new ArrayList<>();
        for (Seen seen : bestFirst) {
            if (activities.stream().noneMatch(seen::isSameAs)) {
                activities.add(seen);
            }
        }
        return activities.stream()
                .map(Seen::workout)
                .sorted(Comparator.comparing(
                                (Workout workout) -> workout.start().toInstant())
                        .thenComparing(workout -> workout.end().toInstant()))
                .toList();
    }

    /** Sahha's id of a log is not kept; what was logged when is as good a name. */
    private static Stream<Seen> seen(SahhaDataLog log, ZoneOffset offset) {
        return PARTS.stream().anyMatch(log.dataType()::startsWith)
                ? Stream.empty()
                : seen(
                        log.source(),
                        log.dataType() + "/" + log.start() + "/" + log.end(),
                        log.dataType(),
                        log.start().atOffset(offset),
                        log.end().atOffset(offset));
    }

    private static Stream<Seen> seen(SahhaRow row) {
        Instant start = row.start();
        Instant end = row.end();
        return EXERCISE.equals(row.category()) && start != null && end != null && !isOpenDay(row, start)
                ? seen(null, row.id(), EXERCISE, row.at(start), row.at(end))
                : Stream.empty();
    }

    private static Stream<Seen> seen(
            @Nullable String app, String id, String sport, OffsetDateTime start, OffsetDateTime end) {
        Workout workout = new Workout(id, SahhaApi.SAHHA, sport, start, end, null, null, null, null, null, null);
        return workout.length().isNegative() || workout.length().compareTo(SHORTEST_DAY) >= 0
                ? Stream.empty()
                : Stream.of(new Seen(app, workout));
    }

    /** The open day's window may end before the day does. */
    private static boolean isOpenDay(SahhaRow row, Instant start) {
        return row.isIntraday()
                && (row.offset() == null || row.at(start).toLocalTime().equals(LocalTime.MIDNIGHT));
    }
}
