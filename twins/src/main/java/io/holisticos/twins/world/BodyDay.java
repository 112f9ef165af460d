package io.holisticos.twins.world;

import java.util.List;

/** Everything between one awakening and the next, by the body's own count of days. */
public record BodyDay(Night night, List<Nap> naps, List<Workout> workouts) {
    /** Copies the lists. */
    public BodyDay {
        naps = List.copyOf(naps);
        workouts = List.copyOf(workouts);
    }
}
