package io.holisticos.whoop.data;

import io.holisticos.health.Observation;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records of one member as they are held, deleted ones left out.
 *
 * @param newest the newest observation held, whatever span was read; null when there is none
 */
public record Held(
        List<Cycle> cycles,
        List<Recovery> recoveries,
        List<Sleep> sleeps,
        List<Workout> workouts,
        @Nullable Observation newest) {

    /** Of somebody of whom nothing is held. */
    public static final Held NOTHING = new Held(List.of(), List.of(), List.of(), List.of(), null);

    public Held {
        cycles = List.copyOf(cycles);
        recoveries = List.copyOf(recoveries);
        sleeps = List.copyOf(sleeps);
        workouts = List.copyOf(workouts);
    }

    public Optional<Observation> newestObservation() {
        return Optional.ofNullable(newest);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Held[" + cycles.size() + " cycles, " + sleeps.size() + " sleeps, " + workouts.size() + " workouts]";
    }
}
