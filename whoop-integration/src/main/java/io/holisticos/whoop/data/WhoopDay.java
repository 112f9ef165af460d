package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Workout;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What WHOOP knows of one day of a person.
 *
 * @param primary the cycle that stands for the day; null when only workouts lie on it
 * @param others further cycles of the day, oldest first: listed, never added
 * @param workouts oldest first
 */
public record WhoopDay(
        LocalDate date, @Nullable CycleRecords primary, List<CycleRecords> others, List<Workout> workouts) {

    public WhoopDay {
        others = List.copyOf(others);
        workouts = List.copyOf(workouts);
    }
}
